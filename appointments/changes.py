"""Changes of an appointment after it was booked, by its guest and by staff alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from appointments import clients, guards, holds, notices, outbox, reminders
from appointments.booking import TimeGoneError, owe_notices, taken_for
from appointments.clients import Person
from appointments.groups import attendees_of, has_outcomes
from appointments.locks import waiting_for_locks
from appointments.models import (
    HOLDING,
    Appointment,
    AppointmentEvent,
    Assignment,
    MessageKind,
    Status,
)
from appointments.policies import policy_of
from appointments.taking import Taken, assign
from appointments.terms import Terms
from scheduling.models import ServiceResource

Kind = AppointmentEvent.Kind


class TooLateError(Exception):
    """This can no longer be done: by a guest after the cut-off, by anybody once it is over."""


class LapsedError(Exception):
    """The guest did not confirm it in time, or it was cancelled before."""


class Author(NamedTuple):
    """Who changes something: a signed-in user, perhaps for a resource; else the guest."""

    user: User | None = None
    on_behalf_of: ServiceResource | None = None


GUEST = Author()


def cancellable_until(appointment: Appointment) -> datetime:
    """Up to when the guest may cancel; the policy's cut-off before the start."""
    return appointment.start - timedelta(minutes=policy_of(appointment).cancel_cutoff)


def movable_until(appointment: Appointment) -> datetime:
    """Up to when the guest may move; the policy's cut-off before the start."""
    return appointment.start - timedelta(minutes=policy_of(appointment).move_cutoff)


def is_cancellable(appointment: Appointment, now: datetime) -> bool:
    """Whether the guest may cancel it at an instant; what is not confirmed yet at any."""
    if appointment.is_unconfirmed:
        return not appointment.has_lapsed(now)
    return appointment.status in HOLDING and now < cancellable_until(appointment)


def is_over(appointment: Appointment, now: datetime) -> bool:
    """Whether there is nothing left of it to be cancelled."""
    return appointment.status == Status.COMPLETED or appointment.end <= now


def is_movable(appointment: Appointment, now: datetime) -> bool:
    """Whether the guest may move it at an instant."""
    return appointment.status in MOVABLE and now < movable_until(appointment)


MOVABLE = frozenset({Status.SCHEDULED})
"""The states in which an appointment is still to come; one to be confirmed is not moved before."""


@waiting_for_locks()
def cancel(
    appointment_key: int, *, reason: str = "", author: Author = GUEST, now: datetime
) -> bool:
    """Cancel an appointment, and owe everybody concerned a message; say whether this call did.

    Its time is free at once, and its use goes back to the invitation by itself (rule B6).
    Cancelled twice is once. Raises TooLateError once it is over, and for a guest after the cut-off,
    TooBusyError, DoesNotExist for an unknown appointment.
    """
    appointment = locked(appointment_key)
    if appointment.status == Status.CANCELLED:
        return False
    if is_over(appointment, now) or (author.user is None and not is_cancellable(appointment, now)):
        raise TooLateError
    attendees = attendees_of(appointment, now)
    for each in (appointment, *attendees):
        if each.status != Status.COMPLETED:
            _cancel(each, reason, author, now)
    return True


def _cancel(appointment: Appointment, reason: str, author: Author, now: datetime) -> None:
    details = {"from": appointment.status, **({"reason": reason} if reason else {})}
    stood = not appointment.is_unconfirmed
    holds.give_status(appointment, Status.CANCELLED)
    log(appointment, Kind.CANCELLED, author, **details)
    owed: notices.Owed = []
    if stood or author.user:
        owed += notices.to_guest(appointment, MessageKind.GUEST_CANCELLED)
    if stood:  # else no host ever heard of it
        parts = appointment.assignments.all()
        owed += notices.to_hosts(appointment, MessageKind.RESOURCE_CANCELLED, parts)
    outbox.owe(owed, not_before=now)


@waiting_for_locks()
def confirm(appointment_key: int, email: str, *, now: datetime) -> bool:
    """Who reads the mails to ``email`` confirms what was booked with it; say whether this call did.

    From now on it stands, everybody concerned is owed the usual messages, and the guest is known
    as a client. Confirmed twice is once. An address that was corrected meanwhile confirms nothing.
    Raises LapsedError, TooBusyError, DoesNotExist.
    """
    appointment = locked(appointment_key)
    if appointment.status == Status.CANCELLED or appointment.has_lapsed(now):
        raise LapsedError
    if not appointment.is_unconfirmed or appointment.email != email:
        return False
    holds.give_status(appointment, Status.SCHEDULED)
    log(appointment, Kind.CONFIRMED, GUEST)
    if appointment.client_id is None:
        clients.prove(appointment.email, now, _guest(appointment))
    owe_notices(appointment, appointment.assignments.all(), now)
    return True


def _guest(appointment: Appointment) -> Person | None:
    """Who confirms, None where it was booked as somebody else by their link (rule L8)."""
    if appointment.goes_elsewhere:
        return None
    return Person(appointment.first_name, appointment.last_name, appointment.phone)


@waiting_for_locks()
def set_status(appointment_key: int, status: Status, *, author: Author = GUEST) -> Appointment:
    """Give an appointment another status, and its resources' time with it (rule B2).

    The same status twice is once. Nobody is written to: who cancels calls ``cancel``. Raises
    IntegrityError where an appointment would hold time again that is taken meanwhile.
    """
    appointment = locked(appointment_key)
    if appointment.status != status:
        before = appointment.status
        holds.give_status(appointment, status)
        log(appointment, Kind.STATUS_CHANGED, author, **{"from": before, "to": status})
    return appointment


def move(
    appointment_key: int,
    terms: Terms,
    start: datetime,
    *,
    issued_at: datetime,
    author: Author = GUEST,
    now: datetime,
) -> bool:
    """Give an appointment another time under ``terms``; say whether this call did.

    The openings function is asked again under the locks, with the time that the appointment
    itself blocks counted as free. Who has it keeps it if any one host will do, else the hosts
    are those of the terms. Everybody concerned is owed a message. Moved twice to the same time
    is once. ``start``, ``issued_at`` (of the form) and ``now`` are aware. Raises TimeGoneError,
    and then it stays where it was; TooLateError; TooBusyError; DoesNotExist.
    """
    try:
        with waiting_for_locks():
            return _move(appointment_key, terms, start, issued_at, author, now)
    except IntegrityError as error:
        # The guard caught what a raw writer slipped in without taking our locks.
        if guards.is_overlap(error):
            raise TimeGoneError from error
        raise


def _move(
    appointment_key: int,
    terms: Terms,
    start: datetime,
    issued_at: datetime,
    author: Author,
    now: datetime,
) -> bool:
    appointment = locked(appointment_key, {host.pk for host in terms.hosts})
    if appointment.start == start and appointment.status in MOVABLE:
        return False
    if appointment.status not in MOVABLE or (
        author.user is None and not is_movable(appointment, now)
    ):
        raise TooLateError
    if appointment.is_group and has_outcomes(appointment):
        raise TooLateError
    required = appointment.assignments.required()
    present = set(required.values_list("service_resource", flat=True))
    taken = taken_for(terms, start, issued_at, now, without=appointment.pk, present=present)
    _give(appointment, taken, author, now)
    for attendee in attendees_of(appointment, now):
        _give(attendee, taken._replace(group=appointment), author, now)
    return True


def _give(appointment: Appointment, taken: Taken, author: Author, now: datetime) -> None:
    """Write another time, perhaps in another group, and owe everybody concerned a message."""
    before = appointment.start, appointment.end
    appointment.start, appointment.end, appointment.group = taken.start, taken.end, taken.group
    if appointment.is_unconfirmed and appointment.confirm_until:
        appointment.confirm_until = min(appointment.confirm_until, taken.end)
    appointment.sequence += 1
    appointment.save(update_fields=["start", "end", "group", "confirm_until", "sequence"])
    released, joined = assign(appointment, taken.seats, *taken.blocked)
    log(appointment, Kind.MOVED, author, **{"from": str(before[0]), "to": str(taken.start)})
    owed = notices.of_change(appointment, MessageKind.GUEST_MOVED)
    for part in appointment.assignments.all():
        is_new = part.service_resource_id in joined
        kind = MessageKind.RESOURCE_BOOKED if is_new else MessageKind.RESOURCE_MOVED
        owed += notices.to_hosts(appointment, kind, [part])
    if appointment.group is None:
        owed += _release(appointment, released, author, *before)
    reminders.take_back(appointment)
    later = [] if appointment.is_unconfirmed else reminders.owed(appointment, now)
    outbox.owe(owed, not_before=now, later=later)


def locked(key: int, others: Collection[int] = ()) -> Appointment:
    """The appointment, locked after its resources and ``others`` (rule B1).

    Until they are locked somebody may give it to another resource. Then all of it is done again,
    as a resource must not be locked after an appointment.
    """
    while True:
        before = transaction.savepoint()
        assigned = Assignment.objects.filter(appointment=key).required()
        keys = set(assigned.values_list("service_resource", flat=True))
        ServiceResource.lock([*keys.union(others)])
        appointment = Appointment.objects.select_for_update().get(pk=key)
        if keys == set(assigned.values_list("service_resource", flat=True)):
            transaction.savepoint_commit(before)
            return appointment
        transaction.savepoint_rollback(before)


def _release(
    appointment: Appointment,
    released: Collection[int],
    author: Author,
    start: datetime,
    end: datetime,
) -> list[tuple[str, int]]:
    """Write down who no longer has it, and at what time they had it; each is owed a message."""
    span = {"start": str(start), "end": str(end)}
    events = [
        log(appointment, Kind.REASSIGNED, author, **{"from": resource, **span})
        for resource in sorted(released)
    ]
    return [(MessageKind.RESOURCE_RELEASED, event.pk) for event in events]


def log(
    appointment: Appointment, kind: AppointmentEvent.Kind, author: Author, **details: Any
) -> AppointmentEvent:
    return AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        actor=author.user,
        on_behalf_of=author.on_behalf_of,
        details=details,
    )
