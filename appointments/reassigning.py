"""Giving an appointment to another host, at the same time and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError

from appointments import changes, guards, holds, notices, outbox
from appointments.booking import TimeGoneError, seats_anyway
from appointments.changes import MOVABLE, Author, Kind, TooLateError
from appointments.conflicts import KEEPING_AWAY
from appointments.groups import attendees_of, has_outcomes
from appointments.locks import waiting_for_locks
from appointments.models import Appointment, MessageKind
from appointments.openings import question_about
from appointments.own_terms import own_terms
from appointments.taking import Seat, assign
from scheduling.engine.intervals import minute_of
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Reason
from scheduling.models import ServiceResource


def is_reassignable(appointment: Appointment, now: datetime) -> bool:
    """Whether another host could still take it; one in a group goes with its group."""
    return appointment.group_id is None and appointment.status in MOVABLE and now < appointment.end


def obstacles(
    appointment: Appointment, candidates: Sequence[ServiceResource], now: datetime
) -> list[frozenset[Reason]]:
    """What keeps each of the candidates from taking it: nothing, being away, being booked.

    Its own hosts are booked, by itself. Asked in the same queries for any number of candidates;
    what is only for guests, like lead time, does not count.
    """
    if not candidates:
        return []
    terms = own_terms(appointment, candidates)
    asked = question_about(terms, appointment.start, now, now)
    start = minute_of(appointment.start)
    alone = (replace(asked, hosts=(host,), any_host=False) for host in asked.hosts)
    return [reasons(question, start) & (KEEPING_AWAY | {Reason.BOOKED}) for question in alone]


def reassign(
    appointment_key: int,
    former_key: int,
    resource_key: int,
    *,
    anyway: bool = False,
    author: Author,
    now: datetime,
) -> bool:
    """Give the part of one host to a resource who is free then; say whether this call did.

    ``anyway`` lifts hours and absences (rule B8). Other hosts stay; everybody concerned is owed a
    message. Sent twice is once. Raises TimeGoneError where the resource can't take it,
    TooLateError where it is over or the former host no longer has it, TooBusyError, DoesNotExist.
    """
    try:
        with waiting_for_locks():
            return _reassign(appointment_key, former_key, resource_key, anyway, author, now)
    except IntegrityError as error:
        # The guard caught what a raw writer slipped in without taking our locks.
        if guards.is_overlap(error):
            raise TimeGoneError from error
        raise


def _reassign(
    appointment_key: int,
    former_key: int,
    resource_key: int,
    anyway: bool,
    author: Author,
    now: datetime,
) -> bool:
    appointment = changes.locked(appointment_key, {resource_key})
    rows = list(appointment.assignments.required().select_related("service_resource"))
    present = {row.service_resource_id for row in rows}
    if resource_key in present and former_key not in present:
        return False
    if former_key not in present or not is_reassignable(appointment, now):
        raise TooLateError
    if appointment.is_group and has_outcomes(appointment):
        raise TooLateError
    if resource_key in present:  # two parts were given to the same at once
        raise TimeGoneError
    resource = ServiceResource.objects.get(pk=resource_key)
    [closed] = obstacles(appointment, [resource], now)
    if closed & ({Reason.BOOKED} if anyway else closed):
        raise TimeGoneError
    blocked = rows[0].blocked_start, rows[0].blocked_end
    holds.release_lapsed([resource_key], *blocked, now)
    [seat] = seats_anyway(own_terms(appointment, [resource]), appointment.start, now)
    seats = [
        seat if row.service_resource_id == former_key else Seat(row.service_resource, row.seat)
        for row in rows
    ]
    for each in (appointment, *attendees_of(appointment, now)):
        each.sequence += 1
        each.save(update_fields=["sequence"])
        assign(each, seats, *blocked)
        _tell(each, former_key, resource_key, author, now)
    return True


def _tell(
    appointment: Appointment, former: int, resource: int, author: Author, now: datetime
) -> None:
    span = {"start": str(appointment.start), "end": str(appointment.end)}
    event = changes.log(
        appointment, Kind.REASSIGNED, author, **{"from": former, "to": resource, **span}
    )
    owed = notices.of_change(appointment, MessageKind.GUEST_REASSIGNED)
    if appointment.group_id is None:
        owed.append((MessageKind.RESOURCE_RELEASED, event.pk))
    for row in appointment.assignments.all():
        is_new = row.service_resource_id == resource
        kind = MessageKind.RESOURCE_BOOKED if is_new else MessageKind.RESOURCE_CHANGED
        owed += notices.to_hosts(appointment, kind, [row])
    outbox.owe(owed, not_before=now)
