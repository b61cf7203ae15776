"""Booking an appointment: the only way in which one comes into being."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.db.models import QuerySet

from appointments import guards, holds, notices, outbox, reminders
from appointments.groups import lock_groups
from appointments.locks import waiting_for_locks
from appointments.models import (
    Appointment,
    AppointmentEvent,
    Assignment,
    Client,
    MessageKind,
)
from appointments.openings import NONE, Asked, asked_about, is_open, question_about
from appointments.taking import Seat, Taken, digest, own_time, place_in, write
from appointments.terms import Terms
from scheduling.engine.assignment import assigned_hosts
from scheduling.engine.groups import best_group
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
    taken = taken_for(terms, start, form.issued_at, now)
    until = None if guest.is_proved else holds.confirm_until(terms.policy, taken.end, now)
    appointment, assignments = _take(terms, taken, guest, form, until)
    log_booked(appointment)
    if appointment.is_unconfirmed:
        outbox.owe([(MessageKind.GUEST_CONFIRM, appointment.pk)], not_before=now)
    else:
        owe_notices(appointment, assignments, now)
    return Booked(appointment, is_new=True)


@waiting_for_locks()
def book_anyway(
    terms: Terms,
    start: datetime,
    guest: Guest,
    form: SentForm,
    *,
    places: int | None = None,
    author: Author,
    now: datetime,
) -> Booked:
    """Book what no opening allows: all of the hosts, whatever their hours and absences (rule B8).

    Hours, absences, lead time, dates and limits don't count, nor is the guest asked to confirm;
    only other appointments do, and that it is still ahead. With ``places`` it is a group, and the
    guest is nobody. The same form sent twice books once. Raises TimeGoneError, FormReusedError,
    TooBusyError.
    """
    ServiceResource.lock([host.pk for host in terms.hosts])
    if earlier := already_booked(start, guest, form):
        if not _is_under(earlier, terms, places):
            raise FormReusedError
        return Booked(earlier, is_new=False)
    if not 0 <= minute_of(start) - minute_of(now) <= FURTHEST:
        raise TimeGoneError
    blocked = own_time([], terms, start).blocked
    holds.release_lapsed([host.pk for host in terms.hosts], *blocked, now)
    taken = own_time(seats_anyway(terms, start, now), terms, start, places)
    appointment, assignments = _take(terms, taken, guest, form, None)
    log_booked(appointment, author, anyway=True)
    owe_notices(appointment, assignments, now)
    return Booked(appointment, is_new=True)


def _is_under(made: Appointment, terms: Terms, places: int | None) -> bool:
    what = (made.work_type, made.territory, made.appointment_type, made.places)
    hosts = set(made.assignments.required().values_list("service_resource", flat=True))
    asked = (terms.work_type, terms.territory, terms.appointment_type, places)
    return what == asked and hosts == {host.pk for host in terms.hosts}


def owe_notices(appointment: Appointment, assignments: Iterable[Assignment], now: datetime) -> None:
    """Owe guest and hosts what they are told once the appointment stands, and its reminders."""
    owed = [
        *notices.to_guest(appointment, MessageKind.GUEST_BOOKED),
        *notices.to_hosts(appointment, MessageKind.RESOURCE_BOOKED, assignments),
    ]
    outbox.owe(owed, not_before=now, later=reminders.owed(appointment, now))


def already_booked(start: datetime, guest: Guest, form: SentForm) -> Appointment | None:
    """What this form booked before, if anything.

    Raises FormReusedError where it then asked for something else (rule B5).
    """
    earlier = made_by(form)
    if earlier and earlier.form_digest != digest(start, guest):
        raise FormReusedError
    return earlier


def made_by(form: SentForm) -> Appointment | None:
    """What this form booked before, whatever it asked for."""
    return next(iter(_made_by(form.token)), None)


@prepared
def _made_by(token: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(form_token=token)


def taken_for(
    terms: Terms,
    start: datetime,
    issued_at: datetime,
    now: datetime,
    *,
    without: int = NONE,
    present: Collection[int] = (),
) -> Taken:
    """What an appointment gets for a start, asked with fresh rows: hosts, or a place in a group.

    What lapsed unconfirmed gives way to it. Call it under the locks of the hosts. Lead time
    counts from ``issued_at`` for as long as PATIENCE allows. ``without`` is the key of an
    appointment that is about to be moved, and ``present`` its hosts, who keep it if any one host
    will do. Raises TimeGoneError.
    """
    if terms.of_groups:
        lock_groups(terms, start)
    asked = _asked(terms, start, issued_at, now, without)
    if terms.of_groups:
        return _place_in_group(asked.questions[0], start)
    seats = _hosts_for(terms, asked.questions[0], minute_of(start), present)
    taken = own_time(seats, terms, start)
    if asked.has_lapsed:
        holds.release_lapsed([seat.host.pk for seat in seats], *taken.blocked, now)
    return taken


def _asked(
    terms: Terms, start: datetime, issued_at: datetime, now: datetime, without: int
) -> Asked:
    minute, earliest = minute_of(start), minute_of(now)
    in_reach = earliest <= minute <= earliest + FURTHEST
    # Nothing else looks at seconds; and weeks near the ends of the calendar cannot be counted.
    if start.second or start.microsecond or not in_reach:
        raise TimeGoneError
    lead_from = issued_at if issued_at <= now <= issued_at + PATIENCE else now
    return asked_about(terms, start, now, lead_from, without=without)


def _place_in_group(question: Question, start: datetime) -> Taken:
    group = best_group(question, minute_of(start))
    if group is None or not is_open(question, start):
        raise TimeGoneError
    return place_in(Appointment.objects.with_page().get(pk=group.key))


def _hosts_for(
    terms: Terms, question: Question, minute: Minute, present: Collection[int]
) -> list[Seat]:
    """Who takes a start, the primary one first, and on which seat."""
    if terms.any_host:
        kept = [n for n in free_hosts(question, minute) if terms.hosts[n].pk in present]
    else:
        kept = []
    week = week_of(terms.territory.time_zone, minute)
    positions = kept or assigned_hosts(question, minute, week)
    if not positions:
        raise TimeGoneError
    return _seats(terms, question, positions, minute)


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
    terms: Terms, taken: Taken, guest: Guest, form: SentForm, confirm_until: datetime | None
) -> tuple[Appointment, list[Assignment]]:
    """Write the appointment and whose time it holds. Raises TimeGoneError if the guard refuses."""
    try:
        return write(terms, taken, guest, form, confirm_until)
    except IntegrityError as error:
        if guards.is_overlap(error):
            raise TimeGoneError from error
        raise


def log_booked(appointment: Appointment, author: Author | None = None, **details: Any) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=AppointmentEvent.Kind.BOOKED,
        actor=author.user if author else None,
        on_behalf_of=author.on_behalf_of if author else None,
        details={"start": str(appointment.start), **details},
    )
