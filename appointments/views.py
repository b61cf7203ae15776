"""An appointment's own page and calendar file, and the pictures of its hosts."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.forms import Form
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appointments import changes, confirming, corrections, formats, reminders
from appointments.calendar_feeds import feed_file
from appointments.calendar_files import Method
from appointments.calendar_files import calendar_file as file_of
from appointments.calendar_links import calendar_links
from appointments.changes import LapsedError, TooLateError, is_cancellable, is_movable
from appointments.corrections import Correction, is_correctable
from appointments.details import Details
from appointments.form_tokens import TokenForm, hand_out
from appointments.forms import CancelForm, CorrectionForm
from appointments.links import absolute_url
from appointments.locks import TooBusyError
from appointments.models import Appointment, CalendarFeed, Status
from appointments.pages import key_page
from appointments.signed_in import visitor_of
from scheduling.engine.intervals import minute_after, minute_of


@require_safe
@key_page
def appointment(request: HttpRequest, key: str) -> HttpResponse:
    """What was booked: the confirmation, and from then on the guest's own page."""
    details, now = _details(key), timezone.now()
    visitor_of(request)  # the page names who is signed in
    if details.appointment.has_lapsed(now):
        return render(request, "appointments/lapsed.html", {"details": details})
    if details.appointment.is_unconfirmed:
        return _unconfirmed(request, details, now)
    context = {
        "details": details,
        "is_past": details.appointment.end <= now,
        "may_move": is_movable(details.appointment, now),
        "may_cancel": is_cancellable(details.appointment, now),
        "may_correct": is_correctable(details.appointment, now),
        "calendar_links": calendar_links(details),
        "reminded": reminders.in_words(details.appointment, now),
        "address": absolute_url(details.appointment.get_absolute_url()),
        "said": request.GET.get("said"),
    }
    return render(request, "appointments/appointment.html", context)


def _unconfirmed(request: HttpRequest, details: Details, now: datetime) -> HttpResponse:
    """That a mail is on its way, and a button for another."""
    appointment = details.appointment
    asked = confirming.asked(appointment)
    again_from, time = asked.next_from(), details.clocks.time
    context = {
        "details": details,
        "address": formats.masked(appointment.email),
        "sent_at": time(minute_of(asked.last)),
        "again_from": again_from and time(minute_after(again_from)),
        "may_ask_again": again_from and again_from <= now,
        "form": TokenForm(
            initial={"form_token": hand_out(_ask_again(appointment), now)},
            scope=_ask_again(appointment),
        ),
    }
    return render(request, "appointments/unconfirmed.html", context)


@require_POST
@key_page
def confirm_again(request: HttpRequest, key: str) -> HttpResponse:
    """Send the request to confirm once more; the guest's own page says what became of it."""
    appointment = _details(key).appointment
    if TokenForm(request.POST, scope=_ask_again(appointment)).is_valid():
        with suppress(TooBusyError):  # the page still has the button
            confirming.ask_again(appointment.pk, now=timezone.now())
    return HttpResponseRedirect(appointment.get_absolute_url(), status=303)


def _ask_again(appointment: Appointment) -> str:
    return f"confirm:{appointment.key}"


@require_http_methods(["GET", "HEAD", "POST"])
@key_page
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The guest confirms from the mail: a page that asks, and its button.

    The code in the link is what no form of another site could send (rule L6). Whatever else
    there is to say, the guest's own page says.
    """
    details, now = _details(key), timezone.now()
    appointment = details.appointment
    own_page = HttpResponseRedirect(appointment.get_absolute_url(), status=303)
    if not confirming.proves(request.GET.get("code", ""), appointment):
        return own_page
    if request.method == "POST":
        try:
            with suppress(LapsedError):
                changes.confirm(appointment.pk, appointment.email, now=now)
        except TooBusyError:
            return _busy(request, "appointments/confirm.html", details)
        return own_page
    if not appointment.is_unconfirmed or appointment.has_lapsed(now):
        return own_page
    return render(request, "appointments/confirm.html", {"details": details})


@require_http_methods(["GET", "HEAD", "POST"])
@key_page
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """The guest cancels: a page that asks, and its button. Afterwards their own page says so."""
    details, now = _details(key), timezone.now()
    appointment, scope = details.appointment, f"cancel:{key}"
    form = CancelForm(
        request.POST or None, initial={"form_token": hand_out(scope, now)}, scope=scope
    )
    if form.is_valid():
        try:
            changes.cancel(appointment.pk, reason=form.cleaned_data["reason"], now=now)
        except TooLateError:
            return _too_late(request, details, written=form.cleaned_data["reason"])
        except TooBusyError:
            return _busy(request, "appointments/cancel.html", details, form)
        return HttpResponseRedirect(appointment.get_absolute_url(), status=303)
    if appointment.status == Status.CANCELLED or appointment.has_lapsed(now):
        return HttpResponseRedirect(appointment.get_absolute_url(), status=303)
    if not is_cancellable(appointment, now):
        return _too_late(request, details, written=request.POST.get("reason", ""))
    if form.is_bound:
        form.renew_token(now)
    context = {"details": details, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "appointments/cancel.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@key_page
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """The guest corrects who they are and how they are reached, and adds a note or a colleague."""
    details, now = _details(key), timezone.now()
    appointment, scope = details.appointment, f"details:{key}"
    own_page = appointment.get_absolute_url()
    if not is_correctable(appointment, now):
        return HttpResponseRedirect(own_page, status=303)
    form = CorrectionForm(
        request.POST or None,
        initial={"form_token": hand_out(scope, now)},
        scope=scope,
        appointment=appointment,
    )
    if form.is_valid():
        try:
            corrections.correct(appointment.pk, Correction(**form.corrected()), now=now)
        except TooLateError:  # the page says what became of it
            return HttpResponseRedirect(own_page, status=303)
        except TooBusyError:
            return _busy(request, "appointments/details.html", details, form)
        return HttpResponseRedirect(f"{own_page}?said=details", status=303)
    if form.is_bound:
        form.renew_token(now)
    context = {"details": details, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "appointments/details.html", context, status=status)


def _busy(
    request: HttpRequest, template: str, details: Details, form: Form | None = None
) -> HttpResponse:
    """The form as typed, to be sent again."""
    notice = _("Many people are booking right now, so this took too long. Please try again.")
    context = {"details": details, "form": form, "notice": notice}
    return render(request, template, context, status=503)


def _too_late(request: HttpRequest, details: Details, *, written: str) -> HttpResponse:
    context = {"details": details, "written": written}
    return render(request, "appointments/too_late.html", context, status=409)


@require_safe
@key_page
def calendar_file(request: HttpRequest, key: str) -> HttpResponse:
    """The appointment for the guest's calendar."""
    details = _details(key)
    if details.appointment.is_unconfirmed:  # nobody may know yet how to join the call
        return HttpResponseRedirect(details.appointment.get_absolute_url(), status=303)
    url = absolute_url(details.appointment.get_absolute_url())
    content = file_of(details, Method.PUBLISH, url)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@require_safe
@key_page
def calendar_feed(request: HttpRequest, key: str) -> HttpResponse:
    """A resource's calendar, for the one that subscribed to it; 304 where it has this already."""
    feeds = CalendarFeed.objects.answering().select_related("service_resource")
    content = feed_file(get_object_or_404(feeds, key=key), timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    # Asked for again each time, as an address may be revoked; sent again only when it changed.
    response["Cache-Control"] = "private, no-cache"
    etag = quote_etag(sha256(content).hexdigest())
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
@login_not_required
@cache_control(public=True, max_age=24 * 3600)
def portrait(request: HttpRequest, name: str) -> FileResponse:
    """A resource's picture, as uploaded in the admin."""
    try:
        return FileResponse(default_storage.open(f"portraits/{name}"))
    except FileNotFoundError as error:
        raise Http404 from error


def _details(key: str) -> Details:
    found = Appointment.objects.with_own_page(timezone.now())
    appointment = get_object_or_404(found, key=key)
    return Details.of(appointment, appointment.time_zone)
