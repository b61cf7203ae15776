"""A recipient's own link: it books as they stand on the list and shows their first name alone."""

from __future__ import annotations

import jwt
import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client as Browser

from appointments import changes
from appointments.models import Appointment, Client, Status
from invitations.models import InvitationBooking, InvitationKey, ProspectList, Recipient
from invitations.prefill import FIELDS
from scheduling.models import SchedulingPolicy
from tests.clients import browser_of, make_client
from tests.factories import at
from tests.invitations.pages import hidden_fields, links, starts, text
from tests.invitations.prospects.lists import deliver_all, make_list, make_recipient
from tests.invitations.sharing import make_website

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN, ELEVEN = "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"
NOW = at("2026-11-20 12:00")
PRIVATE = ("Prospekt", "petra@", "555 1")
ON_THE_LIST = {
    "first_name": "Petra",
    "last_name": "Prospekt",
    "email": "petra@example.com",
    "phone": "+49 555 1",
}
TYPED = {"first_name": "Eve", "last_name": "Evil", "email": "eve@example.com", "phone": "66666"}


def petra(**fields) -> Recipient:
    return make_recipient(make_list(**fields), phone="+49 555 1")


def url_of(recipient: Recipient, rest: str = "") -> str:
    return f"/invite/{recipient.key.key}/{rest}"


def press_book(recipient: Recipient, start: str = TEN, browser: Browser | None = None, **typed):
    """Open the details of a time and send them as they stand, but for what is typed."""
    browser = browser or Browser()
    form = hidden_fields(browser.get(url_of(recipient, f"book/?start={start}")))
    form.pop("csrfmiddlewaretoken", None)
    return browser.post(url_of(recipient, "book/"), {**form, **typed})


def contact(appointment: Appointment) -> dict[str, str]:
    return {name: getattr(appointment, name) for name in ON_THE_LIST}


# What it shows


@pytest.mark.parametrize("rest", ["", "2026-W48/", "zone/", "2026-W48/zone/", f"book/?start={TEN}"])
def test_l8_pages_say_no_more_than_the_first_name(client, rest):
    page = text(client.get(url_of(petra(), rest)))
    assert [private for private in PRIVATE if private in page] == []
    assert ("Petra" in page) == ("zone" not in rest)


def test_l8_the_review_shows_no_more_either(client):
    recipient = petra(invitation={"has_review": True})
    page = press_book(recipient)
    assert page.status_code == 200
    assert [private for private in PRIVATE if private in text(page)] == []
    assert "What we know already is not shown here." in text(page)


def test_without_a_first_name_nobody_is_greeted(client):
    recipient = make_recipient(make_list(), first_name="")
    assert "Hello" not in text(client.get(url_of(recipient)))
    details = text(client.get(url_of(recipient, f"book/?start={TEN}")))
    assert "We know how to reach you." in details
    assert "Hello" not in details
    press_book(recipient)
    assert Appointment.objects.get().guest_name == "Prospekt"


def test_nothing_has_to_be_filled_in(client):
    page = client.get(url_of(petra(), f"book/?start={TEN}"))
    assert page.context["form"].in_sight == []
    assert "There is nothing to fill in." in text(page)


def test_a_call_asks_for_the_number_that_the_list_lacks():
    prospect_list = make_list(locks_contact=True, invitation={"appointment_type": "phone"})
    recipient = make_recipient(prospect_list)
    assert press_book(recipient).status_code == 422
    assert press_book(recipient, phone="+49 555 2").status_code == 303
    assert Appointment.objects.get().phone == "+49 555 2"


@pytest.mark.parametrize("query", FIELDS.values())
def test_nothing_is_taken_from_the_address(client, query):
    page = client.get(url_of(petra(), f"book/?start={TEN}&{query}=Eve"))
    assert "Eve" not in text(page).split("<form", 1)[1]


def test_nothing_is_taken_from_a_website_either(client):
    website = make_website()
    website.renew_secret()
    said = {"given_name": "Eve", "aud": "http://testserver", "exp": int(NOW.timestamp()) + 600}
    prefill = jwt.encode(said, website.prefill_secret, algorithm="HS256")
    recipient = petra(invitation={"website": website})
    page = client.get(url_of(recipient, "book/"), {"start": TEN, "prefill": prefill})
    assert page.context["form"]["first_name"].value() is None


# Booking


def test_it_books_as_they_stand_on_the_list():
    recipient = petra()
    response = press_book(recipient)
    appointment = Appointment.objects.get()
    assert (response.status_code, response.url) == (303, appointment.get_absolute_url())
    assert contact(appointment) == ON_THE_LIST
    assert appointment.client is None
    booking = InvitationBooking.objects.get()
    assert (booking.key.of_recipient, booking.appointment) == (recipient, appointment)
    assert Client.objects.count() == 0


def test_what_is_typed_replaces_what_is_known():
    press_book(petra(), **TYPED)
    assert contact(Appointment.objects.get()) == TYPED


def test_where_the_list_locks_it_nothing_else_can_be_said(client):
    recipient = petra(locks_contact=True)
    form = client.get(url_of(recipient, f"book/?start={TEN}")).context["form"]
    assert set(ON_THE_LIST) & set(form.fields) == set()
    press_book(recipient, **TYPED, description="Hello")
    appointment = Appointment.objects.get()
    assert contact(appointment) == ON_THE_LIST
    assert appointment.description == "Hello"


def test_where_the_list_locks_it_nothing_can_be_corrected_but_the_note(client):
    press_book(petra(locks_contact=True))
    page = f"{Appointment.objects.get().get_absolute_url()}details/"
    form = client.get(page)
    assert set(ON_THE_LIST) & set(form.context["form"].fields) == set()
    sent = {**hidden_fields(form), **TYPED, "description": "Hello", "copy_to": "eve@example.com"}
    assert client.post(page, sent).status_code == 303
    appointment = Appointment.objects.get()
    assert contact(appointment) == ON_THE_LIST
    assert (appointment.description, appointment.copy_to) == ("Hello", "")


def test_the_same_form_sent_twice_books_once():
    recipient, browser = petra(), Browser()
    form = hidden_fields(browser.get(url_of(recipient, f"book/?start={TEN}")))
    pages = [browser.post(url_of(recipient, "book/"), form).url for _ in range(2)]
    assert pages[0] == pages[1]
    assert Appointment.objects.count() == 1


def test_the_limit_per_guest_counts_by_address():
    prospect_list = make_list(invitation={"max_per_guest": 1})
    petra, paul = (make_recipient(prospect_list, f"{name}@example.com") for name in ("p", "q"))
    assert press_book(petra).status_code == 303
    assert press_book(petra, ELEVEN).status_code == 409
    assert press_book(paul, ELEVEN).status_code == 303


def test_who_is_signed_in_books_as_the_recipient_all_the_same():
    recipient = petra()
    browser = browser_of(make_client("Gerda Gast"))
    page = text(browser.get(url_of(recipient, f"book/?start={TEN}")))
    assert "Hello Petra" in page
    assert "gerda@example.com" not in page
    press_book(recipient, browser=browser)
    appointment = Appointment.objects.get()
    assert (contact(appointment), appointment.client) == (ON_THE_LIST, None)


def test_a_recipient_chosen_among_the_clients_books_as_that_client():
    gerda = make_client("Gerda Gast")
    recipient = petra()
    InvitationKey.objects.filter(pk=recipient.key_id).update(client=gerda)
    Recipient.objects.update(client=gerda)
    press_book(recipient)
    appointment = Appointment.objects.get()
    assert (appointment.client, appointment.email) == (gerda, "gerda@example.com")
    assert appointment.personal_email == ""


# For whom it is


@pytest.mark.parametrize("audience", ["clients", "recipient"])
def test_a_recipient_is_nobodys_client_and_is_asked_to_sign_in(client, audience):
    page = client.get(url_of(petra(invitation={"audience": audience})))
    assert page.status_code == 403
    assert "Please sign in" in text(page)
    assert "Petra" not in text(page)


def test_where_it_is_for_clients_any_of_them_opens_it():
    recipient = petra(invitation={"audience": "clients"})
    assert starts(browser_of(make_client("Gerda Gast")).get(url_of(recipient, "2026-W48/")))


def test_where_it_is_for_the_links_client_alone_it_opens_to_nobody():
    recipient = petra(invitation={"audience": "recipient"})
    browser = browser_of(make_client("Petra Prospekt"))
    assert browser.get(url_of(recipient)).status_code == 403


# Afterwards


@pytest.fixture
def call() -> Appointment:
    """A phone call that Petra booked, from now on at another address."""
    recipient = petra(invitation={"appointment_type": "phone"})
    press_book(recipient, email="eve@example.com")
    return Appointment.objects.get()


@pytest.mark.parametrize("rest", ["", "details/", "cancel/", "move/", "appointment.ics"])
def test_l8_the_appointments_own_pages_say_nothing_of_whose_it_is(client, call, rest):
    response = client.get(call.get_absolute_url() + rest)
    assert response.status_code == 200
    shown = text(response)
    assert [private for private in (*PRIVATE, "eve@") if private in shown] == []


def test_l8_a_mail_to_another_address_says_no_more_than_the_first_name(call):
    deliver_all()
    [letter] = [letter for letter in mail.outbox if letter.to == ["eve@example.com"]]
    whole = letter.message().as_string() + letter.body + str(letter.attachments[0].content)
    assert [private for private in PRIVATE if private in whole] == []
    assert "Petra" in letter.body


def test_a_mail_to_the_address_on_the_list_says_everything():
    press_book(petra(invitation={"appointment_type": "phone"}))
    deliver_all()
    [letter] = [letter for letter in mail.outbox if letter.to == ["petra@example.com"]]
    assert "Petra Prospekt" in letter.body
    assert "555 1" in letter.body


def test_l8_nobody_may_have_copies_of_the_mails(client, call):
    page = f"{call.get_absolute_url()}details/"
    form = hidden_fields(client.get(page))
    client.post(page, {**form, "copy_to": "eve@example.com"})
    call.refresh_from_db()
    assert call.copy_to == ""


def test_l8_what_was_booked_at_anothers_address_gives_its_reader_nothing(call):
    eve = make_client("Eve Evil", email="eve@example.com")
    assert call.get_absolute_url() not in links(browser_of(eve).get("/my/"))


def test_what_was_booked_at_the_address_on_the_list_is_its_readers():
    press_book(petra())
    page = browser_of(make_client("Petra P", email="PETRA@example.com")).get("/my/")
    assert Appointment.objects.get().get_absolute_url() in links(page)


# Confirming


@pytest.fixture
def policy() -> SchedulingPolicy:
    return SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=30)


def test_an_address_on_a_list_is_not_proved_and_has_to_be_confirmed(client, policy):
    press_book(petra())
    appointment = Appointment.objects.get()
    assert (appointment.status, appointment.confirm_until is None) == (Status.PENDING, False)
    page = text(client.get(appointment.get_absolute_url()))
    assert "@example.com" not in page
    assert [private for private in PRIVATE if private in page] == []
    changes.confirm(appointment.pk, appointment.email, now=NOW)
    known = Client.objects.get()
    assert (str(known), known.email, known.phone) == (
        "Petra Prospekt",
        "petra@example.com",
        "+49 555 1",
    )


def test_l8_whoever_confirms_at_another_address_learns_nothing_of_the_list(policy):
    press_book(petra(), email="eve@example.com")
    appointment = Appointment.objects.get()
    changes.confirm(appointment.pk, appointment.email, now=NOW)
    eve = Client.objects.get()
    assert (eve.first_name, eve.last_name, eve.phone) == ("", "eve@example.com", "")


# Other ways


def test_the_command_lists_its_openings(capsys):
    call_command("openings", petra().key.key, "--week", "2026-W48")
    assert TEN in capsys.readouterr().out


def test_it_is_not_among_the_links_that_are_shared():
    recipient = petra()
    keys = InvitationKey.objects.for_everybody()
    assert recipient.key not in keys
    assert keys.count() == ProspectList.objects.count() == 1
