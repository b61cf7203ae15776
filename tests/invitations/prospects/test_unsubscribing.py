"""The way out of letters: a page that asks, one press, and nothing else (L2, L6, RFC 8058)."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

from appointments.models import Appointment, OutboxMessage, OutboxQuerySet
from invitations.models import (
    DoNotContact,
    Invitation,
    InvitationEvent,
    Letter,
    Recipient,
    RecipientMark,
)
from invitations.prospects import sending
from tests.factories import at
from tests.invitations.prospects.lists import (
    book,
    deliver_all,
    letters,
    make_list,
    make_recipient,
    make_recipients,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def page_of(recipient: Recipient) -> str:
    return reverse("unsubscribe", args=[recipient.unsubscribe_key])


@pytest.fixture
def recipient(friday):
    return make_recipient(make_list(), "petra@example.com")


def everything() -> list[list[dict[str, object]]]:
    models = (Appointment, InvitationEvent, OutboxMessage, Recipient, RecipientMark, DoNotContact)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_l2_looking_at_the_page_changes_nothing_and_names_nobody(recipient):
    sending.send(recipient.prospect_list_id, now=at("2026-11-20 12:00"))
    before = everything()
    browser = Browser()
    assert browser.head(page_of(recipient)).status_code == 200
    assert browser.options(page_of(recipient)).status_code == 405
    shown = browser.get(page_of(recipient))
    assert everything() == before
    assert "p•••@example.com" in shown.text
    assert [
        word for word in ("Petra", "Prospekt", "petra@", recipient.key.key) if word in shown.text
    ] == []
    assert shown.headers["Cache-Control"] == "no-store, private"
    assert not browser.cookies


@pytest.mark.parametrize("body", [ONE_CLICK, {}], ids=["mail program", "page"])
def test_one_press_without_cookie_or_token_is_enough(recipient, body):
    response = Browser(enforce_csrf_checks=True).post(page_of(recipient), body)
    assert response.status_code == 200  # mail programs follow no redirect
    assert "You are unsubscribed" in response.text
    [unwanted] = DoNotContact.objects.all()
    assert (unwanted.email, unwanted.recipient) == ("petra@example.com", recipient)


def test_a_second_press_changes_nothing_and_the_page_says_that_it_is_done(recipient):
    browser = Browser()
    browser.post(page_of(recipient), ONE_CLICK)
    before = everything()
    assert "You are unsubscribed" in browser.post(page_of(recipient)).text
    assert "You are unsubscribed" in browser.get(page_of(recipient)).text
    assert everything() == before


def test_it_counts_for_the_address_on_all_lists_and_for_no_other_address(friday, mailoutbox):
    first, second = make_list(nudges=1), make_list()
    petra, paul = (
        make_recipient(first, "petra@example.com"),
        make_recipient(first, "paul@x.example"),
    )
    again = make_recipient(second, "Petra@Example.com")
    for each in (first, second):
        sending.send(each.pk, now=friday)
    Browser().post(page_of(petra), ONE_CLICK)
    dropped = [*letters(petra, again), *letters(petra, kind=Letter.NUDGE)]
    assert {each.result for each in dropped} == {OutboxMessage.Result.DROPPED}
    assert len(dropped) == 3
    OutboxMessage.objects.update(not_before=friday)
    deliver_all()
    assert [mail.to[0] for mail in mailoutbox] == [paul.email, paul.email]


def test_the_key_does_nothing_but_that(recipient, mailoutbox):
    sending.send(recipient.prospect_list_id, now=at("2026-11-20 12:00"))
    deliver_all()
    appointment = book(recipient, at("2026-11-23 10:00"))
    before = everything()[:2]
    Browser().post(page_of(recipient), ONE_CLICK)
    assert everything()[:2] == before
    assert RecipientMark.objects.count() == 0
    key = recipient.unsubscribe_key
    others = [f"/invite/{key}/", f"/appointment/{key}/", f"/appointment/{key}/cancel/"]
    assert [Browser().get(each).status_code for each in others] == [404] * 3
    appointment.refresh_from_db()
    assert appointment.status == "scheduled"


def test_unknown_keys_and_those_of_links_are_unknown(recipient):
    for key in ("x" * 32, recipient.key.key):
        for send in (Browser().get, Browser().post):
            assert send(reverse("unsubscribe", args=[key])).status_code == 404
    assert DoNotContact.objects.count() == 0


def test_what_is_owed_after_the_press_is_dropped_when_it_is_sent(recipient, mailoutbox):
    Browser().post(page_of(recipient), ONE_CLICK)
    letter = {"kind": Letter.FIRST, "object_id": recipient.pk}
    OutboxMessage.objects.create(**letter, not_before=at("2026-11-20 12:00"))
    deliver_all()
    assert mailoutbox == []


def test_whoever_is_taken_off_again_may_be_written_to(recipient):
    Browser().post(page_of(recipient), ONE_CLICK)
    assert sending.send(recipient.prospect_list_id, now=at("2026-11-20 12:00")) == 0
    DoNotContact.objects.get().delete()
    assert sending.send(recipient.prospect_list_id, now=at("2026-11-20 12:00")) == 1
    assert "No more letters?" in Browser().get(page_of(recipient)).text


def test_letters_beyond_ascii_in_an_address_count_whatever_their_case(friday):
    prospect_list = make_list()
    make_recipients(prospect_list, 1)
    recipient = make_recipient(prospect_list, "jörg@example.com")
    Browser().post(page_of(recipient), ONE_CLICK)
    assert list(prospect_list.recipients.contactable().exclude(pk=recipient.pk)) != []
    assert recipient not in prospect_list.recipients.contactable()


def test_where_others_hold_the_letters_it_counts_all_the_same(recipient, mailoutbox):
    sending.send(recipient.prospect_list_id, now=at("2026-11-20 12:00"))
    busy = OperationalError("database is locked")
    with patch.object(OutboxQuerySet, "drop", side_effect=busy):
        assert Browser().post(page_of(recipient), ONE_CLICK).status_code == 200
    assert DoNotContact.objects.count() == 1
    deliver_all()
    assert mailoutbox == []
    assert letters(recipient)[0].result == OutboxMessage.Result.DROPPED


def test_it_works_after_the_link_was_withdrawn_and_the_list_has_ended(recipient):
    sending.withdraw(
        recipient.prospect_list_id, Recipient.objects.all(), now=at("2026-11-20 12:00")
    )
    Invitation.objects.update(is_active=False)
    assert "You are unsubscribed" in Browser().post(page_of(recipient), ONE_CLICK).text
    assert DoNotContact.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 32, "short", "x" * 65, "%00" * 16, "..%2f" * 5, "ü" * 20])
def test_what_is_no_key_is_unknown_like_any_other(client, key):
    assert client.post(f"/unsubscribe/{key}/", ONE_CLICK).status_code == 404
    assert client.get(f"/unsubscribe/{key}/").status_code == 404
