"""The guest's manage page leads here: to another time for an appointment (rules B7, L6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from appointments import changes, formats
from appointments.booking import TimeGoneError
from appointments.changes import TooLateError, is_movable
from appointments.details import Details
from appointments.forms import GuestForm, MoveForm, hand_out
from appointments.locks import TooBusyError
from appointments.models import Appointment
from appointments.openings import is_open
from appointments.pages import View, key_page
from invitations.calendar import Week, nearest_openings
from invitations.moving import Move
from invitations.zones import zones_by_country
from scheduling.engine.intervals import minute_of

NEAREST = 3
"""How many other times are offered where one has gone."""


def of_movable(view: Callable[..., HttpResponse]) -> View:
    """Decorator: the view gets the Move of the appointment that the URL's key names.

    What can no longer be moved by its guest is answered here. Only a POST passes, which may be
    the second press of the button that moved it; unknown keys are 404.
    """

    @key_page
    @wraps(view)
    def guarded(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        move = Move.of(get_object_or_404(Appointment.objects.with_page(), key=key), request.GET)
        if request.method != "POST" and not is_movable(move.appointment, timezone.now()):
            return too_late(request, move.details)
        return view(request, move, *args, **kwargs)

    return guarded


def too_late(request: HttpRequest, details: Details) -> HttpResponse:
    """That the guest can no longer move it, and whom to ask."""
    context = {"details": details, "moving": True}
    return render(request, "appointments/too_late.html", context, status=409)


@require_safe
@of_movable
def week(request: HttpRequest, move: Move, week: Week | None = None) -> HttpResponse:
    """A week of free times; without one named, the week of the time that the guest has."""
    now = timezone.now()
    page = move.week_page(week, now)
    if page is None:
        context = {"move": move, "office": move.terms.territory}
        return render(request, "invitations/move/nothing_free.html", context)
    clocks = move.clocks.now(minute_of(now))
    context = {"visit": move, "move": move, "page": page, "clocks": clocks}
    return render(request, "invitations/move/week.html", context)


@require_safe
@of_movable
def zone(request: HttpRequest, move: Move, week: Week) -> HttpResponse:
    """Every time zone by country; choosing one leads back to the week that one came from."""
    context = {
        "visit": move,
        "current": formats.zone_name(move.guest_zone),
        "countries": zones_by_country(),
        "back": reverse("move_week", args=[move.appointment.key, week]),
    }
    return render(request, "invitations/zone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_movable
def confirm(request: HttpRequest, move: Move) -> HttpResponse:
    """Both times side by side, and a button; afterwards the guest's own page has the new one."""
    now, scope = timezone.now(), f"move:{move.appointment.key}"
    if request.method != "POST":
        start = GuestForm.read_start(request.GET.get("start", ""))
        form = MoveForm(initial={"form_token": hand_out(scope, now), "start": start}, scope=scope)
        if start is None or not is_open(move.question(now), start):
            return _time_gone(request, move, form, start or now)
        return _asked(request, move, form, start)
    form = MoveForm(request.POST, scope=scope)
    if form.is_valid():
        return _moved(request, move, form, now)
    form.renew_token(now)
    start = form.cleaned_data.get("start")
    if start is None:
        return _time_gone(request, move, form, now)
    return _asked(request, move, form, start, status=422)


def _moved(request: HttpRequest, move: Move, form: MoveForm, now: datetime) -> HttpResponse:
    start, sent = form.cleaned_data["start"], form.cleaned_data["form_token"]
    appointment = move.appointment
    try:
        changes.move(appointment.pk, move.terms, start, issued_at=sent.issued_at, now=now)
    except TimeGoneError:
        return _time_gone(request, move, form, start)
    except TooLateError:
        return too_late(request, move.details)
    except TooBusyError:
        notice = _("Many people are booking right now, so this took too long. Please try again.")
        return _asked(request, move, form, start, status=503, notice=notice)
    return HttpResponseRedirect(appointment.get_absolute_url(), status=303)


def _asked(
    request: HttpRequest,
    move: Move,
    form: MoveForm,
    start: datetime,
    *,
    status: int = 200,
    notice: str = "",
) -> HttpResponse:
    context = {"move": move, "form": form, "time": move.time(minute_of(start)), "notice": notice}
    return render(request, "invitations/move/confirm.html", context, status=status)


def _time_gone(request: HttpRequest, move: Move, form: MoveForm, start: datetime) -> HttpResponse:
    """The nearest openings as buttons that move at once; until then the guest keeps their time."""
    nearest = nearest_openings(move.question(timezone.now()), minute_of(start), NEAREST + 1)
    present = minute_of(move.appointment.start)
    times = [move.time(each) for each in nearest if each != present][:NEAREST]
    context = {"move": move, "form": form, "nearest": times}
    return render(request, "invitations/move/time_gone.html", context, status=409)
