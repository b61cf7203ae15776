"""Reminders: owed with the booking, moved with the appointment, never wrong (rule M1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from appointments import booking, changes, outbox
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.models import Appointment, OutboxMessage, Status
from invitations.integrity import missing_reminders
from scheduling.models import SchedulingPolicy, WorkType
from tests.factories import BERLIN, at, make_resource, make_terms, make_territory, make_work_type

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
LATER = at("2026-11-26 15:00")
NOW = START - dt.timedelta(days=7)
A_DAY, AN_HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
DROPPED, PARKED = OutboxMessage.Result.DROPPED, OutboxMessage.Result.PARKED


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def terms():
    office = make_territory()
    resource = make_resource(office, name="Anna Berger", email="anna@example.com")
    return make_terms(resource, territory=office, work_type=make_work_type(office))


@pytest.fixture
def twice(terms):
    WorkType.objects.update(reminders="60, 1440")
    return terms


def booked(terms, start=START, now=NOW, language="en"):
    """Under the rules as they are at this moment."""
    work = WorkType.objects.with_rules().get(pk=terms.work_type.pk)
    terms = replace(terms, work_type=work)
    names = ("Gerda", "Gast", "gerda@example.com", "", "", "")
    guest, form = Guest(*names, language, BERLIN), SentForm(f"form at {start}", now)
    with transaction.atomic():
        return booking.book(terms, start, guest, form, now).appointment


def move(appointment, terms, start=LATER, now=NOW):
    return changes.move(appointment.pk, terms, start, issued_at=now, now=now)


def waiting():
    """When reminders will be sent, in order."""
    rows = OutboxMessage.objects.waiting().filter(kind="guest_reminder")
    return list(rows.order_by("not_before").values_list("not_before", flat=True))


def send():
    """The subjects of what is due at this moment, to the guest."""
    mail.outbox = []
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return [each.subject for each in mail.outbox if each.to == ["gerda@example.com"]]


# When they are owed


def test_a_day_before_where_no_policy_says_otherwise(terms):
    booked(terms)
    assert waiting() == [START - A_DAY]


@pytest.mark.parametrize(
    ("own", "policy", "owed"),
    [
        ("", "2880", [START - 2 * A_DAY]),
        ("", "", []),
        ("1440, 60", "2880", [START - A_DAY, START - AN_HOUR]),
        ("60,60", "", [START - AN_HOUR]),
    ],
)
def test_the_work_types_own_times_count_before_its_policys(terms, own, policy, owed):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, reminders=policy)
    terms.work_type.reminders = own
    terms.work_type.save()
    booked(terms)
    assert waiting() == owed


def test_a_reminder_whose_time_has_passed_at_the_booking_is_not_owed(twice):
    booked(twice, now=START - 2 * AN_HOUR)
    assert waiting() == [START - AN_HOUR]


def test_the_same_form_twice_owes_them_once(terms):
    booked(terms)
    booked(terms)
    assert len(waiting()) == 1


def test_later_settings_do_not_change_what_was_settled(twice):
    appointment = booked(twice)
    WorkType.objects.update(reminders="30")
    move(appointment, twice)
    assert waiting() == [LATER - A_DAY, LATER - AN_HOUR]


# What is sent


def test_each_is_sent_once_at_its_time_and_shows_the_way_to_the_appointment(twice, clock):
    appointment = booked(twice)
    send()
    clock.move_to(START - A_DAY - dt.timedelta(minutes=1), tick=False)
    assert send() == []
    clock.move_to(START - A_DAY, tick=False)
    assert send() == ["Reminder: Tuesday, 24 November, 10:00 with Anna Berger"]
    [letter] = mail.outbox
    url = f"http://testserver/appointment/{appointment.key}/"
    for body in (letter.body, letter.alternatives[0].content):
        assert "10:00 – 10:30" in body
        assert url in body
    assert letter.attachments == []
    assert letter.reply_to == ["anna@example.com"]
    clock.move_to(START - AN_HOUR, tick=False)
    assert len(send()) == 1
    assert send() == []


def test_after_a_move_only_the_new_time_is_reminded_of(twice, clock):
    appointment = booked(twice)
    move(appointment, twice)
    send()
    assert waiting() == [LATER - A_DAY, LATER - AN_HOUR]
    clock.move_to(START - AN_HOUR, tick=False)
    assert send() == []
    clock.move_to(LATER - A_DAY, tick=False)
    assert send() == ["Reminder: Thursday, 26 November, 15:00 with Anna Berger"]


def test_a_move_that_fails_leaves_the_reminders_where_they_were(twice):
    appointment = booked(twice)
    with pytest.raises(TimeGoneError):
        move(appointment, twice, at("2026-11-24 20:00"))
    assert waiting() == [START - A_DAY, START - AN_HOUR]


def test_one_that_was_sent_before_the_move_stays_sent(twice, clock):
    appointment = booked(twice)
    clock.move_to(START - A_DAY, tick=False)
    send()
    move(appointment, twice, now=START - A_DAY)
    results = OutboxMessage.objects.filter(kind="guest_reminder").order_by("not_before")
    assert [row.result for row in results] == ["sent", "dropped", "", ""]


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.SCHEDULED}))
def test_none_is_sent_of_what_is_not_to_come(terms, clock, status):
    appointment = booked(terms)
    send()
    changes.set_status(appointment.pk, status)
    clock.move_to(START - A_DAY, tick=False)
    assert send() == []
    assert OutboxMessage.objects.get(kind="guest_reminder").result == DROPPED


def test_none_is_sent_after_a_cancellation(terms, clock):
    changes.cancel(booked(terms).pk, now=NOW)
    send()
    clock.move_to(START - A_DAY, tick=False)
    assert send() == []


def test_none_is_sent_of_what_has_begun_because_a_worker_was_down(terms, clock):
    booked(terms)
    send()
    clock.move_to(START, tick=False)
    assert send() == []


# In hand, put off, failed


def in_hand(terms, clock):
    """A reminder that a worker has claimed, and its appointment, moved at that moment."""
    appointment = booked(terms)
    send()
    clock.move_to(START - A_DAY, tick=False)
    message = outbox.claim()
    move(appointment, terms, now=START - A_DAY)
    return message


def test_one_in_a_workers_hands_while_its_appointment_is_moved_is_dropped(terms, clock):
    message = in_hand(terms, clock)
    mail.outbox = []
    outbox.deliver(message, get_connection())
    assert mail.outbox == []
    assert waiting() == [LATER - A_DAY]


class Refusing(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise OSError


def test_a_failure_after_the_move_does_not_bring_it_back(terms, clock, monkeypatch):
    message = in_hand(terms, clock)
    message.attempts = outbox.LAST_ATTEMPT
    monkeypatch.setattr("appointments.reminders.still_applies", lambda *args: True)
    outbox.deliver(message, Refusing())
    message.refresh_from_db()
    assert message.result == DROPPED


def test_one_that_was_put_off_is_sent_all_the_same(terms, clock):
    booked(terms)
    send()
    clock.move_to(START - A_DAY, tick=False)
    outbox.deliver(outbox.claim(), Refusing())
    clock.move_to(START - A_DAY + AN_HOUR, tick=False)
    assert len(send()) == 1


def test_one_that_failed_before_a_move_is_not_sent_by_trying_again(terms, clock):
    appointment = booked(terms)
    failed = OutboxMessage.objects.filter(kind="guest_reminder")
    failed.update(result=PARKED, not_before=NOW)
    keys = list(failed.values_list("pk", flat=True))
    move(appointment, terms)
    assert outbox.retry(keys) == 0
    assert waiting() == [LATER - A_DAY]


# What pages and checks say


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        ("1440", "You’ll get a reminder the day before."),
        ("60, 1440", "You’ll get a reminder the day before and 1 hour before."),
        ("2880,90", "You’ll get a reminder 2 days before and 1 hour 30 minutes before."),
        ("20160", None),
        ("", None),
    ],
)
def test_the_page_says_when_the_reminder_comes(client, terms, settled, words):
    appointment = booked(terms)
    Appointment.objects.update(reminders=settled)
    page = client.get(appointment.get_absolute_url()).content.decode()
    if words:
        assert words in page
    else:
        assert "reminder" not in page


def test_the_integrity_check_misses_a_reminder_that_is_not_owed_or_at_the_wrong_time(twice):
    booked(twice)
    assert list(missing_reminders()) == []
    OutboxMessage.objects.filter(not_before=START - A_DAY).update(not_before=START - 2 * A_DAY)
    assert len(list(missing_reminders())) == 1
    OutboxMessage.objects.filter(kind="guest_reminder").delete()
    assert len(list(missing_reminders())) == 2


def test_a_reminder_that_was_sent_is_not_missed(twice, clock):
    booked(twice)
    clock.move_to(START - A_DAY, tick=False)
    send()
    assert list(missing_reminders()) == []
