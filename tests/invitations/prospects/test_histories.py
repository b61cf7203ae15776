"""What became of a recipient, by the rows that say so, and when."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

import pytest
import time_machine

from appointments import changes, holds, outcomes
from appointments.changes import Author
from appointments.models import (
    GRACE,
    Appointment,
    AppointmentEvent,
    OutboxMessage,
    Status,
)
from appointments.reassigning import reassign
from invitations.models import Letter, Recipient, RecipientMark, State
from tests.factories import at, make_resource
from tests.invitations.prospects.lists import book, make_list, make_recipient
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
MINUTE = dt.timedelta(minutes=1)
MONDAY, TUESDAY = at("2026-11-23 10:00"), at("2026-11-24 10:00")
TIMES = (
    "queued_at",
    "sent_at",
    "refused_at",
    "fetched_at",
    "opened_at",
    "booked_at",
    "moved_at",
    "cancelled_at",
    "withdrawn_at",
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def petra() -> Recipient:
    return make_recipient(make_list())


def history(recipient: Recipient, now: datetime = NOW) -> tuple[State, dict[str, datetime]]:
    """The state, and the times of what happened."""
    found = Recipient.objects.with_history(now - GRACE).get(pk=recipient.pk)
    times = {name: getattr(found, name) for name in TIMES}
    return State(found.state), {name: time for name, time in times.items() if time}


def letter(recipient: Recipient, result: str = "", kind: str = Letter.FIRST) -> OutboxMessage:
    return OutboxMessage.objects.create(
        kind=kind,
        object_id=recipient.pk,
        not_before=NOW,
        result=result,
        finished_at=NOW + MINUTE if result else None,
    )


def mark(recipient: Recipient, kind: str) -> None:
    RecipientMark.objects.create(recipient=recipient, kind=kind)


def test_who_was_not_written_to_is_listed(petra):
    other = make_recipient(petra.prospect_list, "paul@example.com")
    letter(other, "sent")
    mark(other, "opened")
    book(other, MONDAY)
    assert history(petra) == (State.LISTED, {})


@pytest.mark.parametrize(
    ("result", "state", "times"),
    [
        ("", State.QUEUED, {"queued_at": NOW}),
        ("sent", State.SENT, {"queued_at": NOW, "sent_at": NOW + MINUTE}),
        ("parked", State.REFUSED, {"queued_at": NOW, "refused_at": NOW + MINUTE}),
        ("dropped", State.LISTED, {}),
    ],
)
def test_the_letter_says_how_far_it_came(petra, result, state, times):
    letter(petra, result)
    assert history(petra) == (state, times)


def test_reminders_are_no_letters(petra):
    letter(petra, "sent", Letter.NUDGE)
    assert history(petra) == (State.LISTED, {})


def test_fetched_and_opened_are_told_apart(petra):
    mark(petra, "fetched")
    assert history(petra) == (State.FETCHED, {"fetched_at": NOW})
    mark(petra, "opened")
    assert history(petra) == (State.OPENED, {"fetched_at": NOW, "opened_at": NOW})


def test_booked_moved_and_cancelled_are_seen_at_once(petra, clock):
    appointment = book(petra, MONDAY)
    assert history(petra) == (State.BOOKED, {"booked_at": NOW})
    clock.shift(MINUTE)
    log(appointment, AppointmentEvent.Kind.MOVED)
    assert history(petra) == (State.BOOKED, {"booked_at": NOW, "moved_at": NOW + MINUTE})
    clock.shift(MINUTE)
    changes.cancel(appointment.pk, reason="", now=NOW + 2 * MINUTE)
    assert history(petra) == (
        State.CANCELLED,
        {"booked_at": NOW, "moved_at": NOW + MINUTE, "cancelled_at": NOW + 2 * MINUTE},
    )


def log(appointment: Appointment, kind: str, **details: object) -> None:
    AppointmentEvent.objects.create(appointment=appointment, kind=kind, details=details)


def test_of_two_bookings_the_one_that_stands_counts(petra, clock):
    first = book(petra, MONDAY)
    changes.cancel(first.pk, reason="", now=NOW)
    clock.shift(MINUTE)
    second = book(petra, TUESDAY)
    assert history(petra) == (State.BOOKED, {"booked_at": NOW, "cancelled_at": NOW})
    changes.cancel(second.pk, reason="", now=NOW + MINUTE)
    assert history(petra) == (State.CANCELLED, {"booked_at": NOW, "cancelled_at": NOW})


def test_who_did_not_come_is_a_no_show_until_that_is_taken_back(petra, clock):
    appointment = book(petra, MONDAY)
    clock.move_to(MONDAY + MINUTE)
    author = Author(make_user())
    for outcome, state in (
        (Status.NO_SHOW, State.NO_SHOW),
        (Status.COMPLETED, State.BOOKED),
        (Status.NO_SHOW, State.NO_SHOW),
        (Status.SCHEDULED, State.BOOKED),
    ):
        outcomes.record(appointment.pk, outcome, author=author, now=MONDAY + MINUTE)
        assert history(petra, MONDAY + MINUTE) == (state, {"booked_at": NOW})


def test_who_missed_one_and_has_another_is_booked(petra):
    Appointment.objects.filter(pk=book(petra, MONDAY).pk).update(status=Status.NO_SHOW)
    book(petra, TUESDAY)
    assert history(petra)[0] == State.BOOKED


def test_another_host_changes_nothing_of_it(petra):
    appointment = book(petra, MONDAY)
    host = appointment.assignments.get().service_resource_id
    other = make_resource(appointment.territory)
    reassign(appointment.pk, host, other.pk, author=Author(make_user()), now=NOW)
    assert history(petra) == (State.BOOKED, {"booked_at": NOW})


def unconfirmed(recipient: Recipient) -> Appointment:
    appointment = book(recipient, MONDAY)
    Appointment.objects.update(status=Status.PENDING, confirm_until=NOW + MINUTE)
    appointment.refresh_from_db()
    return appointment


def test_what_is_still_to_be_confirmed_is_booked_until_it_lapses(petra):
    mark(petra, "opened")
    appointment = unconfirmed(petra)
    assert history(petra)[0] == State.BOOKED
    later = NOW + MINUTE + GRACE
    assert history(petra, later) == (State.OPENED, {"opened_at": NOW})
    changes_nothing = history(petra, later)
    holds.give_status(appointment, Status.CANCELLED, confirm_until=appointment.confirm_until)
    log(appointment, AppointmentEvent.Kind.CANCELLED, lapsed=True)
    assert history(petra, later) == changes_nothing


def test_what_was_confirmed_in_time_stays_booked(petra):
    appointment = unconfirmed(petra)
    changes.confirm(appointment.pk, appointment.email, now=NOW)
    assert history(petra, NOW + dt.timedelta(days=1)) == (State.BOOKED, {"booked_at": NOW})


def test_what_its_guest_cancelled_before_confirming_is_cancelled(petra):
    changes.cancel(unconfirmed(petra).pk, reason="", now=NOW)
    later = NOW + dt.timedelta(days=1)
    assert history(petra, later) == (State.CANCELLED, {"booked_at": NOW, "cancelled_at": NOW})


def test_a_withdrawn_link_says_so(petra):
    letter(petra, "sent")
    mark(petra, "withdrawn")
    assert history(petra)[0] == State.WITHDRAWN
    assert history(petra)[1]["withdrawn_at"] == NOW
