"""What an appointment takes, and the rows that say so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, F, Q, When

from appointments import clients
from appointments.models import Appointment, Assignment, Status
from appointments.terms import Terms
from scheduling.models import ServiceResource

if TYPE_CHECKING:
    from appointments.booking import Guest, SentForm


class Seat(NamedTuple):
    """A host who takes part, and which of the places that they have at that time (rule A7)."""

    host: ServiceResource
    number: int


class Taken(NamedTuple):
    """Hosts, and time with what is ``blocked`` around it: an appointment's own, or a group's.

    With ``places`` it is a group itself. All instants are aware.
    """

    seats: Sequence[Seat]
    start: datetime
    end: datetime
    blocked: tuple[datetime, datetime]
    group: Appointment | None = None
    places: int | None = None


def own_time(
    seats: Sequence[Seat], terms: Terms, start: datetime, places: int | None = None
) -> Taken:
    """What the work takes from a start on."""
    work = terms.work_type
    end = start + timedelta(minutes=work.duration)
    blocked = (
        start - timedelta(minutes=work.block_time_before),
        end + timedelta(minutes=work.block_time_after),
    )
    return Taken(seats, start, end, blocked, places=places)


def place_in(group: Appointment) -> Taken:
    """What an attendee of a group takes: its hosts and its time. It comes from ``with_page()``."""
    parts = [part for part in group.assignments.all() if part.is_required]
    seats = [Seat(part.service_resource, part.seat) for part in parts]
    blocked = parts[0].blocked_start, parts[0].blocked_end
    return Taken(seats, group.start, group.end, blocked, group=group)


def write(
    terms: Terms, taken: Taken, guest: Guest, form: SentForm, confirm_until: datetime | None
) -> tuple[Appointment, list[Assignment]]:
    """Write an appointment, and whose time it holds. Raises IntegrityError if the guard refuses."""
    appointment = _appointment(terms, taken, guest, form, confirm_until)
    parts = list(parts_of(appointment, taken.seats, *taken.blocked))
    if taken.group is None:  # else they are invited to the group
        parts += _optional_parts(appointment, terms.optional, *taken.blocked)
    return appointment, Assignment.objects.bulk_create(parts)


def _appointment(
    terms: Terms, taken: Taken, guest: Guest, form: SentForm, confirm_until: datetime | None
) -> Appointment:
    return Appointment.objects.create(
        status=Status.PENDING if confirm_until else Status.SCHEDULED,
        confirm_until=confirm_until,
        start=taken.start,
        end=taken.end,
        appointment_type=terms.appointment_type,
        scheduling_policy=terms.own_policy,
        work_type=terms.work_type,
        topic=terms.topic,
        territory=terms.territory,
        group=taken.group,
        places=taken.places,
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
        reminders=terms.reminders if taken.places is None else "",
        language=guest.language,
        time_zone=guest.time_zone,
        form_token=form.token,
        form_digest=digest(taken.start, guest),
    )


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


def assign(
    appointment: Appointment,
    seats: Sequence[Seat],
    blocked_start: datetime,
    blocked_end: datetime,
) -> tuple[set[int], set[int]]:
    """Let exactly these hosts block this time; the keys of those who left and who joined.

    One statement moves whoever stays, so that no time is held twice or not at all meanwhile.
    Whoever is invited beside stays so, unless they are one of these hosts now.
    """
    wanted = {seat.host.pk: seat.number for seat in seats}
    required = appointment.assignments.required()
    present = set(required.values_list("service_resource", flat=True))
    is_wanted = Q(service_resource__in=[*wanted])
    appointment.assignments.filter(
        Q(is_required=True) & ~is_wanted | Q(is_required=False) & is_wanted
    ).delete()
    numbers = [When(service_resource=key, then=number) for key, number in wanted.items()]
    seat = Case(*numbers, default=F("seat"), output_field=Assignment._meta.get_field("seat"))
    appointment.assignments.update(blocked_start=blocked_start, blocked_end=blocked_end, seat=seat)
    Assignment.objects.bulk_create(
        part
        for part in parts_of(appointment, seats, blocked_start, blocked_end)
        if part.service_resource_id not in present
    )
    if wanted.keys() != present:
        is_first = Q(service_resource=seats[0].host)
        required.update(is_primary=Case(When(is_first, then=True), default=False))
    return present - wanted.keys(), wanted.keys() - present


def digest(start: datetime, guest: Guest) -> str:
    """What the form asked for, to tell a repeat from another request."""
    body = [
        start.astimezone(UTC).isoformat(),
        guest.first_name,
        guest.last_name,
        guest.email,
        guest.phone,
        guest.subject,
        guest.description,
        *guest.answers,
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
