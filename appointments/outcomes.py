"""What became of an appointment once it has begun: staff say so, and may take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from appointments import changes, guards, holds
from appointments.booking import TimeGoneError, seats_anyway
from appointments.changes import Author, TooLateError
from appointments.locks import waiting_for_locks
from appointments.models import HOLDING, Appointment, Assignment, Status
from appointments.own_terms import own_terms

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
    """What staff may say of it at an instant: nothing before it begins.

    No group fails to come: that is said of each of its attendees. Of those, nothing once it was
    cancelled.
    """
    group = appointment.group
    if now < appointment.start or (group is not None and group.status not in HOLDING):
        return ()
    found = NEXT.get(Status(appointment.status), ())
    return tuple(each for each in found if each != Status.NO_SHOW or not appointment.is_group)


def record(appointment_key: int, outcome: Status, *, author: Author, now: datetime) -> bool:
    """Say what became of an appointment; say whether this call did.

    A no-show gives its time free (rule A2), so that it can be taken back only while a place is
    left. Nobody is written to. Said twice is once. Raises TooLateError where it makes no sense,
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
    if appointment.group_id is None:  # else the group has the time
        _find_seats(appointment, now)
    changes.set_status(appointment_key, outcome, author=author)
    return True


def _find_seats(appointment: Appointment, now: datetime) -> None:
    """Give hosts whose seat was taken meanwhile a free one. Raises TimeGoneError without any."""
    for part in appointment.assignments.required().select_related("service_resource"):
        holds.release_lapsed([part.service_resource_id], part.blocked_start, part.blocked_end, now)
        if Assignment.objects.in_the_way_of(part).exists():
            terms = own_terms(appointment, [part.service_resource])
            [seat] = seats_anyway(terms, appointment.start, now)
            part.seat = seat.number
            part.save(update_fields=["seat"])
