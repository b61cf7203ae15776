"""Looking once more before letters go out; sending, pausing, and the letters themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from appointments.models import OutboxMessage
from invitations.models import CustomerWebsite, DoNotContact, Letter, ProspectList, RecipientMark
from tests.factories import at, make_hours, make_resource, make_territory
from tests.invitations.pages import text
from tests.invitations.prospects.list_pages import PAGES, address, assistant_of, list_of
from tests.invitations.prospects.lists import (
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_what_is_too_few_is_said_before_anything_goes_out(friday):
    monday = dt.date(2026, 11, 23)
    territory = make_territory(make_hours(times=((dt.time(9), dt.time(10)),)))
    host = make_resource(territory)
    days = {"from_date": monday, "until_date": monday + dt.timedelta(days=1)}
    prospect_list = make_list(host, invitation={"territory": territory, "owner": host, **days})
    make_recipients(prospect_list, 7)
    shown = signed_in(make_administrator()).get(address("check", prospect_list))
    preflight = shown.context["preflight"]
    assert (preflight.to_write, preflight.room.count, preflight.missing) == (7, 4, 3)
    assert "3 too few" in text(shown)
    assert "Send 7 letters" in text(shown)


def test_who_is_not_to_be_contacted_withdrawn_or_written_to_is_not_counted():
    prospect_list = list_of()
    unwanted, withdrawn, written, _new = make_recipients(prospect_list, 4)
    DoNotContact.objects.create(email=unwanted.email.upper())
    RecipientMark.objects.create(recipient=withdrawn, kind=RecipientMark.Kind.WITHDRAWN)
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=written.pk, not_before=timezone.now(), result="sent"
    )
    preflight = (
        signed_in(make_administrator()).get(address("check", prospect_list)).context["preflight"]
    )
    assert (preflight.to_write, preflight.to_book) == (1, 2)


@pytest.mark.parametrize(
    ("fields", "invitation", "words"),
    [
        ({"message": ""}, {}, "the usual ones go out"),
        ({"paused_at": at("2026-11-20 10:00")}, {}, "Sending is paused"),
        ({}, {"expiry_date": dt.date(2026, 11, 21)}, "The links work until 21 November 2026 only"),
        ({}, {"max_bookings": 2}, "is used up after 2 more bookings"),
        ({}, {"audience": "clients"}, "Only clients who sign in"),
    ],
)
def test_what_might_surprise_is_said(friday, fields, invitation, words):
    prospect_list = make_list(invitation=invitation, **fields)
    make_recipients(prospect_list, 1)
    shown = signed_in(make_administrator()).get(address("check", prospect_list))
    assert [each for each in shown.context["preflight"].warnings if words in each] != []


def test_nothing_surprising_is_no_warning(friday):
    shown = signed_in(make_administrator()).get(address("check", make_list()))
    assert shown.context["preflight"].warnings == []


def test_a_website_that_is_off_is_said(friday):
    website = CustomerWebsite.objects.create(
        name="Bank", page_url="https://www.bank.test/book", is_active=False
    )
    shown = signed_in(make_administrator()).get(
        address("check", make_list(invitation={"website": website}))
    )
    assert "Bank is switched off" in text(shown)


def test_of_a_closed_link_nothing_can_be_sent():
    prospect_list = make_list(invitation={"is_active": False})
    make_recipients(prospect_list, 1)
    client = signed_in(make_administrator())
    shown = text(client.get(address("check", prospect_list)))
    assert "The link is closed (Switched off)" in shown
    assert "Send 1 letter" not in shown
    answer = client.post(address("send", prospect_list), follow=True)
    assert "nothing was sent" in text(answer)
    assert OutboxMessage.objects.count() == 0


def test_pressing_send_twice_writes_to_nobody_twice():
    prospect_list = list_of()
    recipients = make_recipients(prospect_list, 3)
    user = assistant_of(prospect_list)
    client = signed_in(user)
    assert "3 letters are in line." in text(
        client.post(address("send", prospect_list), follow=True)
    )
    client.post(address("send", prospect_list))
    assert len(letters(*recipients)) == 3
    event = prospect_list.invitation.events.get(kind="sent")
    assert (event.actor, event.on_behalf_of) == (user, prospect_list.invitation.owner)


def test_looking_changes_nothing_and_sends_nothing():
    prospect_list = list_of()
    make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    for name in ("send", "pause", "resume"):
        assert client.get(address(name, prospect_list)).status_code == 405
    for name in PAGES:
        client.get(address(name, prospect_list))
    assert (OutboxMessage.objects.count(), RecipientMark.objects.count()) == (0, 0)


def test_pausing_holds_back_and_resuming_lets_go():
    prospect_list = list_of()
    recipients = make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    assert "Being sent" in text(client.get(address("progress", prospect_list)))
    assert "Sending is paused." in text(client.post(address("pause", prospect_list), follow=True))
    assert {letter.is_held for letter in letters(*recipients)} == {True}
    shown = text(client.get(address("progress", prospect_list)))
    assert 'data-running="false"' in shown
    assert "3 letters wait" in shown
    assert "Sending goes on." in text(client.post(address("resume", prospect_list), follow=True))
    assert {letter.is_held for letter in letters(*recipients)} == {False}


def test_progress_ends_when_the_last_letter_is_out():
    prospect_list = list_of(per_minute=6000)
    make_recipients(prospect_list, 2)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    assert 'data-running="true"' in text(client.get(address("progress", prospect_list)))
    OutboxMessage.objects.update(not_before=timezone.now())
    assert deliver_all() == 2
    assert 'data-running="false"' in text(client.get(address("progress", prospect_list)))


def test_l7_a_letter_is_looked_at_in_a_sandbox():
    prospect_list = list_of(message="Dear {first_name}")
    recipient = make_recipient(prospect_list, first_name="<b>Petra</b>")
    client = signed_in(assistant_of(prospect_list))
    response = client.get(address("letter", prospect_list, recipient.pk))
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "&lt;b&gt;Petra&lt;/b&gt;" in text(response)


def test_three_letters_are_shown_of_many_and_one_of_one():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list))
    assert client.get(address("check", prospect_list)).context["examples"] == []
    make_recipient(prospect_list)
    assert len(client.get(address("check", prospect_list)).context["examples"]) == 1
    make_recipients(prospect_list, 9)
    assert len(client.get(address("check", prospect_list)).context["examples"]) == 3


def test_saving_the_letter_leads_back_to_the_list():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list))
    response = client.post(address("change", prospect_list), settings_of(prospect_list))
    assert response.url == address("recipients", prospect_list)
    prospect_list.refresh_from_db()
    assert (prospect_list.subject, prospect_list.per_minute) == ("Hello {first_name}", 30)


def test_another_pace_counts_for_letters_that_wait():
    prospect_list = list_of(per_minute=60)
    recipients = make_recipients(prospect_list, 3)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    client.post(address("change", prospect_list), settings_of(prospect_list))
    first, second, third = (letter.not_before for letter in letters(*recipients))
    assert (second - first, third - second) == (dt.timedelta(seconds=2),) * 2


def settings_of(prospect_list: ProspectList) -> dict[str, object]:
    return {
        "name": prospect_list.name,
        "subject": "Hello {first_name}",
        "message": "See you",
        "per_minute": 30,
        "nudges": 0,
        "nudge_days": 7,
    }
