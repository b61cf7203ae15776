"""What can be done with chosen recipients, and putting one of them right."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import OutboxMessage
from invitations.models import Letter, RecipientMark
from invitations.prospects import sending
from tests.factories import make_client, make_resource, make_territory
from tests.invitations.pages import text
from tests.invitations.prospects.list_pages import act, add_more, address, assistant_of, list_of
from tests.invitations.prospects.lists import letters, make_list, make_recipient, make_recipients
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_letter_is_sent_again_to_whom_is_chosen():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    client = signed_in(assistant_of(prospect_list))
    client.post(address("send", prospect_list))
    OutboxMessage.objects.update(result="sent", finished_at=timezone.now() - sending.JUST_SENT)
    assert "1 letter is in line again." in act(client, prospect_list, "write_again", first)
    assert (len(letters(first)), len(letters(second))) == (2, 1)


def test_chosen_links_are_withdrawn_once():
    prospect_list = list_of()
    first, _other = make_recipients(prospect_list, 2)
    user = assistant_of(prospect_list)
    client = signed_in(user)
    asked = act(client, prospect_list, "withdraw", first)
    assert "The link of 1 person closes for good" in asked
    assert RecipientMark.objects.count() == 0
    assert "1 link was withdrawn." in act(client, prospect_list, "withdraw", first, apply="1")
    assert "Nothing changed." in act(client, prospect_list, "withdraw", first, apply="1")
    mark = RecipientMark.objects.get()
    assert (mark.recipient, mark.actor) == (first, user)
    assert mark.on_behalf_of == prospect_list.invitation.owner


def test_all_that_a_filter_leaves_are_withdrawn_together():
    prospect_list = list_of()
    add_more(prospect_list, 120)
    kept = make_recipient(prospect_list)
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list) + "?reached=opened"
    first = str(prospect_list.recipients.earliest("pk").pk)
    sent = {"action": "withdraw", "select_across": "1", "_selected_action": [first]}
    asked = text(client.post(page, sent))
    assert "The links of 120 people close for good" in asked
    assert "and 110 more" in asked
    client.post(page, {**sent, "apply": "1"})
    withdrawn = RecipientMark.objects.filter(kind=RecipientMark.Kind.WITHDRAWN)
    assert withdrawn.count() == 120
    assert not withdrawn.filter(recipient=kept).exists()


def test_the_links_of_a_list_are_extended_together(friday):
    territory = make_territory()
    host = make_resource(territory)
    days = {"until_date": dt.date(2026, 11, 30)}
    prospect_list = make_list(host, invitation={"territory": territory, "owner": host, **days})
    client = signed_in(assistant_of(prospect_list))
    page = address("extend", prospect_list)
    assert page in text(client.get(address("recipients", prospect_list)))
    assert "id_until" in text(client.get(page))
    answer = client.post(page, {"until": "2026-12-24"}, follow=True)
    assert "The links work until 24 December 2026." in text(answer)
    assert "is over already" in text(client.post(page, {"until": "2026-11-01"}))
    prospect_list.invitation.refresh_from_db()
    assert prospect_list.invitation.until_date == dt.date(2026, 12, 24)


def test_only_whoever_may_change_invitations_extends_links():
    prospect_list = list_of()
    client = signed_in(assistant_of(prospect_list, can_change_invitations=False))
    assert client.get(address("extend", prospect_list)).status_code == 404
    assert client.post(address("extend", prospect_list)).status_code == 404
    assert client.get(address("recipients", prospect_list)).status_code == 200


def test_only_who_was_never_written_to_is_taken_off_the_list():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    OutboxMessage.objects.create(
        kind=Letter.FIRST, object_id=first.pk, not_before=timezone.now(), result="sent"
    )
    client = signed_in(assistant_of(prospect_list))
    assert "1 is off the list." in act(client, prospect_list, "take_off", first, second)
    assert list(prospect_list.recipients.all()) == [first]


def test_an_address_is_corrected_but_not_that_of_a_client():
    prospect_list = list_of()
    prospect = make_recipient(prospect_list)
    chosen = make_recipient(prospect_list, "gerda@example.com", client=make_client())
    client = signed_in(assistant_of(prospect_list))
    sent = {"first_name": "Petra", "last_name": "Prospekt", "email": "right@example.com"}
    for recipient in (prospect, chosen):
        client.post(reverse("admin:invitations_recipient_change", args=[recipient.pk]), sent)
        recipient.refresh_from_db()
    assert (prospect.email, chosen.email) == ("right@example.com", "gerda@example.com")


def test_an_address_that_is_on_the_list_already_is_refused():
    prospect_list = list_of()
    first, second = make_recipients(prospect_list, 2)
    sent = {"first_name": "Petra", "last_name": "Prospekt", "email": second.email.upper()}
    page = reverse("admin:invitations_recipient_change", args=[first.pk])
    shown = text(signed_in(assistant_of(prospect_list)).post(page, sent))
    assert "This address is on the list already." in shown


def test_a_correction_keeps_names_on_one_line():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    sent = {
        "first_name": "Petra\r\nBcc: all@example.com",
        "last_name": "P",
        "email": "p@example.com",
    }
    page = reverse("admin:invitations_recipient_change", args=[recipient.pk])
    signed_in(assistant_of(prospect_list)).post(page, sent)
    recipient.refresh_from_db()
    assert recipient.first_name == "Petra Bcc: all@example.com"
