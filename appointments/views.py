"""An appointment's own page and calendar file, and the pictures of its hosts."""

from __future__ import annotations

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
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from appointments import changes, corrections, reminders
from appointments.calendar_files import Method
from appointments.calendar_files import calendar_file as file_of
from appointments.changes import TooLateError, is_cancellable, is_movable
from appointments.corrections import Correction, is_correctable
from appointments.details import Details
from appointments.forms import CancelForm, CorrectionForm, hand_out
from appointments.locks import TooBusyError
from appointments.models import Appointment, Status
from appointments.pages import key_page


@require_safe
@key_page
def appointment(request: HttpRequest, key: str) -> HttpResponse:
    """What was booked: the confirmation, and from then on the guest's own page."""
    details, now = _details(key), timezone.now()
    context = {
        "details": details,
        "is_past": details.appointment.end <= now,
        "may_move": is_movable(details.appointment, now),
        "may_cancel": is_cancellable(details.appointment, now),
        "may_correct": is_correctable(details.appointment, now),
        "reminded": reminders.in_words(details.appointment, now),
    }
    return render(request, "appointments/appointment.html", context)


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
    if appointment.status == Status.CANCELLED:
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
    if not is_correctable(appointment, now):
        return HttpResponseRedirect(appointment.get_absolute_url(), status=303)
    form = CorrectionForm(
        request.POST or None,
        initial={"form_token": hand_out(scope, now)},
        scope=scope,
        appointment=appointment,
    )
    if form.is_valid():
        try:
            corrections.correct(appointment.pk, Correction(**form.corrected()), now=now)
        except TooBusyError:
            return _busy(request, "appointments/details.html", details, form)
        return HttpResponseRedirect(appointment.get_absolute_url(), status=303)
    if form.is_bound:
        form.renew_token(now)
    context = {"details": details, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "appointments/details.html", context, status=status)


def _busy(request: HttpRequest, template: str, details: Details, form: Form) -> HttpResponse:
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
    content = file_of(_details(key), Method.PUBLISH)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


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
    appointment = get_object_or_404(Appointment.objects.with_page(), key=key)
    return Details.of(appointment, appointment.time_zone)
