"""How a status looks to staff: the shape in front of the words, and the words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment, Status

SHAPES = {
    Status.PENDING: "wait",
    Status.SCHEDULED: "good",
    Status.CHECKED_IN: "good",
    Status.IN_PROGRESS: "good",
    Status.COMPLETED: "over",
    Status.CANCELLED: "bad",
    Status.NO_SHOW: "bad",
    Status.CANNOT_COMPLETE: "bad",
}
NOT_CONFIRMED = _("Not confirmed in time")


def state_of(appointment: Appointment, now: datetime) -> tuple[str, Any]:
    """Shape and words of an appointment's state at an instant."""
    if appointment.has_lapsed(now):
        return "over", NOT_CONFIRMED
    return SHAPES[Status(appointment.status)], appointment.get_status_display()
