"""The guest's form: details and review of one time, and its sending."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from math import ceil

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from appointments.booking import (
    FormReusedError,
    TimeGoneError,
    already_booked,
    made_by,
)
from appointments.clients import ClientGoneError
from appointments.form_tokens import hand_out, read_token
from appointments.forms import GuestForm
from appointments.locks import TooBusyError
from appointments.models import Appointment
from appointments.openings import is_open, question
from appointments.signed_in import visitor_of
from appointments.terms import Terms
from invitations import booking
from invitations.access import closed_page, invitation_required, sign_in_page, written
from invitations.calendar import nearest_openings
from invitations.caps import capped
from invitations.choices import Undecided, terms_of
from invitations.framing import frame_origins
from invitations.guest_forms import form_of, guest_of, is_as_read, scope_of
from invitations.models import InvitationKey
from invitations.networks import network_of
from invitations.places import said_at
from invitations.prefill import fill_in
from invitations.views.public import choose
from invitations.visit import Visit, client_at
from scheduling.engine.intervals import minute_of
from scheduling.engine.rules import Question
from scheduling.models import Territory

NEAREST = 3
"""How many other times are offered where one has gone."""

REVIEWED, CHANGE = "reviewed", "change"
"""What a form says that was read over, and what its button says that leads back."""

JUST_BOOKED = "#booked"
"""What the script of a framed page reads as a new booking; it then takes it out of the address."""


@require_http_methods(["GET", "HEAD", "POST"])
@invitation_required
def book(request: HttpRequest, key: InvitationKey) -> HttpResponse:
    """Details and review of one time; the last POST books it and leads to its confirmation."""
    client = client_at(key, visitor_of(request))
    terms = terms_of(key.invitation, request.GET, client=client)
    if not isinstance(terms, Terms):
        return (_came_apart if request.method == "POST" else choose)(request, key, terms)
    visit = Visit.of(key, terms, request.GET, visitor_of(request))
    if request.method == "POST":
        return _sent(request, visit)
    return _opened(request, visit)


def _opened(request: HttpRequest, visit: Visit) -> HttpResponse:
    now = timezone.now()
    asked = _question(visit, now)
    start = GuestForm.read_start(request.GET.get("start", ""))
    initial = {
        "form_token": hand_out(scope_of(visit.key, visit.visitor), now),
        "start": request.GET.get("start", ""),
    }
    form = form_of(visit, initial=initial)
    fill_in(form, visit.key.invitation.website, request.GET.get("prefill", ""), now)
    if start is None or not is_open(asked, start):
        return _time_gone(request, visit, form, start or now)
    return _details(request, visit, form, start, asked=asked)


def _sent(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = form_of(visit, data=request.POST)
    if not form.is_valid():
        return _invalid(request, visit, form)
    if not is_as_read(request.POST, visit.terms):
        return _changed(request, visit, form)
    if CHANGE in request.POST:
        return _details(request, visit, form, form.cleaned_data["start"])
    if form.asked.review and REVIEWED not in request.POST:
        return _review(request, visit, form)
    return _booked(request, visit, form)


def _came_apart(request: HttpRequest, key: InvitationKey, undecided: Undecided) -> HttpResponse:
    """What was chosen is no longer offered: whoever booked before is led there (rule B5), others
    choose anew and get back what they wrote.
    """
    try:
        sent = read_token(request.POST.get("form_token", ""), scope_of(key, visitor_of(request)))
    except BadSignature:
        earlier = None
    else:
        earlier = made_by(sent)
    if earlier:
        return _redirect(request, earlier)
    # The choice leads on to the time that was sent.
    query = request.GET.copy()
    query["start"] = request.POST.get("start", "")
    request.GET = query  # type: ignore[assignment]
    return choose(request, key, undecided, status=409, written=written(request))


def _changed(request: HttpRequest, visit: Visit, form: GuestForm) -> HttpResponse:
    """The details of what is offered now, where that is not what was read."""
    start = form.cleaned_data["start"]
    try:
        earlier = already_booked(start, guest_of(form, visit), form.cleaned_data["form_token"])
    except FormReusedError:
        form.renew_token(timezone.now())
        earlier = None
    if earlier:
        return _redirect(request, earlier)
    notice = _(
        "What is offered here has just changed, so nothing is booked yet. "
        "Please look at time and place again."
    )
    return _details(request, visit, form, start, status=409, notice=notice)


def _booked(request: HttpRequest, visit: Visit, form: GuestForm) -> HttpResponse:
    now, start = timezone.now(), form.cleaned_data["start"]
    again = partial(_details, request, visit, form, start)
    try:
        appointment = booking.book(
            visit.key,
            visit.terms,
            start,
            guest_of(form, visit),
            form.cleaned_data["form_token"],
            now,
            network_of(request),
            visit.visitor.client,
        )
    except TimeGoneError:
        return _time_gone(request, visit, form, start)
    except booking.LinkClosedError as error:
        return closed_page(request, visit.key, error.closed)
    except booking.NotAdmittedError:
        return sign_in_page(request, visit.key)
    except booking.GuestLimitError as error:
        return again(status=409, notice=_enough(error.most), office=visit.terms.territory)
    except booking.OverLimitError as error:
        response = again(status=429, notice=_pause(), office=visit.terms.territory)
        response["Retry-After"] = ceil((error.again_from - now).total_seconds())
        return response
    except FormReusedError:
        form.renew_token(now)
        return again(
            status=409,
            notice=_("This form has booked an appointment already. Send it again to book another."),
        )
    except ClientGoneError:
        return again(
            status=409,
            notice=_(
                "What we know of you has just changed, so nothing is booked yet. Send it again."
            ),
        )
    except TooBusyError:
        return again(
            status=503,
            notice=_("Many people are booking right now, so this took too long. Please try again."),
        )
    return _redirect(request, appointment)


def _redirect(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    said = JUST_BOOKED if frame_origins(request) else ""
    return HttpResponseRedirect(appointment.get_absolute_url() + said, status=303)


def _enough(most: int) -> str:
    return ngettext(
        "By this link each guest can book %(most)s appointment, and you have it already. "
        "If you need another, please contact us.",
        "By this link each guest can book %(most)s appointments, and you have them already. "
        "If you need another, please contact us.",
        most,
    ) % {"most": most}


def _pause() -> str:
    """It says not what was counted: that is nobody's business who types another's address."""
    return _(
        "So much was booked within a day that we have to pause here. What you typed is still "
        "below: please send it again tomorrow, or contact us."
    )


def _invalid(request: HttpRequest, visit: Visit, form: GuestForm) -> HttpResponse:
    if "form_token" in form.errors:
        form.renew_token(timezone.now())
    start = form.cleaned_data.get("start")
    if start is None:
        return _time_gone(request, visit, form, timezone.now())
    return _details(request, visit, form, start, status=422)


def _details(
    request: HttpRequest,
    visit: Visit,
    form: GuestForm,
    start: datetime,
    *,
    status: int = 200,
    notice: str = "",
    office: Territory | None = None,
    asked: Question | None = None,
) -> HttpResponse:
    asked, minute = asked or _question(visit, timezone.now()), minute_of(start)
    context = {
        "visit": visit,
        "form": form,
        "time": visit.time(minute, asked),
        "places": said_at(asked, minute) if is_open(asked, start) else "",
        "notice": notice,
        "office": office,
    }
    return render(request, "invitations/details.html", context, status=status)


def _review(request: HttpRequest, visit: Visit, form: GuestForm) -> HttpResponse:
    """Everything to read over; whether the time is still free is for the last press to say."""
    minute = minute_of(form.cleaned_data["start"])
    time = visit.time(minute, _question(visit, timezone.now()))
    context = {"visit": visit, "form": form, "time": time}
    return render(request, "invitations/review.html", context)


def _time_gone(
    request: HttpRequest, visit: Visit, form: GuestForm, start: datetime
) -> HttpResponse:
    """The form as typed, with the nearest openings as buttons that book at once (rule B7)."""
    asked = _question(visit, timezone.now())
    nearest = nearest_openings(asked, minute_of(start), NEAREST)
    times = [visit.time(each, asked) for each in nearest]
    context = {"visit": visit, "form": form, "nearest": times}
    return render(request, "invitations/time_gone.html", context, status=409)


def _question(visit: Visit, now: datetime) -> Question:
    return question(capped(visit.key.invitation, visit.terms, now), now)
