"""Reminders: whom they still tell something, and those that staff ask for at once (M1)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from appointments.models import OutboxMessage
from invitations.models import (
    DoNotContact,
    Invitation,
    InvitationBooking,
    Letter,
    Recipient,
    RecipientMark,
)
from invitations.prospects import sending
from invitations.prospects.reminding import remind
from tests.factories import (
    at,
    make_appointment,
    make_client,
    make_invitation,
    make_resource,
    make_territory,
)
from tests.invitations.pages import text
from tests.invitations.prospects.lists import (
    book,
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)
from tests.invitations.prospects.test_sending import Refusing
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
A_SECOND, A_DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
EVERYBODY = Recipient.objects.all()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def petra(clock, mailoutbox) -> Recipient:
    """Who got the letter yesterday."""
    recipient = make_recipient(make_list())
    sending.send(recipient.prospect_list_id, now=NOW)
    deliver_all()
    mailoutbox.clear()
    clock.shift(A_DAY)
    return recipient


def remind_all(recipient: Recipient, now: dt.datetime = NOW + A_DAY) -> int:
    return remind(recipient.prospect_list_id, EVERYBODY, now=now)


def nudge_times(*recipients: Recipient) -> list[dt.datetime]:
    return [each.not_before for each in letters(*recipients, kind=Letter.NUDGE)]


def was_reminded(recipient: Recipient) -> bool:
    """Whether a reminder that is due goes out."""
    message = OutboxMessage.objects.create(
        kind=Letter.NUDGE, object_id=recipient.pk, not_before=NOW
    )
    deliver_all()
    message.refresh_from_db()
    return message.result == OutboxMessage.Result.SENT


# Who booked by another way


def host_of(recipient: Recipient):
    return recipient.prospect_list.invitation.hosts.get().service_resource


def test_who_books_with_the_host_by_another_link_is_not_reminded(petra):
    make_appointment(host_of(petra), at("2026-11-24 10:00"), email="Petra@Example.com")
    assert not was_reminded(petra)


def test_so_is_who_books_by_another_invitation_of_the_owner(petra):
    territory = make_territory()
    owner, other = host_of(petra), make_resource(territory)
    Invitation.objects.update(owner=owner)
    key = make_invitation(other, territory=territory, owner=owner)
    appointment = make_appointment(other, at("2026-11-24 10:00"), email=petra.email)
    assert was_reminded(petra)
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=appointment)
    assert not was_reminded(petra)


def test_so_is_a_client_who_books_as_one(petra):
    petra.client = make_client()
    petra.save()
    start = at("2026-11-24 10:00")
    make_appointment(host_of(petra), start, client=petra.client, email="other@example.com")
    assert not was_reminded(petra)


def test_what_was_booked_before_the_letter_or_with_others_stops_no_reminder(petra):
    before = make_appointment(host_of(petra), at("2026-11-24 10:00"), email=petra.email)
    type(before).objects.update(created_at=NOW - A_DAY)
    make_appointment(make_resource(), at("2026-11-24 10:00"), email=petra.email)
    make_appointment(host_of(petra), at("2026-11-24 12:00"), email="paul@example.com")
    assert was_reminded(petra)


def test_a_booking_that_was_not_confirmed_in_time_stops_no_reminder(petra):
    lapsed = {"status": "pending", "confirm_until": NOW + A_DAY / 2}
    start = at("2026-11-24 10:00")
    make_appointment(host_of(petra), start, email=petra.email, **lapsed)
    assert was_reminded(petra)


# At once


def test_who_got_the_letter_is_reminded_at_once_one_after_another(clock, mailoutbox):
    prospect_list = make_list(per_minute=60)
    recipients = make_recipients(prospect_list)
    sending.send(prospect_list.pk, now=NOW)
    clock.shift(2 * A_DAY)
    deliver_all()
    now = NOW + 3 * A_DAY
    clock.move_to(now)
    assert remind(prospect_list.pk, EVERYBODY, now=now) == 3
    assert nudge_times(*recipients) == [now, now + A_SECOND, now + 2 * A_SECOND]
    clock.shift(3 * A_SECOND)
    deliver_all()
    assert [mail.to for mail in mailoutbox[3:]] == [[each.email] for each in recipients]
    assert mailoutbox[-1].subject.startswith("Reminder: ")
    assert prospect_list.invitation.events.last().kind == "reminded"


def test_pressed_twice_it_is_one_reminder_sent_or_not(petra, clock, mailoutbox):
    assert remind_all(petra) == 1
    assert remind_all(petra) == 0
    deliver_all()
    clock.shift(A_SECOND)
    assert remind_all(petra, NOW + A_DAY + A_SECOND) == 0
    assert len(mailoutbox) == 1


def test_the_next_reminder_comes_sooner_and_those_after_it_when_they_would(clock):
    recipient = make_recipient(make_list(nudges=2, nudge_days=7))
    sending.send(recipient.prospect_list_id, now=NOW)
    deliver_all()
    now = NOW + 3 * A_DAY
    clock.move_to(now)
    assert remind_all(recipient, now) == 1
    assert nudge_times(recipient) == [now, NOW + 14 * A_DAY]


def test_a_reminder_that_comes_within_a_day_anyway_is_enough(clock):
    recipient = make_recipient(make_list(nudges=1, nudge_days=3))
    sending.send(recipient.prospect_list_id, now=NOW)
    deliver_all()
    now = NOW + 2 * A_DAY
    clock.move_to(now)
    assert remind_all(recipient, now) == 0
    assert nudge_times(recipient) == [NOW + 3 * A_DAY]


def unsubscribed(recipient):
    DoNotContact.objects.create(email=recipient.email.upper())


def withdrawn(recipient):
    RecipientMark.objects.create(recipient=recipient, kind=RecipientMark.Kind.WITHDRAWN)


def booked(recipient):
    book(recipient, at("2026-11-24 10:00"))


def cancelled(recipient):
    book(recipient, at("2026-11-24 10:00"), status="cancelled")


def booked_elsewhere(recipient):
    make_appointment(host_of(recipient), at("2026-11-24 10:00"), email=recipient.email)


def gets_the_letter_again(recipient):
    sending.resend(recipient.prospect_list_id, EVERYBODY, now=NOW + A_DAY)


@pytest.mark.parametrize(
    "reason",
    [unsubscribed, withdrawn, booked, cancelled, booked_elsewhere, gets_the_letter_again],
)
def test_nobody_is_reminded_to_whom_a_reminder_says_nothing(petra, reason):
    reason(petra)
    assert remind_all(petra) == 0


def test_nobody_is_reminded_of_a_letter_that_never_arrived_or_has_hardly(clock):
    prospect_list = make_list()
    refused, _new = make_recipients(prospect_list, 2)
    sending.send(prospect_list.pk, now=NOW)
    clock.shift(A_SECOND)
    deliver_all(Refusing(refused.email))
    make_recipient(prospect_list)  # never written to
    assert remind(prospect_list.pk, EVERYBODY, now=NOW + A_SECOND) == 0
    assert remind(prospect_list.pk, EVERYBODY, now=NOW + A_SECOND + A_DAY) == 1


def test_a_closed_link_is_nothing_to_remind_of(petra):
    Invitation.objects.update(is_active=False)
    with pytest.raises(sending.LinkClosedError):
        remind_all(petra)


def test_of_a_paused_list_reminders_wait_with_the_others(petra, clock):
    sending.pause(petra.prospect_list_id, now=NOW + A_DAY)
    assert remind_all(petra) == 1
    assert deliver_all() == 0
    clock.shift(A_DAY)
    sending.resume(petra.prospect_list_id, now=NOW + 2 * A_DAY)
    assert nudge_times(petra) == [NOW + 2 * A_DAY]
    assert deliver_all() == 1


def test_reminders_reach_no_other_list(petra):
    other = make_list()
    make_recipients(other)
    assert remind(other.pk, EVERYBODY, now=NOW + A_DAY) == 0
    assert nudge_times(petra) == []


# The page before


def page_of(prospect_list) -> str:
    return reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])


def test_staff_are_asked_first_and_told_who_is_left_out(petra):
    prospect_list = petra.prospect_list
    new = make_recipient(prospect_list, "new@example.com", first_name="Nora")
    client = signed_in(make_administrator())
    sent = {"action": "remind", "_selected_action": [petra.pk, new.pk]}
    asked = text(client.post(page_of(prospect_list), sent))
    assert "1 person is reminded now" in asked
    assert "Left out is who booked" in asked
    assert "<li>Petra Prospekt</li>" in asked
    assert "<li>Nora Prospekt</li>" not in asked
    assert nudge_times(petra) == []
    for answer in ("1 reminder is in line.", "Nothing changed."):
        done = client.post(page_of(prospect_list), {**sent, "apply": "1"}, follow=True)
        assert answer in text(done)
    assert len(nudge_times(petra)) == 1


def test_where_nobody_is_to_be_reminded_there_is_nothing_to_press(petra):
    booked(petra)
    client = signed_in(make_administrator())
    sent = {"action": "remind", "_selected_action": [petra.pk]}
    asked = text(client.post(page_of(petra.prospect_list), sent))
    assert "0 people are reminded now" in asked
    assert 'name="apply"' not in asked
