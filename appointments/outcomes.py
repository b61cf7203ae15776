"""What became of an appointment once it has begun: staff say so, and may take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from appointments import changes, guards, holds
from appointments.booking import TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.locks import waiting_for_locks
from appointments.models import Appointment, Status

ON_THE_DAY = (Status.COMPLETED, Status.NO_SHOW)
NEXT = {
    Status.SCHEDULED: ON_THE_DAY,
    Status.CHECKED_IN: ON_THE_DAY,
    Status.IN_PROGRESS: ON_THE_DAY,
    Status.COMPLETED: (Status.NO_SHOW, Status.SCHEDULED),
    Status.NO_SHOW: (Status.COMPLETED, Status.SCHEDULED),
}
"""A cancelled one stays cancelled: somebody else may have its use of the invitation (B6)."""


def outcomes(appointment: Appointment, now: datetime) -> tuple[Status, ...]:
    """What staff may say of it at an instant: nothing before it begins."""
    return NEXT.get(Status(appointment.status), ()) if appointment.start <= now else ()


def record(appointment_key: int, outcome: Status, *, author: Author, now: datetime) -> bool:
    """Say what became of an appointment; say whether this call did.

    A no-show gives its time free (rule A2), so that it can be taken back only while nobody else
    has it. Nobody is written to. Said twice is once. Raises TooLateError where it makes no sense,
    TimeGoneError where its time was taken meanwhile, TooBusyError, DoesNotExist.
    """
    try:
        with waiting_for_locks():
            return _record(appointment_key, outcome, author, now)
    except IntegrityError as error:
        if guards.is_overlap(error):
            raise TimeGoneError from error
        raise


def _record(appointment_key: int, outcome: Status, author: Author, now: datetime) -> bool:
    appointment = changes.locked(appointment_key)
    if appointment.status == outcome:
        return False
    if outcome not in outcomes(appointment, now):
        raise TooLateError
    for row in appointment.assignments.required():
        holds.release_lapsed([row.service_resource_id], row.blocked_start, row.blocked_end, now)
    changes.set_status(appointment_key, outcome, author=author)
    return True
