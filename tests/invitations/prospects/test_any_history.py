"""Whatever becomes of a list, in any order: everything that counts it says the same."""

from __future__ import annotations

import csv
import datetime as dt
import io
import smtplib
from contextlib import suppress
from typing import Any

import pytest
import time_machine
from django.core.mail import get_connection
from django.db import transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import changes, outbox, outcomes
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.changes import GUEST, Author, LapsedError, TooLateError
from appointments.models import GRACE, Appointment, OutboxMessage, Status
from invitations import booking
from invitations.admin.prospect_columns import SHOWN
from invitations.booking import LinkClosedError
from invitations.choices import terms_of
from invitations.keys import find_key
from invitations.models import ProspectList, Recipient
from invitations.moving import terms_to_move
from invitations.prospects import marks, sending
from invitations.prospects.adding import Terms, add_prospects, remove_recipients
from invitations.prospects.exporting import TIMES
from invitations.prospects.funnel import Reached, funnel, funnels, sum_of
from invitations.prospects.review import Prospect
from invitations.prospects.unsubscribing import unsubscribe
from scheduling.models import SchedulingPolicy
from tests.factories import BERLIN, at, make_resource, make_territory
from tests.invitations.prospects.lists import make_list
from tests.invitations.prospects.recount import Told, told
from tests.staff import make_administrator, make_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
numbers = st.integers(0, 99)
OUTCOMES = (Status.NO_SHOW, Status.NO_SHOW, Status.COMPLETED, Status.SCHEDULED)
OFTEN = ("book", "book", "book", "cancel", "cancel", "come", "deliver", "wait", "wait", "look")
ACTS = (
    *OFTEN,
    *("add", "send", "resend", "retry", "withdraw", "remove"),
    *("move", "confirm", "unsubscribe"),
)


class Refusing:
    """A mail server that knows nobody."""

    def send_messages(self, mails: list[Any]) -> int:
        raise smtplib.SMTPRecipientsRefused({mails[0].to[0]: (550, b"No such user")})


class Lists:
    """Two lists of one host; whoever is on them, and their office, do what can be done."""

    def __init__(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.travel = time_machine.travel(at("2026-11-02 09:00"), tick=False)
        self.clock = self.travel.start()
        office = make_territory()
        self.host = make_resource(office)
        criteria = {"territory": office}
        self.lists = [make_list(self.host, invitation=criteria) for _ in range(2)]
        self.policy = SchedulingPolicy.objects.create(name="Standard", is_default=True)
        self.author = Author(make_user())
        self.number = 0
        self.add(0, 1)
        self.add(1, 0)

    def close(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def somebody(self, number: int) -> Recipient | None:
        people = list(Recipient.objects.order_by("pk"))
        return people[number % len(people)] if people else None

    def something(self, number: int) -> int | None:
        keys = list(Appointment.objects.order_by("pk").values_list("pk", flat=True))
        return keys[number % len(keys)] if keys else None

    # What the office does

    def add(self, whose: int, how: int) -> None:
        people = []
        for _ in range(1 + how % 2):
            self.number += 1
            people.append(Prospect("Petra", f"P{self.number}", f"p{self.number}@example.com", ""))
        terms = Terms(self.author, sees_clients=True, includes_invited=True)
        add_prospects(self.lists[whose % 2].pk, people, terms, self.now)

    def send(self, whose: int, how: int) -> None:
        sending.send(self.lists[whose % 2].pk, author=self.author, now=self.now)

    def resend(self, whose: int, how: int) -> None:
        key, everybody = self.lists[whose % 2].pk, Recipient.objects.all()
        sending.resend(key, everybody, author=self.author, now=self.now)

    def deliver(self, whose: int, how: int) -> None:
        self.clock.shift(MINUTE)
        backend: Any = Refusing() if how % 2 else get_connection()
        for _ in range(1 + whose % 4):
            if message := outbox.claim():
                outbox.deliver(message, backend)

    def retry(self, whose: int, how: int) -> None:
        outbox.retry(OutboxMessage.objects.values_list("pk", flat=True))

    def withdraw(self, whose: int, how: int) -> None:
        if one := self.somebody(whose):
            chosen = Recipient.objects.filter(pk=one.pk)
            key = one.prospect_list_id
            sending.withdraw(key, chosen, author=self.author, now=self.now)

    def remove(self, whose: int, how: int) -> None:
        if one := self.somebody(whose):
            remove_recipients(one.prospect_list_id, [one.pk], self.author)

    def ask_to_confirm(self, asks: bool) -> None:
        self.policy.confirm_within = 30 if asks else 0
        self.policy.save()

    def come(self, whose: int, how: int) -> None:
        if key := self.something(whose):
            self.clock.move_to(max(self.now, Appointment.objects.get(pk=key).start + MINUTE))
            with suppress(TooLateError, TimeGoneError):
                outcomes.record(key, OUTCOMES[how % 4], author=self.author, now=self.now)

    # What recipients do

    def look(self, whose: int, how: int) -> None:
        one = self.somebody(whose)
        found = find_key(one.key.key, self.now) if one else None
        if found:
            marks.note_fetched(found)
            if how % 2:
                marks.note_opened(found)

    def book(self, whose: int, how: int) -> None:
        self.ask_to_confirm(how % 2 == 0)
        one = self.somebody(whose)
        found = find_key(one.key.key, self.now) if one else None
        if one is None or found is None:
            return
        self.number += 1
        guest = Guest(one.first_name, one.last_name, one.email, "", "", "", "en", BERLIN)
        form = SentForm(f"form {self.number}", self.now)
        with suppress(TimeGoneError, LinkClosedError):
            booking.book(
                found,
                terms_of(found.invitation, {}),  # type: ignore[arg-type]
                self.start(how),
                guest,
                form,
                self.now,
            )

    def start(self, number: int) -> dt.datetime:
        morning = self.now.astimezone(BERLIN).replace(hour=9, minute=0)
        return morning + (1 + number % 3) * DAY + number // 3 % 8 * 30 * MINUTE

    def move(self, whose: int, how: int) -> None:
        if key := self.something(whose):
            terms = terms_to_move(Appointment.objects.with_page().get(pk=key))
            start = self.start(how)
            with suppress(TimeGoneError, TooLateError):
                changes.move(key, terms, start, issued_at=self.now, now=self.now)

    def cancel(self, whose: int, how: int) -> None:
        if key := self.something(whose):
            with suppress(TooLateError):
                changes.cancel(key, author=self.author if how % 2 else GUEST, now=self.now)

    def confirm(self, whose: int, how: int) -> None:
        if key := self.something(whose):
            with suppress(LapsedError):
                changes.confirm(key, Appointment.objects.get(pk=key).email, now=self.now)

    def unsubscribe(self, whose: int, how: int) -> None:
        if one := self.somebody(whose):
            unsubscribe(one, now=self.now)

    def wait(self, whose: int, how: int) -> None:
        self.clock.shift((45 * MINUTE, DAY)[how % 2])

    # What has to hold

    def check(self) -> None:
        self.each_has_the_state_and_the_times_that_the_rows_tell()
        self.all_together_are_counted_as_each_is_told()
        self.filters_find_whom_the_rows_tell_of()
        self.pages_agree()

    def filters_find_whom_the_rows_tell_of(self) -> None:
        found = Recipient.objects.with_history(self.now - GRACE)
        rows = [row for each in self.lists for row in told(each, self.now)]
        for name, (_words, meaning) in SHOWN.items():
            reached = {row.key for row in rows if row.reached(name)}
            assert set(found.filter(meaning).values_list("pk", flat=True)) == reached, name

    def each_has_the_state_and_the_times_that_the_rows_tell(self) -> None:
        for each in self.lists:
            found = each.recipients.with_history(self.now - GRACE).order_by("pk")
            shown = [(row.pk, row.state, times_of(row), row.stands) for row in found]
            rows = told(each, self.now)
            assert shown == [(row.key, row.state, row.times, row.stands) for row in rows]

    def all_together_are_counted_as_each_is_told(self) -> None:
        expected = [counts(told(each, self.now)) for each in self.lists]
        of_lists = funnels(self.lists, self.now)
        for each, numbers in zip(self.lists, expected, strict=True):
            alone = funnel(each.recipients.with_history(self.now - GRACE))
            assert alone.counts == numbers
            assert alone.waiting == sum(row.waits for row in told(each, self.now))
            assert not numbers["listed"] or of_lists[each.pk] == alone
        together = sum_of(of_lists.values()).counts
        assert together == {step: sum(each[step] for each in expected) for step in Reached}

    def pages_agree(self) -> None:
        """The pages of lists, their files and their pictures; once, as they cost more."""
        browser = signed_in(make_administrator())
        for each in self.lists:
            rows = told(each, self.now)
            page = reverse("admin:invitations_prospectlist_recipients", args=[each.pk])
            head = browser.get(page).context["head"]
            assert head.funnel.counts == counts(rows)
            spans = head.timeline.spans if head.timeline else []
            for step in ("sent", "opened", "booked"):
                assert sum(getattr(span, step) for span in spans) == happened(rows, step)
            self.file_agrees(browser, each, rows)

    def file_agrees(self, browser: Any, prospect_list: ProspectList, rows: list[Told]) -> None:
        address = reverse("admin:invitations_prospectlist_export", args=[prospect_list.pk, "csv"])
        file = browser.get(address).content.decode("utf-8-sig")
        found = [line[2:] for line in list(csv.reader(io.StringIO(file)))[1:]]
        names = [name.removesuffix("_at") for name in TIMES]
        assert [(line[0], line[3:]) for line in found] == [
            (row.email, [local(row.times.get(name)) for name in names]) for row in rows
        ]


def times_of(recipient: Any) -> dict[str, dt.datetime]:
    times = {name.removesuffix("_at"): getattr(recipient, name) for name in TIMES}
    return {name: time for name, time in times.items() if time}


def counts(rows: list[Told]) -> dict[str, int]:
    return {step.value: sum(row.reached(step.value) for row in rows) for step in Reached}


def happened(rows: list[Told], name: str) -> int:
    return sum(name in row.times for row in rows)


def local(time: dt.datetime | None) -> str:
    return f"{time.astimezone(BERLIN):%Y-%m-%d %H:%M}" if time else ""


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(ACTS), numbers, numbers), min_size=25, max_size=50))
def test_whatever_becomes_of_lists_everything_counts_the_same(
    acts: list[tuple[str, int, int]],
) -> None:
    lists = Lists()
    try:
        for act, whose, how in acts:
            getattr(lists, act)(whose, how)
        lists.check()
    finally:
        lists.close()
