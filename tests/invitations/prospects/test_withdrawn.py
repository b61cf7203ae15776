"""A link that was taken back from its recipient says so, keeps what was booked, books no more."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from appointments.booking import Guest, SentForm
from appointments.models import Appointment
from appointments.terms import Terms
from invitations import booking
from invitations.booking import LinkClosedError
from invitations.choices import terms_of
from invitations.keys import find_key
from invitations.models import Closed, InvitationKey, Recipient, RecipientMark
from tests.clients import browser_of, make_client
from tests.factories import BERLIN, at, make_territory
from tests.invitations.pages import hidden_fields, text
from tests.invitations.prospects.lists import make_list, make_recipient

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN, ELEVEN = "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"
NOW = at("2026-11-20 12:00")


@pytest.fixture
def petra() -> Recipient:
    office = make_territory(email="office@example.com")
    prospect_list = make_list(invitation={"message": "Dear you"})
    invitation = prospect_list.invitation
    invitation.territory.email = office.email
    invitation.territory.save()
    return make_recipient(prospect_list)


def url_of(recipient: Recipient, rest: str = "") -> str:
    return f"/invite/{recipient.key.key}/{rest}"


def withdraw(recipient: Recipient) -> None:
    RecipientMark.objects.create(recipient=recipient, kind=RecipientMark.Kind.WITHDRAWN)


def open_form(recipient: Recipient, start: str = TEN) -> dict[str, str]:
    return hidden_fields(Browser().get(url_of(recipient, f"book/?start={start}")))


@pytest.mark.parametrize("rest", ["", "2026-W48/", "zone/", "book/", f"book/?start={TEN}"])
def test_l3_it_says_so_calmly_and_whom_to_ask(client, petra, rest):
    withdraw(petra)
    page = client.get(url_of(petra, rest))
    assert page.status_code == 403
    shown = text(page)
    assert "This invitation was withdrawn" in shown
    assert 'data-state="withdrawn"' in shown
    assert "office@example.com" in shown
    assert [word for word in ("Petra", "Prospekt", "Dear you", "data-slot") if word in shown] == []
    assert shown.count("<h1") == 1


def test_other_recipients_of_the_list_go_on(client, petra):
    paul = make_recipient(petra.prospect_list, "paul@example.com", first_name="Paul")
    withdraw(petra)
    assert client.get(url_of(paul)).status_code == 200


def test_an_open_form_books_nothing_and_what_was_typed_is_given_back(client, petra):
    form = open_form(petra)
    withdraw(petra)
    page = client.post(url_of(petra, "book/"), {**form, "description": "Bring the file"})
    assert page.status_code == 403
    assert "Bring the file" in text(page)
    assert Appointment.objects.count() == 0


def test_b5_a_form_that_has_booked_finds_its_appointment_again(client, petra):
    form = open_form(petra)
    first = client.post(url_of(petra, "book/"), form)
    withdraw(petra)
    again = client.post(url_of(petra, "book/"), form)
    assert (again.status_code, again.url) == (303, first.url)
    other = client.post(url_of(petra, "book/"), {**form, "start": ELEVEN})
    assert other.status_code == 403
    assert Appointment.objects.count() == 1


def test_what_was_booked_stays(client, petra):
    page = client.post(url_of(petra, "book/"), open_form(petra)).url
    withdraw(petra)
    assert client.get(page).status_code == 200
    assert client.get(f"{page}move/").status_code == 200


def test_b6_it_is_asked_again_under_the_invitations_lock(petra):
    key = find_key(petra.key.key, NOW)
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    withdraw(petra)
    guest = Guest("Petra", "Prospekt", petra.email, "", "", "", "en", BERLIN)
    with pytest.raises(LinkClosedError) as caught:
        booking.book(key, terms, at("2026-11-23 10:00"), guest, SentForm("form", NOW), NOW)
    assert caught.value.closed == Closed.WITHDRAWN
    assert Appointment.objects.count() == 0


def test_the_command_says_that_it_is_closed(petra, capsys):
    withdraw(petra)
    call_command("openings", petra.key.key)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "This link is closed: withdrawn\n")


def test_a_client_no_longer_finds_it_among_their_invitations(petra):
    gerda = make_client("Gerda Gast")
    InvitationKey.objects.filter(pk=petra.key_id).update(client=gerda)
    browser = browser_of(gerda)
    assert petra.key.key in text(browser.get("/my/"))
    withdraw(petra)
    assert petra.key.key not in text(browser.get("/my/"))
