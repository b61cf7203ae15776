"""Bookings that wait for their guest's confirmation: what they keep, and how they let go."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from appointments import changes
from appointments.booking import TimeGoneError
from appointments.changes import Author, LapsedError, TooLateError
from appointments.models import GRACE, Appointment, Assignment, OutboxMessage, Status
from appointments.openings import is_open, question
from invitations.booking import GuestLimitError, LinkClosedError
from invitations.choices import terms_of
from invitations.integrity import CHECKS
from invitations.keys import find_key
from invitations.models import Closed, Invitation
from invitations.moving import terms_to_move
from scheduling.models import SchedulingPolicy
from tests.factories import make_invitation, make_resource, make_territory, make_work_type
from tests.invitations.test_booking import ELEVEN, HANS, NOON, NOW, TEN, book
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MINUTE = dt.timedelta(minutes=1)
LAST = NOW + 30 * MINUTE
GONE = LAST + GRACE


@pytest.fixture(autouse=True)
def policy():
    with time_machine.travel(NOW, tick=False):
        yield SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=30)


def kinds(appointment):
    assigned = list(appointment.assignments.values_list("pk", flat=True))
    rows = OutboxMessage.objects.values_list("kind", "object_id")
    mine = [
        kind
        for kind, about in rows
        if about in (assigned if kind.startswith("resource") else [appointment.pk])
    ]
    return sorted(kind for kind in mine if kind != "guest_reminder")


def complaints():
    return [complaint for check in CHECKS for complaint in check()]


def test_a_booking_waits_and_only_its_guest_is_written_to():
    appointment = book(make_invitation())
    assignment = appointment.assignments.get()
    assert (appointment.status, appointment.confirm_until) == (Status.PENDING, LAST)
    assert (assignment.holds_time, assignment.holds_until) == (True, LAST)
    assert kinds(appointment) == ["guest_confirm"]
    assert complaints() == []


def test_without_the_policy_nothing_waits(policy):
    policy.delete()
    appointment = book(make_invitation())
    assert (appointment.status, appointment.confirm_until) == (Status.SCHEDULED, None)
    assert kinds(appointment) == ["guest_booked", "resource_booked"]


def test_the_policy_of_the_work_type_counts_before_the_default():
    key = make_invitation()
    work = key.invitation.work_type
    work.scheduling_policy = SchedulingPolicy.objects.create(name="Own", confirm_within=5)
    work.save()
    assert book(key).confirm_until == NOW + 5 * MINUTE
    work.scheduling_policy = SchedulingPolicy.objects.create(name="None")
    work.save()
    assert book(key, ELEVEN, "another form").confirm_until is None


def test_the_guest_has_whole_minutes_and_no_longer_than_the_appointment(policy):
    policy.confirm_within = 24 * 60
    policy.save()
    soon = TEN - 20 * MINUTE
    seconds = dt.timedelta(seconds=40)
    assert book(make_invitation(), TEN, now=soon + seconds).confirm_until == TEN + 30 * MINUTE
    assert (
        book(make_invitation(), TEN, "other", NOW + seconds).confirm_until == NOW + 24 * 60 * MINUTE
    )


def test_confirmed_it_stands_and_everybody_is_told_once():
    appointment = book(make_invitation())
    assert changes.confirm(appointment.pk, appointment.email, now=LAST - MINUTE)
    assert not changes.confirm(appointment.pk, appointment.email, now=LAST - MINUTE)
    assert not changes.confirm(appointment.pk, appointment.email, now=LAST + 60 * MINUTE)
    appointment.refresh_from_db()
    assert (appointment.status, appointment.confirm_until) == (Status.SCHEDULED, None)
    assert appointment.assignments.get().holds_until is None
    assert kinds(appointment) == ["guest_booked", "guest_confirm", "resource_booked"]
    assert [event.kind for event in appointment.events.all()] == ["booked", "confirmed"]
    assert complaints() == []


def test_reminders_are_owed_once_it_is_confirmed():
    reminders = OutboxMessage.objects.filter(kind="guest_reminder")
    appointment = book(make_invitation())
    assert not reminders.exists()
    changes.confirm(appointment.pk, appointment.email, now=NOW)
    assert reminders.get().object_id == appointment.pk


def test_at_the_last_moment_it_is_too_late_to_confirm():
    appointment = book(make_invitation())
    with pytest.raises(LapsedError):
        changes.confirm(appointment.pk, appointment.email, now=LAST)
    assert kinds(appointment) == ["guest_confirm"]


def test_its_time_is_kept_until_then_and_free_after():
    key = make_invitation()
    book(key)
    terms = terms_of(key.invitation, {})
    for now, free in ((NOW, False), (LAST, False), (GONE - MINUTE / 60, False), (GONE, True)):
        assert is_open(question(terms, now), TEN) == free
    with pytest.raises(TimeGoneError):
        book(key, token="too soon", now=LAST, guest=HANS)


def test_b2_whoever_books_a_lapsed_time_gets_it_past_the_guard_and_the_trace_is_kept():
    key = make_invitation()
    lapsed = book(key)
    second = book(key, token="second", now=GONE, guest=HANS)
    lapsed.refresh_from_db()
    assert lapsed.status == Status.CANCELLED
    assert lapsed.has_lapsed(GONE)
    event = lapsed.events.last()
    assert (event.kind, event.actor) == ("cancelled", None)
    assert event.details == {"from": "pending", "lapsed": True}
    assert kinds(lapsed) == ["guest_confirm"]
    assert Assignment.objects.get(holds_time=True).appointment == second
    with pytest.raises(LapsedError):
        changes.confirm(lapsed.pk, lapsed.email, now=LAST - MINUTE)
    assert complaints() == []


def test_b2_of_several_hosts_all_are_released():
    office = make_territory()
    work = make_work_type(office)
    anna, tom = make_resource(office), make_resource(office)
    both = make_invitation(anna, tom, territory=office, work_type=work)
    lapsed = book(both)
    book(make_invitation(tom, territory=office, work_type=work), now=GONE, guest=HANS, token="2")
    assert not lapsed.assignments.filter(holds_time=True).exists()


def test_b2_so_does_who_moves_there():
    key = make_invitation()
    lapsed = book(key)
    moved = book(key, ELEVEN, "second", guest=HANS)
    changes.confirm(moved.pk, moved.email, now=NOW)
    moved = Appointment.objects.with_page().get(pk=moved.pk)
    assert changes.move(moved.pk, terms_to_move(moved), TEN, issued_at=GONE, now=GONE)
    lapsed.refresh_from_db()
    assert lapsed.status == Status.CANCELLED
    assert complaints() == []


def test_one_of_another_time_is_left_alone():
    key = make_invitation()
    elsewhere = book(key, NOON)
    book(key, TEN, "second", now=GONE, guest=HANS)
    elsewhere.refresh_from_db()
    assert elsewhere.status == Status.PENDING


def test_b6_a_use_comes_back_when_it_lapses():
    key = make_invitation(max_bookings=1)
    book(key)
    rows = Invitation.objects.filter(pk=key.invitation_id)
    for now, closed in ((LAST, Closed.USED_UP), (GONE, None)):
        found = find_key(key.key, now)
        assert found.invitation.closed(now, found.uses) == closed
        assert rows.in_state(closed, now).exists()
        assert rows.with_uses(now).get().uses == (1 if closed else 0)
    with pytest.raises(LinkClosedError):
        book(key, ELEVEN, "second", LAST)
    assert book(key, ELEVEN, "second", GONE)


def test_the_guests_own_limit_comes_back_as_well():
    key = make_invitation(max_per_guest=1)
    book(key)
    with pytest.raises(GuestLimitError):
        book(key, ELEVEN, "second", LAST)
    assert book(key, ELEVEN, "second", GONE)


def test_b5_the_same_form_returns_what_it_booked_also_once_that_lapsed():
    key = make_invitation()
    first = book(key)
    assert book(key, now=GONE) == first
    assert Appointment.objects.count() == 1


def test_a_guest_who_cancels_what_waits_is_sent_nothing_and_neither_is_the_host():
    appointment = book(make_invitation())
    assert changes.cancel(appointment.pk, now=NOW)
    appointment.refresh_from_db()
    assert kinds(appointment) == ["guest_confirm"]
    assert not appointment.has_lapsed(GONE)
    assert complaints() == []


def test_a_guest_is_told_when_staff_cancel_what_waits():
    appointment = book(make_invitation())
    assert changes.cancel(appointment.pk, author=Author(make_user()), now=NOW)
    assert kinds(appointment) == ["guest_cancelled", "guest_confirm"]


def test_what_waits_is_cancelled_at_any_time_and_not_moved(policy):
    policy.cancel_cutoff = 14 * 24 * 60
    policy.save()
    key = make_invitation()
    appointment = book(key)
    assert changes.is_cancellable(appointment, LAST - MINUTE)
    assert not changes.is_cancellable(appointment, LAST)
    terms = terms_of(key.invitation, {})
    with pytest.raises(TooLateError):
        changes.move(appointment.pk, terms, ELEVEN, issued_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("status", "confirm_until", "holds_until"),
    [
        (Status.PENDING, LAST, None),
        (Status.PENDING, LAST, LAST + MINUTE),
        (Status.PENDING, None, LAST),
        (Status.SCHEDULED, None, LAST),
    ],
)
def test_an_assignment_that_holds_time_until_another_moment_is_found(
    status, confirm_until, holds_until
):
    appointment = book(make_invitation())
    Appointment.objects.update(status=status, confirm_until=confirm_until)
    Assignment.objects.update(holds_until=holds_until)
    [complaint, *_rest] = complaints()
    assert complaint.startswith(
        f"Assignment {appointment.assignments.get().pk}: holds_time is True"
    )


def test_a_guest_who_was_never_asked_to_confirm_is_found():
    appointment = book(make_invitation())
    OutboxMessage.objects.all().delete()
    assert complaints() == [
        f"Appointment {appointment.pk} has no request to the guest to confirm it"
    ]
