"""Booking as a signed-in client: nothing to type, and a form good for that session alone."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from appointments.booking import Guest, SentForm
from appointments.form_tokens import hand_out
from appointments.models import Appointment, Client
from appointments.terms import Terms
from invitations import booking
from invitations.booking import GuestLimitError, OverLimitError
from invitations.choices import terms_of
from invitations.models import InvitationKey
from scheduling.models import SchedulingPolicy
from tests.clients import browser_of, log_in_of, make_client
from tests.factories import BERLIN, at, make_invitation
from tests.invitations.pages import DETAILS, hidden_fields, links, open_form, text
from tests.invitations.sharing import make_website
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN, ELEVEN = "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"
NOW = at("2026-11-20 12:00")
WITHOUT_A_NAME = Guest("", "", "", "", "", "", "en", BERLIN)


@pytest.fixture
def gerda() -> Client:
    return make_client("Gerda Gast")


def book_url(key: InvitationKey, start: str = "") -> str:
    return f"/invite/{key.key}/book/" + (f"?start={start}" if start else "")


def press_book(browser: Browser, key: InvitationKey, start: str = TEN, **typed: str):
    """Open the details of a time and send them as they stand, but for what is typed."""
    form = hidden_fields(browser.get(book_url(key, start)))
    form.pop("csrfmiddlewaretoken", None)
    return browser.post(book_url(key), {**form, **typed})


# Nothing to type


def test_one_press_books_as_the_client(gerda):
    key = make_invitation()
    browser = browser_of(gerda)
    page = browser.get(book_url(key, TEN))
    assert "You book as" in text(page)
    assert "gerda@example.com" in text(page)
    assert page.context["form"].in_sight == []
    assert press_book(browser, key).status_code == 303
    made = Appointment.objects.get()
    assert (made.client, made.guest_name, made.email) == (gerda, "Gerda Gast", gerda.email)


def test_other_details_replace_what_is_known(gerda):
    press_book(browser_of(gerda), make_invitation(), first_name="Gina", email="g@example.org")
    made = Appointment.objects.get()
    assert (made.client, made.guest_name, made.email) == (gerda, "Gina Gast", "g@example.org")


@pytest.mark.parametrize(("known", "asked"), [("", ["phone"]), ("+49 30 1234", [])])
def test_a_number_is_asked_for_only_where_it_is_needed_and_unknown(known, asked):
    browser = browser_of(make_client("Gerda Gast", phone=known))
    page = browser.get(book_url(make_invitation(phone="required"), TEN))
    assert [field.name for field in page.context["form"].in_sight] == asked
    optional = browser.get(book_url(make_invitation(phone="optional"), TEN))
    assert optional.context["form"].in_sight == []


def test_the_review_says_as_whom(gerda):
    key = make_invitation(has_review=True)
    browser = browser_of(gerda)
    page = press_book(browser, key)
    assert "gerda@example.com" in text(page)
    assert browser.post(book_url(key), hidden_fields(page)).status_code == 303
    assert Appointment.objects.get().client == gerda


def test_who_is_not_signed_in_is_offered_to_and_comes_back_to_this_time(client):
    shown = client.get(f"{book_url(make_invitation())}?tz=Asia/Tokyo&start={TEN}")
    [link] = [link for link in links(shown) if link.startswith(reverse("account_login"))]
    [back] = parse_qs(urlsplit(link).query)["next"]
    after = client.get(back)
    assert (after.status_code, after.context["form"].initial["start"]) == (200, TEN)
    assert after.context["visit"].guest_zone.key == "Asia/Tokyo"
    assert 'target="_top"' in text(shown)


def test_l8_a_personal_link_books_for_its_client_whoever_is_signed_in(gerda):
    key = make_invitation()
    key.client = make_client("Hans Huber", email="hans@bank.test")
    key.save()
    browser = browser_of(gerda)
    page = text(browser.get(book_url(key, TEN)))
    assert "Hello Hans" in page
    assert "hans@bank.test" not in page
    assert "You book as" not in page
    press_book(browser, key)
    assert Appointment.objects.get().client == key.client


@pytest.mark.parametrize("make", [make_administrator, lambda: log_in_of("nobody@example.com")])
def test_staff_and_who_has_no_record_book_like_any_guest(make):
    key = make_invitation()
    browser = signed_in(make())
    assert [f.name for f in browser.get(book_url(key, TEN)).context["form"].in_sight] != []
    assert press_book(browser, key, **DETAILS).status_code == 303
    assert Appointment.objects.get().client is None


def test_l6_l7_in_a_frame_a_guest_books_as_whoever_they_type(gerda):
    key = make_invitation(website=make_website(allowed_origins="https://www.bank.test"))
    browser = browser_of(gerda)
    framed = {"Sec-Fetch-Dest": "iframe"}
    page = browser.get(book_url(key, TEN), headers=framed)
    assert "gerda@" not in text(page)
    sent = {**hidden_fields(page), **DETAILS, "first_name": "Hans"}
    assert browser.post(book_url(key), sent, headers=framed).status_code == 303
    made = Appointment.objects.get()
    assert (made.client, made.first_name) == (None, "Hans")
    shown = browser.get(made.get_absolute_url(), headers=framed)
    assert "My appointments" not in text(shown)
    top = browser.get(made.get_absolute_url(), headers={"Sec-Fetch-Dest": "document"})
    assert "My appointments" in text(top)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, "scheduled"),
        ({"email": "GERDA@example.com"}, "scheduled"),
        ({"email": "gerda@example.org"}, "pending"),
    ],
)
def test_an_address_that_was_proved_by_signing_in_is_not_confirmed_once_more(gerda, typed, status):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=60)
    press_book(browser_of(gerda), make_invitation(), **typed)
    assert Appointment.objects.get().status == status


def test_by_a_personal_link_alone_nothing_is_proved(gerda):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=60)
    key = make_invitation()
    key.client = gerda
    key.save()
    press_book(Browser(), key)
    assert Appointment.objects.get().status == "pending"


# Limits


def book(
    key: InvitationKey, start: str, client: Client | None, email: str = "gerda@example.com"
) -> Appointment:
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    guest = replace(WITHOUT_A_NAME, first_name="G", email=email, client=client)
    when = at(start)
    return booking.book(key, terms, when, guest, SentForm(f"{key.pk} {start}", NOW), NOW)


def test_b6_what_a_client_booked_before_signing_in_counts(gerda):
    key = make_invitation(max_per_guest=1)
    book(key, "2026-11-23 10:00", None, "GERDA@example.com")
    with pytest.raises(GuestLimitError):
        book(key, "2026-11-23 11:00", gerda, "other@example.com")


def test_b6_what_a_client_booked_with_another_address_counts_against_their_own(gerda):
    key = make_invitation(max_per_guest=1)
    book(key, "2026-11-23 10:00", gerda, "other@example.com")
    with pytest.raises(GuestLimitError):
        book(key, "2026-11-23 11:00", None)


def test_b6_an_address_that_nobody_has_proved_is_no_client(gerda):
    key = make_invitation(max_per_guest=1)
    Client.objects.update(verified_at=None)
    gerda.refresh_from_db()
    book(key, "2026-11-23 10:00", None)
    assert book(key, "2026-11-23 11:00", gerda, "other@example.com").client == gerda


@pytest.mark.parametrize("by_address", [True, False])
def test_a_days_limit_counts_a_client_under_every_address(settings, gerda, by_address):
    settings.LIMIT_PER_ADDRESS = 1
    book(make_invitation(), "2026-11-23 10:00", None if by_address else gerda)
    with pytest.raises(OverLimitError):
        book(make_invitation(), "2026-11-23 11:00", gerda, "other@example.com")


# The form's token


def posted(browser: Browser, key: InvitationKey, form: dict[str, str]):
    return browser.post(book_url(key), {**form, **DETAILS, "description": "Bring the file"})


def assert_comes_back_as_typed(browser: Browser, key: InvitationKey, response) -> None:
    """Nothing is booked; what was typed stands there under a fresh token, which books."""
    assert (response.status_code, Appointment.objects.count()) == (422, 0)
    assert "Bring the file" in text(response)
    assert "no longer valid" in text(response)
    assert posted(browser, key, hidden_fields(response)).status_code == 303


def test_a_form_of_yesterday_comes_back_as_typed(client):
    key = make_invitation()
    form = open_form(client, f"/invite/{key.key}/", TEN)
    with time_machine.travel(at("2026-11-21 12:00"), tick=False):
        assert posted(client, key, {**form, "start": "bad"}).status_code == 409
    with time_machine.travel(at("2026-11-21 12:01"), tick=False):
        assert_comes_back_as_typed(client, key, posted(client, key, form))


def test_a_form_of_another_invitation_books_nothing(gerda):
    browser, key = browser_of(gerda), make_invitation()
    other = hidden_fields(browser.get(book_url(make_invitation(), TEN)))
    assert_comes_back_as_typed(browser, key, posted(browser, key, other))


@pytest.mark.parametrize("purpose", ["move", "cancel", "details", "confirm"])
def test_a_token_of_another_purpose_books_nothing(client, purpose):
    key = make_invitation()
    form = {"start": TEN, "form_token": hand_out(f"{purpose}:{key.key}", NOW)}
    assert_comes_back_as_typed(client, key, posted(client, key, form))


def test_a_form_of_another_session_books_nothing(gerda):
    key = make_invitation()
    theirs = hidden_fields(browser_of(make_client("Hans Huber")).get(book_url(key, TEN)))
    browser = browser_of(gerda)
    assert_comes_back_as_typed(browser, key, posted(browser, key, theirs))


def test_a_form_of_the_same_clients_other_session_books_nothing(gerda):
    key, browser = make_invitation(), browser_of(gerda)
    form = hidden_fields(browser.get(book_url(key, TEN)))
    other = Browser()
    other.force_login(log_in_of("gerda@example.org"))
    assert posted(other, key, form).status_code == 422
    assert posted(browser, key, form).status_code == 303


def test_a_form_from_before_signing_in_books_nothing_afterwards(gerda):
    key, browser = make_invitation(), Browser()
    form = open_form(browser, f"/invite/{key.key}/", TEN)
    browser.force_login(log_in_of(gerda.email))
    assert_comes_back_as_typed(browser, key, posted(browser, key, form))
    assert Appointment.objects.get().client == gerda


def test_a_form_from_before_signing_out_books_nothing_afterwards(gerda):
    key, browser = make_invitation(), browser_of(gerda)
    form = hidden_fields(browser.get(book_url(key, TEN)))
    browser.logout()
    assert_comes_back_as_typed(browser, key, posted(browser, key, form))
    assert Appointment.objects.get().client is None


# What it costs, and what it leaves behind


def test_a_guest_without_a_session_costs_no_query_more(client, django_assert_num_queries):
    page = f"/invite/{make_invitation().key}/"
    client.get(page)
    with django_assert_num_queries(8):
        response = client.get(page)
    assert response.cookies == {}


def test_a_client_costs_three_queries_more(gerda, django_assert_num_queries):
    page, browser = f"/invite/{make_invitation().key}/", browser_of(gerda)
    browser.get(page)
    with django_assert_num_queries(8 + 3):
        browser.get(page)


def test_every_page_says_who_is_signed_in_and_offers_the_way_out(gerda):
    key, browser = make_invitation(), browser_of(gerda)
    appointment = press_book(browser, key)["Location"]
    for address in (f"/invite/{key.key}/", book_url(key, ELEVEN), appointment):
        page = text(browser.get(address))
        assert f'action="{reverse("account_logout")}"' in page
        assert "Gerda Gast" in page
        assert reverse("my_appointments") in page
