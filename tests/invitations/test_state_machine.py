"""Whatever may happen to appointments, in any order, beside a plain list (A2, A7, B1–B6, M1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from appointments import changes, corrections, outcomes, reassigning
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.changes import GUEST, Author, LapsedError, TooLateError
from appointments.corrections import Correction
from appointments.models import (
    GRACE,
    Appointment,
    AppointmentEvent,
    Assignment,
    MessageKind,
    OutboxMessage,
    Status,
)
from invitations import booking
from invitations.booking import LinkClosedError, NotAdmittedError
from invitations.choices import terms_of
from invitations.keys import find_key
from invitations.models import Invitation, InvitationBooking, InvitationHost
from invitations.moving import terms_to_move
from scheduling.models import Absence, SchedulingPolicy, TimeSlot
from tests.clients import make_client
from tests.factories import (
    BERLIN,
    at,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HALF_HOUR, BLOCK_AFTER = dt.timedelta(minutes=30), dt.timedelta(minutes=15)
MORNING = at("2026-11-24 09:00")
STARTS = [MORNING + n * HALF_HOUR for n in range(6)]
LONG, SHORT = dt.time(12), dt.time(10, 30)
HOLDING = {"pending", "scheduled", "completed"}
INVITED = {"anna": {"anna"}, "any": {"anna", "tom"}, "both": {"anna", "tom"}}
REMINDER = dt.timedelta(minutes=60)
"""Before the start."""


@dataclass
class Row:
    """An appointment as the model knows it."""

    pk: int
    invitation: str
    start: dt.datetime
    seats: dict[str, int]
    beside: set[str]
    status: str
    confirm_until: dt.datetime | None
    events: list[str] = field(default_factory=lambda: ["booked"])
    owed: Counter[str] = field(default_factory=Counter)
    reminder: dt.datetime | None = None

    @property
    def hosts(self) -> set[str]:
        """Those who have to be there."""
        return set(self.seats)

    @property
    def told(self) -> set[str]:
        return self.hosts | self.beside

    def is_unconfirmed(self) -> bool:
        return self.status == "pending"

    def has_lapsed(self, now: dt.datetime) -> bool:
        return self.confirm_until is not None and self.confirm_until <= now

    def holds_time(self, now: dt.datetime) -> bool:
        stale = self.is_unconfirmed() and self.has_lapsed(now - GRACE)
        return self.status in HOLDING and not stale

    @property
    def block(self) -> tuple[dt.datetime, dt.datetime]:
        return self.start, self.start + HALF_HOUR + BLOCK_AFTER


def meet(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


class Life(RuleBasedStateMachine):
    """Two hosts, one morning, three links: with one host, any of both (thrice), and both.

    A third host is invited beside to what is booked by the first link, and may be given anything.
    """

    places = 1
    """So many appointments of a host may run at once."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = at("2026-11-23 08:00")
        self.closes = LONG
        self.rows: list[Row] = []
        self.absences: list[tuple[str, tuple[dt.datetime, dt.datetime]]] = []
        self.forms = 0
        hours = make_hours(days=[1], times=((dt.time(9), LONG),))
        hours.time_slots.update(maximum_appointments=self.places)
        office = make_territory(hours)
        work = make_work_type(office, start_interval=30, block_time_after=15, duration=30)
        self.hosts = {name: make_resource(office, name=name) for name in ("anna", "tom")}
        self.people = {**self.hosts, "eva": make_resource(office, name="eva")}
        anna, tom = self.hosts["anna"], self.hosts["tom"]
        criteria = {"territory": office, "work_type": work}
        self.keys = {
            "anna": make_invitation(anna, **criteria).key,
            "any": make_invitation(anna, tom, any_host=True, max_bookings=3, **criteria).key,
            "both": make_invitation(anna, tom, **criteria).key,
        }
        InvitationHost.objects.create(
            invitation=Invitation.objects.get(keys__key=self.keys["anna"]),
            service_resource=self.people["eva"],
            role=InvitationHost.Role.OPTIONAL,
            position=1,
        )
        self.policy = SchedulingPolicy.objects.create(
            name="Standard", is_default=True, reminders="60"
        )
        self.user = make_user()
        self.client = make_client()
        self.for_clients: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # What is predicted

    def is_free(
        self, host: str, start: dt.datetime, without: Row | None = None, *, running: bool = False
    ) -> bool:
        block = (start, start + HALF_HOUR + BLOCK_AFTER)
        away = any(meet(block, span) for name, span in self.absences if name == host)
        inside = self.is_within_hours(start) and (running or start >= self.now)
        return inside and not away and len(self.taken(host, start, without)) < self.places

    def is_within_hours(self, start: dt.datetime) -> bool:
        closes = start.replace(hour=self.closes.hour, minute=self.closes.minute)
        return start + HALF_HOUR <= closes

    def taken(self, host: str, start: dt.datetime, without: Row | None = None) -> set[int]:
        """The seats of a host that something holds around a start."""
        block = (start, start + HALF_HOUR + BLOCK_AFTER)
        return {
            row.seats[host]
            for row in self.rows
            if host in row.hosts
            and row is not without
            and row.holds_time(self.now)
            and meet(block, row.block)
        }

    def seats_of(
        self, hosts: set[str], start: dt.datetime, without: Row | None = None
    ) -> dict[str, int]:
        """The lowest free one of each."""
        taken = {host: self.taken(host, start, without) for host in hosts}
        return {host: next(n for n in count(1) if n not in taken[host]) for host in hosts}

    def takers(self, link: str, start: dt.datetime, without: Row | None = None) -> list[set[str]]:
        """Which hosts may take it: one set of them does; none where the time is not open."""
        free = {host for host in self.hosts if self.is_free(host, start, without)}
        if link == "any":
            return [{host} for host in free]
        wanted = set(self.hosts) if link == "both" else {"anna"}
        return [wanted] if wanted <= free else []

    def uses(self, link: str) -> int:
        return sum(
            row.invitation == link
            and row.status != "cancelled"
            and not (row.is_unconfirmed() and row.has_lapsed(self.now - GRACE))
            for row in self.rows
        )

    def release(self, hosts: set[str], start: dt.datetime, but: Row | None = None) -> None:
        """What was not confirmed in time gives way to whoever takes its time."""
        block = (start, start + HALF_HOUR + BLOCK_AFTER)
        for row in self.rows:
            stale = row.is_unconfirmed() and row.has_lapsed(self.now - GRACE)
            if stale and row is not but and row.hosts & hosts and meet(row.block, block):
                row.status = "cancelled"
                row.events.append("cancelled")

    def stand(self, row: Row) -> None:
        row.owed["guest_booked"] += 1
        row.owed["resource_booked"] += len(row.told)
        row.reminder = self.reminder_for(row.start)

    def reminder_for(self, start: dt.datetime) -> dt.datetime | None:
        return start - REMINDER if start - REMINDER > self.now else None

    # What happens

    @rule(
        link=st.sampled_from(["anna", "any", "both"]),
        start=st.sampled_from(STARTS),
        again=st.booleans(),
        signed_in=st.booleans(),
    )
    def book(self, link: str, start: dt.datetime, again: bool, signed_in: bool) -> None:
        self.forms += 1
        key = find_key(self.keys[link], self.now)
        assert key is not None
        terms = terms_of(key.invitation, {})
        guest = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
        form = SentForm(f"form {self.forms}", self.now)
        client = self.client if signed_in else None
        closed = link == "any" and self.uses(link) >= 3
        shut_out = link in self.for_clients and not signed_in
        takers = self.takers(link, start)
        try:
            made = booking.book(  # type: ignore[arg-type]
                key, terms, start, guest, form, self.now, signed_in=client
            )
        except LinkClosedError:
            assert closed
            return
        except NotAdmittedError:
            assert not closed
            assert shut_out
            return
        except TimeGoneError:
            assert not closed
            assert not shut_out
            assert takers == []
            return
        assert not closed
        assert not shut_out
        required = made.assignments.required()
        hosts = set(required.values_list("service_resource__name", flat=True))
        assert hosts in takers
        self.release(hosts, start)
        seats, beside = self.seats_of(hosts, start), {"eva"} if link == "anna" else set()
        row = Row(made.pk, link, start, seats, beside, made.status, made.confirm_until)
        assert row.status == ("pending" if self.policy.confirm_within else "scheduled")
        if row.is_unconfirmed():
            row.owed["guest_confirm"] += 1
        else:
            self.stand(row)
        self.rows.append(row)
        if again:
            twice = booking.book(key, terms, start, guest, form, self.now)  # type: ignore[arg-type]
            assert twice == made

    @rule(link=st.sampled_from(["anna", "any", "both"]))
    def keep_to_clients(self, link: str) -> None:
        self.for_clients.add(link)
        Invitation.objects.filter(keys__key=self.keys[link]).update(audience="clients")

    @rule(link=st.sampled_from(["anna", "any", "both"]))
    def open_to_anyone(self, link: str) -> None:
        self.for_clients.discard(link)
        Invitation.objects.filter(keys__key=self.keys[link]).update(audience="anyone")

    @rule(data=st.data(), start=st.sampled_from(STARTS), by_staff=st.booleans())
    def move(self, data: st.DataObject, start: dt.datetime, by_staff: bool) -> None:
        row = self.one(data)
        if row is None:
            return
        appointment = Appointment.objects.with_page().get(pk=row.pk)
        author = Author(self.user) if by_staff else GUEST
        terms = terms_to_move(appointment)
        over = row.status != "scheduled" or (not by_staff and self.now >= row.start)
        if row.hosts <= INVITED[row.invitation]:
            takers = self.takers(row.invitation, start, without=row)
        else:  # staff gave it to somebody else, who keeps it
            keeps = all(self.is_free(host, start, without=row) for host in row.hosts)
            takers = [row.hosts] if keeps else []
        kept = [hosts for hosts in takers if hosts == row.hosts]
        try:
            moved = changes.move(
                row.pk, terms, start, issued_at=self.now, author=author, now=self.now
            )
        except TooLateError:
            assert over
            return
        except TimeGoneError:
            assert not over
            assert takers == []
            return
        if start == row.start:
            assert not moved
            return
        assert moved
        assert not over
        required = Assignment.objects.filter(appointment=row.pk).required()
        hosts = set(required.values_list("service_resource__name", flat=True))
        assert hosts in (kept or takers)
        self.release(hosts, start, but=row)
        row.owed["guest_moved"] += 1
        row.owed["resource_moved"] += len((hosts & row.hosts) | row.beside)
        row.owed["resource_booked"] += len(hosts - row.hosts)
        row.owed["resource_released"] += len(row.hosts - hosts)
        row.events += ["moved"] + ["reassigned"] * len(row.hosts - hosts)
        row.seats = self.seats_of(hosts, start, without=row)
        row.start, row.reminder = start, self.reminder_for(start)

    @rule(data=st.data())
    def reassign(self, data: st.DataObject) -> None:
        """A host of one gives it to somebody else, who may have been invited beside."""
        row = self.one(data)
        if row is None:
            return
        former = data.draw(st.sampled_from(sorted(row.hosts)))
        taker = data.draw(st.sampled_from(sorted(set(self.people) - row.hosts)))
        over = row.status != "scheduled" or self.now >= row.start + HALF_HOUR
        keys = (self.people[former].pk, self.people[taker].pk)
        try:
            reassigning.reassign(row.pk, *keys, author=Author(self.user), now=self.now)
        except TooLateError:
            assert over
            return
        except TimeGoneError:
            assert not over
            assert not self.is_free(taker, row.start, running=True)
            return
        assert not over
        assert self.is_free(taker, row.start, running=True)
        self.release({taker}, row.start, but=row)
        row.seats.update(self.seats_of({taker}, row.start))
        del row.seats[former]
        row.beside.discard(taker)
        row.events.append("reassigned")
        row.owed.update(guest_reassigned=1, resource_released=1, resource_booked=1)
        row.owed["resource_changed"] += len(row.told) - 1

    @rule(data=st.data(), by_staff=st.booleans())
    def cancel(self, data: st.DataObject, by_staff: bool) -> None:
        row = self.one(data)
        if row is None:
            return
        if row.is_unconfirmed():
            may = by_staff or not row.has_lapsed(self.now)
        else:
            may = by_staff or (row.status in HOLDING and self.now < row.start)
        author = Author(self.user) if by_staff else GUEST
        was_cancelled, stood = row.status == "cancelled", not row.is_unconfirmed()
        try:
            done = changes.cancel(row.pk, author=author, now=self.now)
        except TooLateError:
            assert not may
            return
        assert done != was_cancelled
        if not done:
            return
        assert may
        row.status = "cancelled"
        row.events.append("cancelled")
        row.owed["guest_cancelled"] += stood or by_staff
        row.owed["resource_cancelled"] += len(row.told) * stood

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        row = self.one(data)
        if row is None:
            return
        lapsed = row.status == "cancelled" or (row.is_unconfirmed() and row.has_lapsed(self.now))
        try:
            done = changes.confirm(row.pk, "gerda@example.com", now=self.now)
        except LapsedError:
            assert lapsed
            return
        assert not lapsed
        assert done == row.is_unconfirmed()
        if done:
            row.status, row.confirm_until = "scheduled", None
            row.events.append("confirmed")
            self.stand(row)

    @rule(data=st.data(), status=st.sampled_from(["scheduled", "completed", "no_show"]))
    def mark(self, data: st.DataObject, status: str) -> None:
        """What staff do to one that stands."""
        row = self.one(data)
        if row is None or row.status in ("cancelled", "pending"):
            return
        taken = any(
            other is not row
            and other.status in HOLDING
            and other.seats.items() & row.seats.items()
            and meet(other.block, row.block)
            for other in self.rows
        )
        try:
            changes.set_status(row.pk, status, author=Author(self.user))  # type: ignore[arg-type]
        except IntegrityError:
            assert taken
            assert row.status == "no_show"
            return
        assert not (taken and row.status == "no_show" and status in HOLDING)
        if status != row.status:
            row.status = status
            row.events.append("status_changed")

    @rule(data=st.data(), outcome=st.sampled_from(["scheduled", "completed", "no_show"]))
    def record(self, data: st.DataObject, outcome: str) -> None:
        """What staff say once it has begun; a no-show comes back on any seat that is free."""
        row = self.one(data)
        if row is None:
            return
        makes_sense = row.status in ("scheduled", "completed", "no_show") and self.now >= row.start
        has_room, seats = True, dict(row.seats)
        for host, seat in row.seats.items():
            taken = self.taken(host, row.start, without=row)
            if row.status == "no_show" and seat in taken:
                places = self.places if self.is_within_hours(row.start) else 1
                has_room = has_room and len(taken) < places
                seats.update(self.seats_of({host}, row.start, without=row))
        try:
            done = outcomes.record(row.pk, Status(outcome), author=Author(self.user), now=self.now)
        except TooLateError:
            assert not makes_sense
            return
        except TimeGoneError:
            assert makes_sense
            assert not has_room
            return
        assert done == (outcome != row.status)
        if done:
            assert makes_sense
            assert has_room
            self.release(row.hosts, row.start, but=row)
            row.status, row.seats = outcome, seats
            row.events.append("status_changed")

    @rule(data=st.data(), phone=st.sampled_from(["1", "2"]))
    def correct(self, data: st.DataObject, phone: str) -> None:
        row = self.one(data)
        if row is None:
            return
        found = Appointment.objects.get(pk=row.pk)
        correction = Correction("Gerda", "Gast", "gerda@example.com", phone, "", "")
        waits = row.is_unconfirmed() and not row.has_lapsed(self.now)
        open_ = (row.status == "scheduled" or waits) and self.now < row.start + HALF_HOUR
        try:
            done = corrections.correct(row.pk, correction, now=self.now)
        except TooLateError:
            assert not open_
            return
        assert open_
        assert done == (found.phone != phone)
        if done:
            row.events.append("details_changed")
            row.owed["guest_changed"] += not waits
            row.owed["resource_changed"] += len(row.told) * (not waits)

    @rule(
        host=st.sampled_from(["anna", "tom"]),
        start=st.sampled_from(STARTS),
        length=st.sampled_from([15, 60]),
    )
    def absence(self, host: str, start: dt.datetime, length: int) -> None:
        span = (start, start + dt.timedelta(minutes=length))
        self.absences.append((host, span))
        resource = self.hosts[host]
        Absence.objects.create(service_resource=resource, start=span[0], end=span[1])

    @rule()
    def come_back(self) -> None:
        self.absences.clear()
        Absence.objects.all().delete()

    @rule(closes=st.sampled_from([LONG, SHORT]))
    def change_hours(self, closes: dt.time) -> None:
        self.closes = closes
        TimeSlot.objects.update(end_time=closes)

    @rule(minutes=st.sampled_from([0, 10]))
    def ask_to_confirm(self, minutes: int) -> None:
        self.policy.confirm_within = minutes
        self.policy.save()

    @rule(minutes=st.sampled_from([1, 9, 12]))
    def wait(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def sleep(self) -> None:
        """Until the morning itself, so that some of it is over."""
        self.now = max(self.now, at("2026-11-24 09:40"))

    def one(self, data: st.DataObject) -> Row | None:
        if not self.rows:
            return None
        return self.rows[data.draw(st.integers(0, len(self.rows) - 1))]

    # What must always be true

    @invariant()
    def nobody_is_on_one_seat_twice(self) -> None:
        held = list(Assignment.objects.filter(holds_time=True).order_by("blocked_start"))
        for one in held:
            for other in held:
                same = one.service_resource_id == other.service_resource_id
                if same and one.seat == other.seat and one.pk < other.pk:
                    spans = [(each.blocked_start, each.blocked_end) for each in (one, other)]
                    assert not meet(*spans)

    @invariant()
    def the_rows_are_those_of_the_list(self) -> None:
        found = {
            each.pk: (each.start, each.status)
            for each in Appointment.objects.only("pk", "start", "status")
        }
        assert found == {row.pk: (row.start, row.status) for row in self.rows}
        blocks = Counter(
            Assignment.objects.values_list(
                "appointment", "service_resource__name", "seat", "blocked_start", "blocked_end"
            )
        )
        assert blocks == Counter(
            (row.pk, host, seat, *row.block)
            for row in self.rows
            for host, seat in [*row.seats.items(), *((each, 1) for each in row.beside)]
        )
        beside = Assignment.objects.filter(is_required=False)
        assert not beside.filter(holds_time=True).exists()
        assert set(beside.values_list("appointment", "service_resource__name")) == {
            (row.pk, each) for row in self.rows for each in row.beside
        }

    @invariant()
    def uses_balance(self) -> None:
        since = self.now - GRACE
        for link, key in self.keys.items():
            counted = InvitationBooking.objects.filter(key__key=key).counting(since).count()
            assert counted == self.uses(link)
        assert self.uses("any") <= 3

    @invariant()
    def each_event_is_logged_once(self) -> None:
        logged: dict[int, list[str]] = {row.pk: [] for row in self.rows}
        for pk, kind in AppointmentEvent.objects.values_list("appointment", "kind").order_by("pk"):
            logged[pk].append(kind)
        assert logged == {row.pk: row.events for row in self.rows}

    @invariant()
    def exactly_the_messages_owed_are_in_the_outbox(self) -> None:
        messages = OutboxMessage.objects.exclude(result="dropped")
        kinds = Counter(messages.values_list("kind", flat=True))
        reminders = messages.waiting().filter(kind=MessageKind.GUEST_REMINDER)
        kinds.pop(MessageKind.GUEST_REMINDER, None)
        assert kinds == sum((row.owed for row in self.rows), Counter())
        standing = {row.pk for row in self.rows if row.status == "scheduled"}
        found = Counter(
            (pk, time)
            for pk, time in reminders.values_list("object_id", "not_before")
            if pk in standing
        )
        assert found == Counter(
            (row.pk, row.reminder) for row in self.rows if row.pk in standing and row.reminder
        )


class SharedLife(Life):
    """The same where two appointments of a host may run at once, or by now only one."""

    places = 2

    @rule(places=st.sampled_from([1, 2]))
    def change_places(self, places: int) -> None:
        self.places = places
        TimeSlot.objects.update(maximum_appointments=places)


@pytest.mark.parametrize("life", [Life, SharedLife])
def test_whatever_happens_the_rows_agree_with_a_plain_list(life: type[Life]) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(max_examples=40, stateful_step_count=30, deadline=None, derandomize=True),
    )
    call_command("check_integrity", verbosity=0)
