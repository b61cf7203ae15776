"""How a status looks beside its name: the shape in front of the words."""

from __future__ import annotations

from appointments.models import Status

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
