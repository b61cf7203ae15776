"""Letters and reminders that are owed anew: none is doubled, and none comes at another's heels."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from appointments import outbox
from appointments.models import OutboxMessage
from invitations.models import Invitation, Letter, Recipient
from invitations.prospects import pace, sending
from tests.factories import at
from tests.invitations.prospects.lists import (
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)
from tests.invitations.prospects.test_sending import Refusing

pytestmark = [pytest.mark.django_db, pytest.mark.database]

A_SECOND, A_MINUTE, A_DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
EVERYBODY = Recipient.objects.all()


@pytest.fixture
def clock():
    with time_machine.travel(at("2026-11-20 12:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def now(clock):
    return at("2026-11-20 12:00")


def waiting(*recipients: Recipient) -> list[tuple[str, dt.datetime]]:
    rows = OutboxMessage.objects.waiting().filter(object_id__in=[each.pk for each in recipients])
    found = rows.order_by("not_before", "pk").values_list("kind", "not_before")
    return [(Letter(kind).name, time) for kind, time in found]


# Sending what was dropped


def test_letters_dropped_while_the_link_was_off_go_out_with_one_reminder_each(
    clock, now, mailoutbox
):
    prospect_list = make_list(nudges=1, nudge_days=3)
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    Invitation.objects.update(is_active=False)
    deliver_all()
    Invitation.objects.update(is_active=True)
    clock.shift(A_DAY)
    assert sending.send(prospect_list.pk, now=now + A_DAY) == 1
    assert waiting(recipient) == [("FIRST", now + A_DAY), ("NUDGE", now + 4 * A_DAY)]
    clock.shift(30 * A_DAY)
    deliver_all()
    assert len(mailoutbox) == 2


# Sending again


def test_reminders_count_from_the_letter_that_was_sent_again(clock, now):
    prospect_list = make_list(nudges=1, nudge_days=3)
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all()
    clock.shift(2 * A_DAY)
    assert sending.resend(prospect_list.pk, EVERYBODY, now=now + 2 * A_DAY) == 1
    assert waiting(recipient) == [("FIRST", now + 2 * A_DAY), ("NUDGE", now + 5 * A_DAY)]


def test_who_could_not_be_reached_at_first_is_reminded_of_the_letter_that_arrived(
    clock, now, mailoutbox
):
    prospect_list = make_list(nudges=1, nudge_days=1)
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all(Refusing(recipient.email))
    clock.shift(2 * A_DAY)
    deliver_all()
    sending.resend(prospect_list.pk, EVERYBODY, now=now + 2 * A_DAY)
    deliver_all()
    clock.shift(A_DAY)
    deliver_all()
    assert [mail.subject.startswith("Reminder") for mail in mailoutbox] == [False, True]


def test_two_of_the_staff_who_send_it_again_at_the_same_time_send_it_once(clock, now, mailoutbox):
    prospect_list = make_list()
    make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    clock.shift(A_DAY)
    deliver_all()
    later = now + A_DAY + sending.JUST_SENT
    clock.shift(sending.JUST_SENT)
    assert sending.resend(prospect_list.pk, EVERYBODY, now=later) == 2
    clock.shift(A_SECOND)
    deliver_all()  # the worker is quick
    assert sending.resend(prospect_list.pk, EVERYBODY, now=later + A_SECOND) == 0
    assert len(mailoutbox) == 4


def test_a_letter_that_failed_and_was_sent_again_is_not_tried_once_more(clock, now, mailoutbox):
    prospect_list = make_list()
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all(Refusing(recipient.email))
    [failed] = letters(recipient)
    assert sending.resend(prospect_list.pk, EVERYBODY, now=now) == 1
    assert outbox.retry([failed.pk]) == 0
    deliver_all()
    assert outbox.retry([failed.pk]) == 0
    assert len(mailoutbox) == 1


# Pace


def test_a_slower_pace_takes_the_reminders_of_those_that_wait_along(clock, now, mailoutbox):
    prospect_list = make_list(per_minute=60, nudges=1, nudge_days=1)
    recipients = make_recipients(prospect_list, 3)
    sending.send(prospect_list.pk, now=now)
    prospect_list.per_minute = 1
    prospect_list.save()
    pace.respace(prospect_list.pk, now=now)
    assert waiting(*recipients) == [
        ("FIRST", now),
        ("FIRST", now + A_MINUTE),
        ("FIRST", now + 2 * A_MINUTE),
        ("NUDGE", now + A_DAY),
        ("NUDGE", now + A_DAY + A_MINUTE),
        ("NUDGE", now + A_DAY + 2 * A_MINUTE),
    ]


def test_reminders_of_letters_that_are_out_keep_a_slower_pace_as_well(clock, now):
    prospect_list = make_list(per_minute=60, nudges=1, nudge_days=1)
    recipients = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    clock.shift(A_SECOND)
    deliver_all()
    prospect_list.per_minute = 1
    prospect_list.save()
    pace.respace(prospect_list.pk, now=now + A_SECOND)
    assert waiting(*recipients) == [("NUDGE", now + A_DAY), ("NUDGE", now + A_DAY + A_MINUTE)]


def test_reminders_and_letters_of_a_list_do_not_go_out_side_by_side(now):
    prospect_list = make_list(per_minute=1, nudges=1, nudge_days=1)
    make_recipients(prospect_list, 24 * 60 + 2)
    sending.send(prospect_list.pk, now=now)
    times = sorted(OutboxMessage.objects.values_list("not_before", flat=True))
    assert times == [now + number * A_MINUTE for number in range(2 * (24 * 60 + 2))]


def test_later_letters_take_the_free_places_between_reminders(now):
    prospect_list = make_list(per_minute=1, nudges=1, nudge_days=1)
    first = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    later = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now + A_DAY - A_MINUTE)
    assert waiting(*first, later)[2:] == [
        ("FIRST", now + A_DAY - A_MINUTE),
        ("NUDGE", now + A_DAY),
        ("NUDGE", now + A_DAY + A_MINUTE),
        ("NUDGE", now + 2 * A_DAY - A_MINUTE),
    ]


def test_a_reminder_that_failed_is_tried_again_though_a_later_one_waits(clock, now):
    prospect_list = make_list(nudges=2, nudge_days=1)
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all()
    clock.shift(A_DAY)
    deliver_all(Refusing(recipient.email))
    failed, _waiting = letters(recipient, kind=Letter.NUDGE)
    assert outbox.retry([failed.pk]) == 1
