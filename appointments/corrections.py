"""Corrections of who comes to an appointment and how they are reached."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from appointments import changes, confirming, notices, outbox
from appointments.changes import GUEST, MOVABLE, Author, TooLateError
from appointments.locks import waiting_for_locks
from appointments.models import Appointment, MessageKind


class Correction(NamedTuple):
    """What may be corrected, as it is to be."""

    first_name: str
    last_name: str
    email: str
    phone: str
    description: str
    copy_to: str


def is_correctable(appointment: Appointment, now: datetime) -> bool:
    """Whether it is still of use at an instant to correct something of its guest."""
    waits = appointment.is_unconfirmed and not appointment.has_lapsed(now)
    return (
        not appointment.is_group
        and (appointment.status in MOVABLE or waits)
        and now < appointment.end
    )


@waiting_for_locks()
def correct(
    appointment_key: int, correction: Correction, *, author: Author = GUEST, now: datetime
) -> bool:
    """Correct an appointment's details, and owe guest and hosts a message; say if anything changed.

    The log keeps which details changed, not what they were. Messages that still wait go to the
    new address, as they are made when they are sent. Raises TooLateError, TooBusyError,
    DoesNotExist.
    """
    appointment = Appointment.objects.select_for_update().get(pk=appointment_key)
    if not is_correctable(appointment, now):
        raise TooLateError
    values = correction._asdict()
    changed = [name for name, value in values.items() if getattr(appointment, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(appointment, name, values[name])
    appointment.sequence += 1
    appointment.save(update_fields=[*changed, "sequence"])
    changes.log(appointment, changes.Kind.DETAILS_CHANGED, author, changed=changed)
    outbox.owe(_owed(appointment, changed), not_before=now)
    return True


def _owed(appointment: Appointment, changed: list[str]) -> list[tuple[str, int]]:
    """Before it is confirmed no host has heard of it, and a new address has to answer first."""
    if appointment.is_unconfirmed:
        return confirming.asked_once_more(appointment) if "email" in changed else []
    hosts = appointment.assignments.all()
    return [
        *notices.to_guest(appointment, MessageKind.GUEST_CHANGED),
        *notices.to_hosts(appointment, MessageKind.RESOURCE_CHANGED, hosts),
    ]
