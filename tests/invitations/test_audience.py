"""To whom a link opens: nobody else sees a time or a name, and nobody else books."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse

from appointments.booking import Guest, SentForm
from appointments.models import Appointment, Client
from appointments.terms import Terms
from invitations import booking
from invitations.booking import NotAdmittedError
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationKey
from tests.clients import browser_of, log_in_of, make_client
from tests.factories import BERLIN, at, make_invitation, make_resource, make_territory
from tests.invitations.pages import hidden_fields, links, open_form, starts, text
from tests.invitations.sharing import make_website
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN = "2026-11-23T09:00:00Z"
NOW, START = at("2026-11-20 12:00"), at("2026-11-23 10:00")
GERDA = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)


@pytest.fixture
def gerda() -> Client:
    return make_client("Gerda Gast")


def make_key(audience: str, client: Client | None = None, **fields: object) -> InvitationKey:
    office = make_territory(email="office@example.com")
    host = make_resource(office, name="Dr. Anna Berger")
    key = make_invitation(host, territory=office, audience=audience, message="Dear you", **fields)
    key.client = client
    key.save()
    return key


def addresses(key: InvitationKey) -> list[str]:
    """Every page of a link, with and without what a guest chooses."""
    page = f"/invite/{key.key}/"
    return [
        page,
        f"{page}?tz=Asia/Tokyo&topic=1&place=1",
        f"{page}2026-W48/",
        f"{page}zone/",
        f"{page}2026-W48/zone/",
        f"{page}book/",
        f"{page}book/?start={TEN}",
    ]


def assert_says_nothing(page: str) -> None:
    for private in ("Berger", "Dear you", "data-slot", "10:00", "Gerda", "gerda@"):
        assert private not in page
    assert "office@example.com" in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("audience", ["clients", "recipient"])
def test_who_is_not_signed_in_is_asked_to_and_sees_nothing(gerda, audience, method):
    key = make_key(audience, gerda)
    for address in addresses(key):
        response = getattr(Browser(), method)(address)
        allowed = method != "post" or "book" in address
        assert response.status_code == (403 if allowed else 405), address
        if response.content and allowed:
            assert_says_nothing(text(response))
            assert response.cookies == {}


def test_the_way_to_sign_in_leads_back_to_the_very_page():
    key = make_key("clients")
    here = f"/invite/{key.key}/book/?tz=Asia/Tokyo&start={TEN}"
    page = Browser().get(here)
    [link] = [link for link in links(page) if link.startswith(reverse("account_login"))]
    assert parse_qs(urlsplit(link).query) == {"next": [here]}
    assert 'target="_top"' in text(page)


def test_of_a_form_that_was_sent_it_leads_back_to_the_form_and_gives_back_the_note():
    key = make_key("clients")
    sent = {"start": TEN, "description": "Bring the file"}
    page = Browser().post(f"/invite/{key.key}/book/?tz=Asia/Tokyo", sent)
    back = f"/invite/{key.key}/book/?tz=Asia/Tokyo&start={TEN}"
    assert f"next={quote(back, safe='')}" in text(page)
    assert "Bring the file" in text(page)


def test_signed_in_clients_see_the_times_and_book():
    key = make_key("clients")
    hans = make_client("Hans Huber")
    browser = browser_of(hans)
    page = f"/invite/{key.key}/"
    assert TEN in starts(browser.get(f"{page}2026-W48/"))
    form = hidden_fields(browser.get(f"{page}book/?start={TEN}"))
    assert browser.post(f"{page}book/", form).status_code == 303
    assert Appointment.objects.get().client == hans


def test_the_client_of_the_link_sees_the_times(gerda):
    key = make_key("recipient", gerda)
    assert TEN in starts(browser_of(gerda).get(f"/invite/{key.key}/2026-W48/"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_client_is_told_so_and_may_sign_in_as_somebody_else(gerda, method):
    key = make_key("recipient", gerda)
    browser = browser_of(make_client("Hans Huber"))
    for address in addresses(key):
        page = getattr(browser, method)(address)
        if page.status_code == 405:
            continue
        assert page.status_code == 403
        assert "You are signed in as Hans Huber" in text(page)
        assert_says_nothing(text(page))
        assert hidden_fields(page)["next"].startswith(reverse("account_login"))


@pytest.mark.parametrize("audience", ["clients", "recipient"])
def test_staff_and_who_has_no_record_are_told_so(gerda, audience):
    key = make_key(audience, gerda)
    stranger = Browser()
    stranger.force_login(log_in_of("stranger@example.com"))
    unproved = Browser()
    unproved.force_login(log_in_of(gerda.email, verified=False))
    for browser in (signed_in(make_administrator()), stranger, unproved):
        for address in addresses(key):
            page = browser.get(address)
            assert page.status_code == 403
            assert_says_nothing(text(page))
            assert "signed in as somebody who is none" in text(page)


def test_a_link_for_its_client_alone_without_one_opens_to_nobody(gerda):
    key = make_key("recipient")
    assert browser_of(gerda).get(f"/invite/{key.key}/").status_code == 403


def test_l3_a_closed_link_says_that_it_is_closed_whoever_it_is_for():
    key = make_key("clients", is_active=False)
    assert 'data-state="switched-off"' in text(Browser().get(f"/invite/{key.key}/"))


def test_the_command_asks_for_the_times_of_all(capsys):
    key = make_key("clients")
    call_command("openings", key.key, "--week", "2026-W48")
    assert TEN in capsys.readouterr().out.split()


# Inside the booking


def book(
    key: InvitationKey, *, signed_in: Client | None, token: str = "a form", guest: Guest = GERDA
) -> Appointment:
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    form = SentForm(token, NOW)
    return booking.book(key, terms, START, guest, form, NOW, signed_in=signed_in)


@pytest.mark.parametrize("audience", ["clients", "recipient"])
def test_b6_an_audience_that_was_narrowed_meanwhile_is_seen_under_the_lock(gerda, audience):
    key = make_key("anyone", gerda)
    Invitation.objects.update(audience=audience)
    with pytest.raises(NotAdmittedError):
        book(key, signed_in=None)
    assert not Appointment.objects.exists()
    assert book(key, signed_in=gerda).start == START


def test_b6_another_client_does_not_book_by_a_link_for_one_alone(gerda):
    key = make_key("recipient", gerda)
    with pytest.raises(NotAdmittedError):
        book(key, signed_in=make_client("Hans Huber"), guest=replace(GERDA, client=gerda))
    assert not Appointment.objects.exists()


def test_b5_what_this_form_booked_before_the_audience_was_narrowed_is_found(gerda):
    key = make_key("anyone")
    first = book(key, signed_in=None)
    Invitation.objects.update(audience="clients")
    assert book(key, signed_in=None) == first
    with pytest.raises(NotAdmittedError):
        book(key, signed_in=None, token="another form")


def test_b5_a_valid_form_of_earlier_books_no_more_but_finds_what_it_booked(client):
    key = make_key("anyone")
    url = f"/invite/{key.key}/"
    early, late = open_form(client, url, TEN), open_form(client, url, "2026-11-23T10:00:00Z")
    booked = client.post(f"{url}book/", early)
    Invitation.objects.update(audience="clients")
    assert client.post(f"{url}book/", early)["Location"] == booked["Location"]
    refused = client.post(f"{url}book/", {**late, "description": "Bring the file"})
    assert refused.status_code == 403
    assert "Bring the file" in text(refused)
    assert Appointment.objects.count() == 1


def test_the_audience_that_narrows_between_the_page_and_the_lock(client, monkeypatch):
    key = make_key("anyone")
    url = f"/invite/{key.key}/"
    form = open_form(client, url, TEN)
    lock = Invitation.lock

    def narrowed(pk: int) -> Invitation:
        Invitation.objects.update(audience="clients")
        return lock(pk)

    monkeypatch.setattr(Invitation, "lock", narrowed)
    page = client.post(f"{url}book/", form)
    assert (page.status_code, Appointment.objects.count()) == (403, 0)
    assert "Please sign in" in text(page)


# In frames


def test_l7_in_a_frame_nobody_is_signed_in(gerda):
    website = make_website(allowed_origins="https://www.bank.test")
    key = make_key("clients", website=website)
    browser, page = browser_of(gerda), f"/invite/{key.key}/"
    for destination in ("iframe", "frame", "embed", "object", "empty", ""):
        framed = browser.get(page, headers={"Sec-Fetch-Dest": destination})
        assert (framed.status_code, "Gerda" in text(framed)) == (403, False)
        assert "Please sign in" in text(framed)
    assert browser.get(page).status_code == 403
    assert browser.get(page, headers={"Sec-Fetch-Dest": "document"}).status_code == 200


def test_where_frames_are_refused_any_browser_is_believed(gerda):
    key = make_key("clients", website=make_website(allowed_origins=""))
    assert browser_of(gerda).get(f"/invite/{key.key}/").status_code == 200


def test_an_expired_audience_link_stays_expired_for_its_client(gerda):
    key = make_key("recipient", gerda, expiry_date=dt.date(2026, 11, 1))
    assert browser_of(gerda).get(f"/invite/{key.key}/").status_code == 410
