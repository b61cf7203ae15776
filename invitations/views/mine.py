"""What is a signed-in client's own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from appointments.clients import client_of
from appointments.models import Appointment


@require_safe
def my_appointments(request: HttpRequest) -> HttpResponse:
    """All appointments of the signed-in client, what is to come first."""
    client = client_of(request.user)
    if client is None:
        raise PermissionDenied
    rows = Appointment.objects.of_client(client).with_own_page(timezone.now())
    return render(request, "invitations/mine.html", {"client": client, "appointments": rows})
