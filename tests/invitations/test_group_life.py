"""Whatever may happen to groups and those in them, beside a plain list (A10, B1–B6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from time_machine import travel

from appointments import changes, outcomes, planning, reassigning
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.changes import GUEST, Author, LapsedError, TooLateError
from appointments.models import GRACE, Appointment, MessageKind, OutboxMessage, Status
from appointments.planning import FewerThanTakenError, Plan
from invitations import booking, integrity
from invitations.choices import terms_of
from invitations.keys import find_key
from invitations.moving import Move
from scheduling.models import Absence, SchedulingPolicy
from tests.factories import (
    BERLIN,
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HALF_HOUR = dt.timedelta(minutes=30)
STARTS = [at("2026-11-24 09:00") + n * HALF_HOUR for n in range(4)]
LINKS = {"anna": {"anna"}, "any": {"anna", "tom"}, "both": {"anna", "tom"}}
HOSTS = st.sampled_from([["anna"], ["tom"], ["anna", "tom"], ["tom", "anna"], ["eva"]])
HOLDING = {"pending", "scheduled", "completed"}


@dataclass
class Planned:
    """A group as the model knows it."""

    pk: int
    start: dt.datetime
    hosts: set[str]
    places: int
    status: str = "scheduled"


@dataclass
class Attending:
    """One who is, or was, in a group."""

    pk: int
    group: Planned
    link: str
    status: str
    confirm_until: dt.datetime | None

    def has_lapsed(self, now: dt.datetime) -> bool:
        return self.status == "pending" and (self.confirm_until or now) <= now

    def has_place(self, now: dt.datetime) -> bool:
        return self.status != "cancelled" and not self.has_lapsed(now - GRACE)


class Groups(RuleBasedStateMachine):
    """Three hosts at one place, four half hours, and links with one host, any of two, and both."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = at("2026-11-23 08:00")
        self.groups: list[Planned] = []
        self.people: list[Attending] = []
        self.forms = 0
        office = make_territory()
        self.work = make_work_type(office, attendee_limit=2, duration=30, reminders="60")
        self.hosts = {name: make_resource(office, name=name) for name in ("anna", "tom", "eva")}
        anna, tom = self.hosts["anna"], self.hosts["tom"]
        criteria = {"territory": office, "work_type": self.work}
        self.keys = {
            "anna": make_invitation(anna, **criteria).key,
            "any": make_invitation(anna, tom, any_host=True, **criteria).key,
            "both": make_invitation(anna, tom, **criteria).key,
        }
        self.policy = SchedulingPolicy.objects.create(name="Standard", is_default=True)
        self.author = Author(make_user())

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # What is predicted

    def taken(self, group: Planned) -> int:
        return sum(each.group is group and each.has_place(self.now) for each in self.people)

    def is_busy(self, hosts: set[str], start: dt.datetime, but: Planned | None = None) -> bool:
        return any(
            each is not but
            and each.hosts & hosts
            and each.start == start
            and each.status in HOLDING
            for each in self.groups
        )

    def offered(
        self, link: str, start: dt.datetime, leaving: Attending | None = None
    ) -> list[Planned]:
        """The groups with a place that a link leads to at a start; who leaves one makes room."""
        invited = LINKS[link]
        return [
            each
            for each in self.groups
            if each.start == start
            and start >= self.now
            and each.status == "scheduled"
            and (each.hosts & invited if link == "any" else each.hosts >= invited)
            and self.taken(each) - (leaving is not None and leaving.group is each) < each.places
        ]

    # What happens

    def form(self) -> SentForm:
        self.forms += 1
        return SentForm(f"form {self.forms}", self.now)

    def guest(self) -> Guest:
        return Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)

    @rule(
        hosts=HOSTS,
        start=st.sampled_from(STARTS),
        places=st.integers(1, 3),
        again=st.booleans(),
    )
    def plan(self, hosts: list[str], start: dt.datetime, places: int, again: bool) -> None:
        terms = terms_of(find_key(self.keys["anna"], self.now).invitation, {})  # type: ignore[union-attr]
        asked = Plan(
            replace(terms, hosts=tuple(self.hosts[each] for each in hosts), plans=True),
            start,
            places,
            "",
            "en",
        )
        impossible = self.is_busy(set(hosts), start) or start < self.now
        form = self.form()
        try:
            made, _is_new = planning.plan(asked, form, author=self.author, now=self.now)
        except TimeGoneError:
            assert impossible
            return
        assert not impossible
        self.groups.append(Planned(made.pk, start, set(hosts), places))
        if again:
            assert planning.plan(asked, form, author=self.author, now=self.now) == (made, False)

    @rule(link=st.sampled_from([*LINKS]), start=st.sampled_from(STARTS), again=st.booleans())
    def enrol(self, link: str, start: dt.datetime, again: bool) -> None:
        key, form = find_key(self.keys[link], self.now), self.form()
        assert key is not None
        terms = terms_of(key.invitation, {})
        offered = self.offered(link, start)
        try:
            made = booking.book(key, terms, start, self.guest(), form, self.now)  # type: ignore[arg-type]
        except TimeGoneError:
            assert not offered
            return
        group = next(each for each in offered if each.pk == made.group_id)
        assert made.status == ("pending" if self.policy.confirm_within else "scheduled")
        self.people.append(Attending(made.pk, group, link, made.status, made.confirm_until))
        if again:
            same = booking.book(key, terms, start, self.guest(), form, self.now)  # type: ignore[arg-type]
            assert same == made

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        """Staff give somebody a place."""
        if (group := one_of(data, self.groups)) is None:
            return
        try:
            made, _is_new = planning.add(
                group.pk, self.guest(), self.form(), author=self.author, now=self.now
            )
        except TooLateError:
            assert group.status != "scheduled" or self.now >= group.start + HALF_HOUR
            return
        except TimeGoneError:
            assert self.taken(group) >= group.places
            return
        assert self.taken(group) < group.places
        self.people.append(Attending(made.pk, group, "", "scheduled", None))

    @rule(data=st.data(), by_staff=st.booleans())
    def withdraw(self, data: st.DataObject, by_staff: bool) -> None:
        if (person := one_of(data, self.people)) is None:
            return
        if person.status == "pending":
            may = by_staff or not person.has_lapsed(self.now)
        else:
            may = by_staff or (person.status in HOLDING and self.now < person.group.start)
        try:
            done = changes.cancel(
                person.pk, author=self.author if by_staff else GUEST, now=self.now
            )
        except TooLateError:
            assert not may
            return
        assert done == (person.status != "cancelled")
        person.status = "cancelled"

    @rule(data=st.data(), start=st.sampled_from(STARTS), by_staff=st.booleans())
    def move_one(self, data: st.DataObject, start: dt.datetime, by_staff: bool) -> None:
        if (person := one_of(data, self.people)) is None:
            return
        over = person.status != "scheduled" or (not by_staff and self.now >= person.group.start)
        try:
            done = self.moved(person.pk, start, by_staff)
        except TooLateError:
            assert over
            return
        except TimeGoneError:
            assert not over
            if person.link and self.is_as_invited(person):
                assert not self.offered(person.link, start, leaving=person)
            return
        assert done == (start != person.group.start)
        if done:
            key = Appointment.objects.get(pk=person.pk).group_id
            group = next(each for each in self.groups if each.pk == key)
            assert group.start == start
            assert self.taken(group) < group.places
            person.group = group

    def is_as_invited(self, person: Attending) -> bool:
        invited, hosts = LINKS[person.link], person.group.hosts
        return bool(hosts & invited) if person.link == "any" else hosts >= invited

    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def move_all(self, data: st.DataObject, start: dt.datetime) -> None:
        if (group := one_of(data, self.groups)) is None:
            return
        impossible = self.is_busy(group.hosts, start, but=group) or start < self.now
        try:
            done = self.moved(group.pk, start, by_staff=True)
        except TooLateError:
            assert group.status != "scheduled"
            return
        except TimeGoneError:
            assert impossible or Absence.objects.exists()
            return
        assert done == (start != group.start)
        assert not (done and impossible)
        group.start = start

    def moved(self, key: int, start: dt.datetime, by_staff: bool) -> bool:
        appointment = Appointment.objects.with_page().get(pk=key)
        author = self.author if by_staff else GUEST
        move = Move.by_staff(appointment)
        return move.to(start, issued_at=self.now, author=author, now=self.now)

    @rule(data=st.data())
    def cancel_all(self, data: st.DataObject) -> None:
        if (group := one_of(data, self.groups)) is None:
            return
        assert changes.cancel(group.pk, author=self.author, now=self.now) == (
            group.status != "cancelled"
        )
        if group.status == "cancelled":
            return
        for person in self.people:
            if person.group is group and person.has_place(self.now) and person.status in HOLDING:
                person.status = "cancelled"
        group.status = "cancelled"

    @rule(data=st.data(), anyway=st.booleans())
    def reassign(self, data: st.DataObject, anyway: bool) -> None:
        if (group := one_of(data, self.groups)) is None:
            return
        former = data.draw(st.sampled_from(sorted(group.hosts)))
        taker = data.draw(st.sampled_from(sorted(set(self.hosts) - group.hosts)))
        keys = self.hosts[former].pk, self.hosts[taker].pk
        busy = self.is_busy({taker}, group.start)
        try:
            reassigning.reassign(group.pk, *keys, anyway=anyway, author=self.author, now=self.now)
        except TooLateError:
            assert group.status != "scheduled" or self.now >= group.start + HALF_HOUR
            return
        except TimeGoneError:
            assert busy or (not anyway and Absence.objects.exists())
            return
        assert not busy
        group.hosts = group.hosts - {former} | {taker}

    @rule(data=st.data(), places=st.integers(1, 3))
    def change_places(self, data: st.DataObject, places: int) -> None:
        if (group := one_of(data, self.groups)) is None:
            return
        try:
            planning.set_places(group.pk, places, author=self.author, now=self.now)
        except TooLateError:
            assert group.status != "scheduled" or self.now >= group.start + HALF_HOUR
            return
        except FewerThanTakenError:
            assert self.taken(group) > places
            return
        assert places >= self.taken(group) or places == group.places
        group.places = places

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        if (person := one_of(data, self.people)) is None:
            return
        lapsed = person.status == "cancelled" or person.has_lapsed(self.now)
        try:
            done = changes.confirm(person.pk, "gerda@example.com", now=self.now)
        except LapsedError:
            assert lapsed
            return
        assert not lapsed
        assert done == (person.status == "pending")
        if done:
            person.status, person.confirm_until = "scheduled", None

    @rule(data=st.data(), outcome=st.sampled_from(["scheduled", "completed", "no_show"]))
    def record(self, data: st.DataObject, outcome: str) -> None:
        if (row := one_of(data, [*self.groups, *self.people])) is None:
            return
        start = row.start if isinstance(row, Planned) else row.group.start
        makes_sense = row.status in ("scheduled", "completed", "no_show") and self.now >= start
        if isinstance(row, Planned):
            makes_sense = makes_sense and outcome != "no_show"
        else:
            makes_sense = makes_sense and row.group.status in HOLDING
        try:
            done = outcomes.record(row.pk, Status(outcome), author=self.author, now=self.now)
        except TooLateError:
            assert not makes_sense
            return
        assert done == (outcome != row.status)
        row.status = outcome

    @rule(host=st.sampled_from(["anna", "tom", "eva"]), start=st.sampled_from(STARTS))
    def absence(self, host: str, start: dt.datetime) -> None:
        Absence.objects.create(
            service_resource=self.hosts[host], start=start, end=start + HALF_HOUR
        )

    @rule(minutes=st.sampled_from([0, 10]))
    def ask_to_confirm(self, minutes: int) -> None:
        self.policy.confirm_within = minutes
        self.policy.save()

    @rule(minutes=st.sampled_from([1, 9, 12]))
    def wait(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def sleep(self) -> None:
        self.now = max(self.now, at("2026-11-24 09:40"))

    # What must always be true

    @invariant()
    def the_rows_are_those_of_the_list(self) -> None:
        found = {row.pk: row for row in Appointment.objects.with_page()}
        assert len(found) == len(self.groups) + len(self.people)
        for group in self.groups:
            row = found[group.pk]
            assert (row.start, row.status, row.places) == (group.start, group.status, group.places)
            assert {host.name for host in row.hosts} == group.hosts
        for person in self.people:
            row = found[person.pk]
            assert (row.status, row.group_id) == (person.status, person.group.pk)
            if person.has_place(self.now):
                assert row.start == person.group.start
                assert {host.name for host in row.hosts} == person.group.hosts

    @invariant()
    def nothing_is_wrong_with_the_data(self) -> None:
        with travel(self.now, tick=False):
            assert [fault for check in integrity.CHECKS for fault in check()] == []

    @invariant()
    def nobody_is_reminded_twice(self) -> None:
        waiting = OutboxMessage.objects.waiting().filter(kind=MessageKind.GUEST_REMINDER)
        owed = list(waiting.values_list("object_id", "not_before"))
        assert len(owed) == len(set(owed))


def one_of(data: st.DataObject, rows: list[Any]) -> Any:
    return rows[data.draw(st.integers(0, len(rows) - 1))] if rows else None


def test_whatever_happens_groups_agree_with_a_plain_list() -> None:
    run_state_machine_as_test(
        Groups,
        settings=settings(max_examples=20, stateful_step_count=30, deadline=None, derandomize=True),
    )
