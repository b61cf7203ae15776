"""An appointment's own page and calendar file, and the pictures of its hosts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from appointments.calendar_files import Method
from appointments.calendar_files import calendar_file as file_of
from appointments.details import Details
from appointments.models import Appointment
from appointments.pages import key_page


@require_safe
@key_page
def appointment(request: HttpRequest, key: str) -> HttpResponse:
    """What was booked: the confirmation, and from then on the guest's own page."""
    details = _details(key)
    context = {"details": details, "is_past": details.appointment.end <= timezone.now()}
    return render(request, "appointments/appointment.html", context)


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
