"""Sending the letters of a list: once each, at a pace, and what staff do about it (rule M1)."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend

from appointments import outbox
from appointments.changes import Author
from appointments.models import GRACE, OutboxMessage
from invitations.generate import ImpossibleCriteriaError
from invitations.models import (
    DoNotContact,
    InvitationEvent,
    Letter,
    Recipient,
    RecipientMark,
    State,
)
from invitations.prospects import extending, pace, sending
from scheduling.models import ServiceResource
from tests.factories import at
from tests.invitations.prospects.lists import (
    book,
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)
from tests.staff import make_user

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


def states(now: dt.datetime) -> list[str]:
    rows = Recipient.objects.with_history(now - GRACE).order_by("pk")
    return [str(row.state) for row in rows]


def times(*recipients: Recipient, kind: str = Letter.FIRST) -> list[dt.datetime]:
    return [message.not_before for message in letters(*recipients, kind=kind)]


def events() -> list[str]:
    return [str(event.kind) for event in InvitationEvent.objects.all()]


class Refusing(BaseEmailBackend):
    """A mail server that does not know one address."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send_messages(self, email_messages):
        for mail in email_messages:
            if self.address in mail.recipients():
                raise smtplib.SMTPRecipientsRefused({self.address: (550, b"no such mailbox")})
        return len(email_messages)


# Sending


def test_m1_each_recipient_is_owed_one_letter_one_after_another(now):
    prospect_list = make_list(per_minute=120)
    recipients = make_recipients(prospect_list, 5)

    assert sending.send(prospect_list.pk, now=now) == 5

    assert [each.object_id for each in letters(*recipients)] == [each.pk for each in recipients]
    assert times(*recipients) == [now + n * A_SECOND / 2 for n in range(5)]
    prospect_list.refresh_from_db()
    assert prospect_list.started_at == now
    assert states(now) == [State.QUEUED] * 5


def test_sending_twice_sends_nothing_twice(clock, now, mailoutbox):
    prospect_list = make_list()
    recipients = make_recipients(prospect_list)
    sending.send(prospect_list.pk, now=now)
    assert sending.send(prospect_list.pk, now=now) == 0
    clock.shift(A_MINUTE)
    deliver_all()
    assert sending.send(prospect_list.pk, now=now + A_MINUTE) == 0
    assert deliver_all() == 0
    assert [mail.to for mail in mailoutbox] == [[each.email] for each in recipients]
    assert events() == ["sent"]


def test_later_recipients_get_theirs_by_sending_again_after_those_that_wait(now):
    prospect_list = make_list(per_minute=60)
    make_recipients(prospect_list, 3)
    sending.send(prospect_list.pk, now=now)
    later = make_recipient(prospect_list, "later@example.com")
    assert sending.send(prospect_list.pk, now=now + A_SECOND) == 1
    assert times(later) == [now + 3 * A_SECOND]
    much_later = make_recipient(prospect_list, "much@example.com")
    sending.send(prospect_list.pk, now=now + A_DAY)
    assert times(much_later) == [now + A_DAY]


def test_a_letter_that_failed_and_waits_for_hours_keeps_no_later_one_waiting(now):
    prospect_list = make_list()
    make_recipients(prospect_list, 1)
    sending.send(prospect_list.pk, now=now)
    OutboxMessage.objects.update(attempts=3, not_before=now + A_DAY)
    later = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    assert times(later) == [now]


def test_who_must_not_be_written_to_is_left_out_and_lists_do_not_mix(now):
    prospect_list, other = make_list(), make_list()
    wanted, unwanted, gone = make_recipients(prospect_list)
    elsewhere = make_recipient(other, wanted.email)
    DoNotContact.objects.create(email=unwanted.email.upper())
    RecipientMark.objects.create(recipient=gone, kind=RecipientMark.Kind.WITHDRAWN)
    assert list(sending.waiting_to_be_sent(prospect_list)) == [wanted]
    assert sending.send(prospect_list.pk, now=now) == 1
    assert letters(unwanted, gone, elsewhere) == []


def test_a_list_without_anybody_to_write_to_has_not_begun(now):
    prospect_list = make_list()
    assert sending.send(prospect_list.pk, now=now) == 0
    prospect_list.refresh_from_db()
    assert (prospect_list.started_at, events()) == (None, [])


def test_a_closed_link_is_sent_to_nobody(now):
    prospect_list = make_list(invitation={"until_date": "2026-11-19"})
    make_recipients(prospect_list)
    with pytest.raises(sending.LinkClosedError):
        sending.send(prospect_list.pk, now=now)
    with pytest.raises(sending.LinkClosedError):
        sending.resend(prospect_list.pk, EVERYBODY, now=now)
    assert OutboxMessage.objects.count() == 0


def test_who_sent_it_and_for_whom_is_kept(now):
    prospect_list = make_list()
    make_recipients(prospect_list)
    user, host = make_user(), ServiceResource.objects.get()
    sending.send(prospect_list.pk, author=Author(user, host), now=now)
    event = InvitationEvent.objects.get()
    assert (event.invitation, event.actor, event.on_behalf_of) == (
        prospect_list.invitation,
        user,
        host,
    )


def test_an_address_refused_for_good_is_refused_in_the_list_with_the_reason(clock, now):
    prospect_list = make_list()
    first, _second = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    clock.shift(A_MINUTE)
    deliver_all(Refusing(first.email))
    assert states(now) == [State.REFUSED, State.SENT]
    [refused] = letters(first)
    assert refused.error == f"{first.email}: 550 no such mailbox"
    assert sending.send(prospect_list.pk, now=now) == 0


def test_a_letter_that_was_dropped_goes_out_by_sending_again(clock, now, mailoutbox):
    prospect_list = make_list(invitation={"until_date": dt.date(2026, 11, 20)})
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    clock.shift(A_DAY)
    deliver_all()
    assert states(now + A_DAY) == [State.LISTED]
    assert extending.extend(prospect_list.pk, dt.date(2026, 12, 24), now=now + A_DAY)
    assert sending.send(prospect_list.pk, now=now + A_DAY) == 1
    deliver_all()
    assert [mail.to for mail in mailoutbox] == [[recipient.email]]


# Reminders


def test_reminders_are_owed_with_the_letter_so_many_days_after_it(now):
    prospect_list = make_list(nudges=2, nudge_days=3)
    recipients = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    assert times(recipients[0], kind=Letter.NUDGE) == [now + 3 * A_DAY, now + 6 * A_DAY]
    assert times(recipients[1], kind=Letter.NUDGE) == [
        now + A_SECOND + 3 * A_DAY,
        now + A_SECOND + 6 * A_DAY,
    ]


def test_reminders_go_to_those_who_have_not_booked_and_end_with_the_booking(clock, now, mailoutbox):
    prospect_list = make_list(nudges=2, nudge_days=3)
    slow, quick = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    clock.shift(A_MINUTE)
    deliver_all()
    book(quick, at("2026-12-23 10:00"))
    clock.shift(3 * A_DAY)
    deliver_all()
    book(slow, at("2026-12-24 10:00"))
    clock.shift(3 * A_DAY)
    deliver_all()
    assert [mail.to[0] for mail in mailoutbox] == [slow.email, quick.email, slow.email]
    assert OutboxMessage.objects.waiting().count() == 0


# Pausing


def test_a_paused_list_sends_nothing_and_goes_on_where_it_was(clock, now, mailoutbox):
    prospect_list = make_list(per_minute=1, nudges=1, nudge_days=1)
    recipients = make_recipients(prospect_list, 3)
    sending.send(prospect_list.pk, now=now)
    deliver_all()
    before = times(*recipients)[1:] + times(*recipients, kind=Letter.NUDGE)
    assert sending.pause(prospect_list.pk, now=now + A_SECOND)
    clock.shift(A_DAY)
    assert deliver_all() == 0
    assert sending.resume(prospect_list.pk, now=now + A_SECOND + A_DAY)
    after = times(*recipients)[1:] + times(*recipients, kind=Letter.NUDGE)
    assert after == [time + A_DAY for time in before]
    clock.shift(2 * A_MINUTE)
    assert deliver_all() == 2
    assert [mail.to[0] for mail in mailoutbox] == [each.email for each in recipients]
    assert events() == ["sent", "paused", "resumed"]


def test_pausing_and_resuming_twice_is_once(now):
    prospect_list = make_list()
    make_recipients(prospect_list)
    assert sending.pause(prospect_list.pk, now=now) is False  # it has not begun
    sending.send(prospect_list.pk, now=now)
    assert sending.resume(prospect_list.pk, now=now) is False
    assert sending.pause(prospect_list.pk, now=now) is True
    assert sending.pause(prospect_list.pk, now=now + A_DAY) is False
    prospect_list.refresh_from_db()
    assert prospect_list.paused_at == now
    assert sending.resume(prospect_list.pk, now=now) is True
    assert events() == ["sent", "paused", "resumed"]


def test_a_letter_in_hand_goes_out_although_the_list_is_paused(now, mailoutbox):
    prospect_list = make_list()
    make_recipients(prospect_list, 1)
    sending.send(prospect_list.pk, now=now)
    message = outbox.claim()
    sending.pause(prospect_list.pk, now=now)
    outbox.deliver(message, Refusing("nobody@example.com"))
    message.refresh_from_db()
    assert message.result == OutboxMessage.Result.SENT


def test_what_is_sent_during_a_pause_waits_for_its_end_in_turn(now):
    prospect_list = make_list(per_minute=60)
    make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=now)
    sending.pause(prospect_list.pk, now=now)
    later = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now + 6 * A_DAY)
    assert letters(later)[0].is_held
    sending.resume(prospect_list.pk, now=now + 7 * A_DAY)
    assert times(later) == [now + 7 * A_DAY + 2 * A_SECOND]
    assert not OutboxMessage.objects.filter(is_held=True).exists()


def test_what_failed_before_a_pause_waits_too_when_it_is_tried_again(clock, now):
    prospect_list = make_list()
    recipient = make_recipient(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all(Refusing(recipient.email))
    sending.pause(prospect_list.pk, now=now)
    assert outbox.retry(OutboxMessage.objects.values_list("pk", flat=True)) == 1
    assert outbox.claim() is None
    sending.resume(prospect_list.pk, now=now)
    assert outbox.claim() is not None


def test_a_pause_holds_no_other_list_back(now):
    paused, other = make_list(), make_list()
    make_recipients(paused)
    make_recipients(other)
    for each in (paused, other):
        sending.send(each.pk, now=now)
    sending.pause(paused.pk, now=now)
    assert OutboxMessage.objects.filter(is_held=True).count() == 3


# Pace


def test_another_pace_counts_for_those_that_wait(now):
    prospect_list = make_list(per_minute=1)
    recipients = make_recipients(prospect_list, 3)
    sending.send(prospect_list.pk, now=now)
    prospect_list.per_minute = 60
    prospect_list.save()
    pace.respace(prospect_list.pk, now=now)
    assert times(*recipients) == [now, now + A_SECOND, now + 2 * A_SECOND]


def test_after_workers_stood_still_letters_go_out_one_after_another_all_the_same(clock, now):
    prospect_list = make_list(per_minute=60, nudges=1, nudge_days=1)
    recipients = make_recipients(prospect_list, 3)
    sending.send(prospect_list.pk, now=now)
    before = times(*recipients, kind=Letter.NUDGE)
    clock.shift(A_DAY / 2)
    pace.keep_pace(now + A_DAY / 2)
    assert times(*recipients) == [now + A_DAY / 2 + n * A_SECOND for n in range(3)]
    assert times(*recipients, kind=Letter.NUDGE) == [time + A_DAY / 2 for time in before]


def test_letters_that_are_hardly_late_keep_their_times_and_so_do_other_lists(now):
    late, other = make_list(), make_list()
    recipients, others = make_recipients(late), make_recipients(other)
    sending.send(late.pk, now=now)
    pace.keep_pace(now + pace.TOO_LATE - A_SECOND)
    assert times(*recipients)[0] == now
    sending.send(other.pk, now=now + A_MINUTE)
    pace.keep_pace(now + pace.TOO_LATE)
    assert times(*recipients)[0] == now + pace.TOO_LATE
    assert times(*others)[0] == now + A_MINUTE


# Chosen recipients


def test_a_letter_is_sent_again_to_those_who_got_it_or_could_not_be_reached(clock, now, mailoutbox):
    prospect_list = make_list()
    refused, sent, booked, gone, waiting = make_recipients(prospect_list, 5)
    sending.send(prospect_list.pk, now=now)
    clock.shift(3 * A_SECOND)
    deliver_all(Refusing(refused.email))  # the last one still waits
    book(booked, at("2026-11-23 10:00"))
    RecipientMark.objects.create(recipient=gone, kind=RecipientMark.Kind.WITHDRAWN)
    elsewhere = make_recipient(make_list(), "elsewhere@example.com")

    later = now + sending.JUST_SENT + A_MINUTE
    assert sending.resend(prospect_list.pk, EVERYBODY, now=later) == 2
    assert sending.resend(prospect_list.pk, EVERYBODY, now=later) == 0

    clock.shift(sending.JUST_SENT + 2 * A_MINUTE)
    deliver_all()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        [refused.email, sent.email, waiting.email]
    )
    assert letters(elsewhere) == []
    assert events() == ["sent", "sent_again"]


def test_withdrawing_drops_what_waits_and_leaves_what_is_booked(clock, now, mailoutbox):
    prospect_list = make_list(nudges=2)
    first, second, third = make_recipients(prospect_list)
    sending.send(prospect_list.pk, now=now)
    deliver_all()
    appointment = book(first, at("2026-11-23 10:00"))
    chosen = Recipient.objects.filter(pk__in=[first.pk, second.pk])
    user = make_user()

    assert sending.withdraw(prospect_list.pk, chosen, author=Author(user), now=now) == 2
    assert sending.withdraw(prospect_list.pk, chosen, now=now) == 0

    clock.shift(30 * A_DAY)
    deliver_all()
    assert [mail.to[0] for mail in mailoutbox] == [first.email, third.email] + 2 * [third.email]
    appointment.refresh_from_db()
    assert appointment.status == "scheduled"
    marks = RecipientMark.objects.order_by("recipient")
    assert [(mark.recipient, mark.kind, mark.actor) for mark in marks] == [
        (first, "withdrawn", user),
        (second, "withdrawn", user),
    ]
    assert states(now)[:2] == [State.WITHDRAWN] * 2


def test_withdrawing_reaches_no_other_list(now):
    prospect_list, other = make_list(), make_list()
    make_recipients(prospect_list)
    make_recipients(other)
    assert sending.withdraw(prospect_list.pk, EVERYBODY, now=now) == 3
    assert other.recipients.filter(marks__kind="withdrawn").count() == 0


@pytest.mark.parametrize(
    ("days", "changed"),
    [
        ({"until_date": dt.date(2026, 11, 30)}, {"until_date"}),
        ({"expiry_date": dt.date(2026, 11, 30)}, {"expiry_date"}),
        (
            {"until_date": dt.date(2026, 11, 30), "expiry_date": dt.date(2026, 12, 1)},
            {"until_date", "expiry_date"},
        ),
    ],
)
def test_extending_moves_the_last_day_of_all_links_with_its_trace(now, days, changed):
    prospect_list = make_list(invitation=days)
    assert extending.extend(prospect_list.pk, dt.date(2026, 12, 24), now=now)
    invitation = prospect_list.invitation
    invitation.refresh_from_db()
    assert invitation.last_day == dt.date(2026, 12, 24)
    assert set(InvitationEvent.objects.get().details) == changed


def test_extending_to_a_day_that_is_over_is_refused(now):
    prospect_list = make_list(invitation={"until_date": dt.date(2026, 11, 30)})
    with pytest.raises(ImpossibleCriteriaError):
        extending.extend(prospect_list.pk, dt.date(2026, 11, 1), now=now)
