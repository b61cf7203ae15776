"""Booking an appointment: the only way in which one comes into being."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import QuerySet

from appointments import clients, guards, holds, outbox, reminders
from appointments.locks import waiting_for_locks
from appointments.models import (
    Appointment,
    AppointmentEvent,
    Assignment,
    Client,
    MessageKind,
    Status,
)
from appointments.openings import NONE, asked_about, question_about
from appointments.terms import Terms
from scheduling.engine.assignment import assigned_hosts
from scheduling.engine.hours import week_of
from scheduling.engine.intervals import Minute, minute_of
from scheduling.engine.openings import free_hosts
from scheduling.engine.rules import FURTHEST, Question
from scheduling.engine.seats import free_seat, places_left
from scheduling.models import ServiceResource
from scheduling.prepared import prepared

if TYPE_CHECKING:
    from appointments.changes import Author

PATIENCE = timedelta(minutes=30)
"""How long the lead time of an open form counts from the moment it was opened (rule A4)."""


class TimeGoneError(Exception):
    """The time is not open, or no longer."""


class FormReusedError(Exception):
    """The same form was sent before with something else in it (rule B5)."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who books, and what they wrote. ``language`` and ``time_zone`` lead their messages.

    ``answers`` are pairs of a question and an answer. Whose address ``is_proved`` need not confirm.
    ``personal_email`` is the address of whom a personal link is for who is no client;
    ``locks_contact`` says that nothing else may be said of them later either.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    subject: str
    description: str
    language: str
    time_zone: ZoneInfo
    client: Client | None = None
    answers: tuple[tuple[str, str], ...] = ()
    is_proved: bool = False
    personal_email: str = ""
    locks_contact: bool = False


@dataclass(frozen=True, slots=True)
class SentForm:
    """One form as it was handed out: its own random name, and when that was (aware)."""

    token: str
    issued_at: datetime


class Seat(NamedTuple):
    """A host who takes part, and which of the places that they have at that time (rule A7)."""

    host: ServiceResource
    number: int


class Booked(NamedTuple):
    """An appointment, and whether this call made it."""

    appointment: Appointment
    is_new: bool


def book(terms: Terms, start: datetime, guest: Guest, form: SentForm, now: datetime) -> Booked:
    """Book a start, or return what the same form booked before.

    Belongs into a transaction of the caller, who may hold locks that come earlier in the order
    (rule B1). Locks the hosts and asks the openings function again with fresh rows. ``start``
    and ``now`` are aware. Where the policy asks guests to confirm, the appointment is pending and
    only the guest is written to (``changes.confirm``). Raises TimeGoneError, FormReusedError and
    TooBusyError, and then the caller's transaction must not be committed.
    """
    locked = ServiceResource.lock([host.pk for host in terms.hosts])
    if earlier := already_booked(start, guest, form):
        return Booked(earlier, is_new=False)
    terms = replace(terms, hosts=tuple(locked[host.pk] for host in terms.hosts))
    hosts = hosts_for(terms, start, form.issued_at, now)
    end = start + timedelta(minutes=terms.work_type.duration)
    until = None if guest.is_proved else holds.confirm_until(terms.policy, end, now)
    appointment, assignments = _take(terms, hosts, start, guest, form, until)
    _log(appointment)
    if appointment.is_unconfirmed:
        outbox.owe([(MessageKind.GUEST_CONFIRM, appointment.pk)], not_before=now)
    else:
        owe_notices(appointment, assignments, now)
    return Booked(appointment, is_new=True)


@waiting_for_locks()
def book_anyway(
    terms: Terms, start: datetime, guest: Guest, form: SentForm, *, author: Author, now: datetime
) -> Booked:
    """Book what no opening allows: all of the hosts, whatever their hours and absences (rule B8).

    Hours, absences, lead time, dates and limits don't count, nor is the guest asked to confirm;
    only other appointments do, and that it is still ahead. The same form sent twice books once.
    Raises TimeGoneError, FormReusedError, TooBusyError.
    """
    ServiceResource.lock([host.pk for host in terms.hosts])
    if earlier := already_booked(start, guest, form):
        if not _is_under(earlier, terms):
            raise FormReusedError
        return Booked(earlier, is_new=False)
    if not 0 <= minute_of(start) - minute_of(now) <= FURTHEST:
        raise TimeGoneError
    holds.release_lapsed([host.pk for host in terms.hosts], *_blocked(terms, start), now)
    hosts = seats_anyway(terms, start, now)
    appointment, assignments = _take(terms, hosts, start, guest, form, None)
    _log(appointment, author, anyway=True)
    owe_notices(appointment, assignments, now)
    return Booked(appointment, is_new=True)


def _is_under(made: Appointment, terms: Terms) -> bool:
    what = (made.work_type, made.territory, made.appointment_type)
    hosts = set(made.assignments.required().values_list("service_resource", flat=True))
    asked = (terms.work_type, terms.territory, terms.appointment_type)
    return what == asked and hosts == {host.pk for host in terms.hosts}


def owe_notices(appointment: Appointment, assignments: Iterable[Assignment], now: datetime) -> None:
    """Owe guest and hosts what they are told once the appointment stands, and its reminders."""
    owed = [(MessageKind.GUEST_BOOKED, appointment.pk)]
    owed += [(MessageKind.RESOURCE_BOOKED, assignment.pk) for assignment in assignments]
    outbox.owe(owed, not_before=now, later=reminders.owed(appointment, now))


def already_booked(start: datetime, guest: Guest, form: SentForm) -> Appointment | None:
    """What this form booked before, if anything.

    Raises FormReusedError where it then asked for something else (rule B5).
    """
    for earlier in _made_by(form.token):
        if earlier.form_digest != _digest(start, guest):
            raise FormReusedError
        return earlier
    return None


@prepared
def _made_by(token: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(form_token=token)


def hosts_for(
    terms: Terms,
    start: datetime,
    issued_at: datetime,
    now: datetime,
    *,
    without: int = NONE,
    present: Collection[int] = (),
) -> list[Seat]:
    """Who takes a start, the primary one first, and on which seat, asked with fresh rows.

    What lapsed unconfirmed gives way to them. Call it under the locks of the hosts. Lead time
    counts from ``issued_at`` for as long as PATIENCE allows. ``without`` is the key of an
    appointment that is about to be moved, and ``present`` its hosts, who keep it if any one host
    will do. Raises TimeGoneError.
    """
    minute, earliest = minute_of(start), minute_of(now)
    in_reach = earliest <= minute <= earliest + FURTHEST
    # Nothing else looks at seconds; and weeks near the ends of the calendar cannot be counted.
    if start.second or start.microsecond or not in_reach:
        raise TimeGoneError
    lead_from = issued_at if issued_at <= now <= issued_at + PATIENCE else now
    asked = asked_about(terms, start, now, lead_from, without=without)
    question = asked.questions[0]
    if terms.any_host:
        kept = [n for n in free_hosts(question, minute) if terms.hosts[n].pk in present]
    else:
        kept = []
    week = week_of(terms.territory.time_zone, minute)
    positions = kept or assigned_hosts(question, minute, week)
    if not positions:
        raise TimeGoneError
    seats = _seats(terms, question, positions, minute)
    if asked.has_lapsed:
        holds.release_lapsed([seat.host.pk for seat in seats], *_blocked(terms, start), now)
    return seats


def seats_anyway(terms: Terms, start: datetime, now: datetime) -> list[Seat]:
    """All of the hosts, whatever else is in their way. Raises TimeGoneError without a place."""
    question = question_about(terms, start, now, now)
    minute = minute_of(start)
    if any(places_left(question, host, minute) < 1 for host in question.hosts):
        raise TimeGoneError
    return _seats(terms, question, range(len(terms.hosts)), minute)


def _seats(terms: Terms, question: Question, positions: Iterable[int], start: Minute) -> list[Seat]:
    return [
        Seat(terms.hosts[each], free_seat(question.work, question.hosts[each], start))
        for each in positions
    ]


def _take(
    terms: Terms,
    seats: Sequence[Seat],
    start: datetime,
    guest: Guest,
    form: SentForm,
    confirm_until: datetime | None,
) -> tuple[Appointment, list[Assignment]]:
    """Write the appointment and whose time it holds. Raises TimeGoneError if the guard refuses."""
    try:
        appointment = _write(terms, start, guest, form, confirm_until)
        parts = [
            *parts_of(appointment, seats, *_blocked(terms, start)),
            *_optional_parts(appointment, terms.optional, *_blocked(terms, start)),
        ]
        return appointment, Assignment.objects.bulk_create(parts)
    except IntegrityError as error:
        if guards.is_overlap(error):
            raise TimeGoneError from error
        raise


def _log(appointment: Appointment, author: Author | None = None, **details: Any) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=AppointmentEvent.Kind.BOOKED,
        actor=author.user if author else None,
        on_behalf_of=author.on_behalf_of if author else None,
        details={"start": str(appointment.start), **details},
    )


def _write(
    terms: Terms, start: datetime, guest: Guest, form: SentForm, confirm_until: datetime | None
) -> Appointment:
    work = terms.work_type
    end = start + timedelta(minutes=work.duration)
    return Appointment.objects.create(
        status=Status.PENDING if confirm_until else Status.SCHEDULED,
        confirm_until=confirm_until,
        start=start,
        end=end,
        appointment_type=terms.appointment_type,
        scheduling_policy=terms.own_policy,
        work_type=work,
        topic=terms.topic,
        territory=terms.territory,
        client=guest.client and clients.hold(guest.client),
        first_name=guest.first_name,
        last_name=guest.last_name,
        email=guest.email,
        personal_email=guest.personal_email,
        locks_contact=guest.locks_contact,
        phone=guest.phone,
        subject=guest.subject,
        description=guest.description,
        answers=list(guest.answers),
        confirmation=terms.confirmation,
        reminders=terms.reminders,
        language=guest.language,
        time_zone=guest.time_zone,
        form_token=form.token,
        form_digest=_digest(start, guest),
    )


def _blocked(terms: Terms, start: datetime) -> tuple[datetime, datetime]:
    work = terms.work_type
    end = start + timedelta(minutes=work.duration + work.block_time_after)
    return start - timedelta(minutes=work.block_time_before), end


def parts_of(
    appointment: Appointment,
    seats: Iterable[Seat],
    blocked_start: datetime,
    blocked_end: datetime,
) -> Iterator[Assignment]:
    """The parts of hosts who have to be there, the primary one first, not saved."""
    for position, seat in enumerate(seats):
        yield Assignment(
            appointment=appointment,
            service_resource=seat.host,
            seat=seat.number,
            is_primary=position == 0,
            blocked_start=blocked_start,
            blocked_end=blocked_end,
            **appointment.hold._asdict(),
        )


def _optional_parts(
    appointment: Appointment,
    hosts: Iterable[ServiceResource],
    blocked_start: datetime,
    blocked_end: datetime,
) -> Iterator[Assignment]:
    for host in hosts:
        yield Assignment(
            appointment=appointment,
            service_resource=host,
            is_primary=False,
            is_required=False,
            blocked_start=blocked_start,
            blocked_end=blocked_end,
            holds_time=False,
        )


def _digest(start: datetime, guest: Guest) -> str:
    """What the form asked for, to tell a repeat from another request."""
    body = [
        start.isoformat(),
        guest.first_name,
        guest.last_name,
        guest.email,
        guest.phone,
        guest.subject,
        guest.description,
        *guest.answers,
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
