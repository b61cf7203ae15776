"""Who may show guest pages in a frame, header by header (rule L7)."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from invitations.models import InvitationKey
from tests.factories import at, make_appointment, make_invitation
from tests.invitations.pages import links, open_form, starts
from tests.invitations.sharing import make_website

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

BANK, PARTNER = "https://www.bank.test", "http://localhost:8080"
MANAGED = ["appointment", "appointment_details", "appointment_cancel", "move"]


@pytest.fixture
def key() -> InvitationKey:
    """An invitation that opens on a website of two origins."""
    return make_invitation(website=make_website(allowed_origins=f"{BANK}\r\n{PARTNER}"))


def framed_by(response: HttpResponse) -> list[str]:
    """Who may frame a page, as a browser understands its headers."""
    policy = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == "'self'"
    if "X-Frame-Options" in response:
        assert (response["X-Frame-Options"], policy["frame-ancestors"]) == ("DENY", "'none'")
        return []
    return policy["frame-ancestors"].split()


def book(client: Client, key: InvitationKey) -> HttpResponse:
    url = f"/invite/{key.key}/"
    start = starts(client.get(f"{url}2026-W48/"))[0]
    return client.post(f"{url}book/", open_form(client, url, start))


def test_l7_each_guest_page_is_framed_by_exactly_the_origins_of_the_website(client, key):
    week = client.get(f"/invite/{key.key}/")
    pages = [week, client.get(f"/invite/{key.key}/zone/"), client.get(f"/invite/{key.key}/book/")]
    pages += [client.get(f"/invite/{key.key}/book/?start={starts(week)[0]}"), book(client, key)]
    for page in pages:
        assert framed_by(page) == [BANK, PARTNER]


@pytest.mark.parametrize("name", MANAGED)
def test_l7_what_was_booked_there_is_managed_there(client, key, name):
    book(client, key)
    page = client.get(reverse(name, args=[Appointment.objects.get().key]))
    assert (page.status_code, framed_by(page)) == (200, [BANK, PARTNER])


def test_l7_the_steps_of_moving_are_framed_too(client, key):
    book(client, key)
    week = client.get(reverse("move", args=[Appointment.objects.get().key]))
    steps = [link for link in links(week) if "/to/" in link or "/zone/" in link]
    assert len({link.split("?")[0] for link in steps}) == 2
    for link in steps[:2] + steps[-2:]:
        assert framed_by(client.get(link)) == [BANK, PARTNER]


def test_l7_a_closed_link_says_so_in_its_frame(client, key):
    key.invitation.is_active = False
    key.invitation.save()
    page = client.get(f"/invite/{key.key}/")
    assert (page.status_code, framed_by(page)) == (403, [BANK, PARTNER])


@pytest.mark.parametrize("name", ["appointment_confirm", "calendar_file"])
def test_l7_what_is_opened_from_a_mail_or_kept_as_a_file_is_not_framed(client, key, name):
    book(client, key)
    page = client.get(reverse(name, args=[Appointment.objects.get().key]))
    assert framed_by(page) == []


def test_l7_of_an_invitation_without_a_website_nothing_is_framed(client):
    key = make_invitation()
    assert framed_by(client.get(f"/invite/{key.key}/")) == []
    page = client.get(book(client, key)["Location"])
    assert (page.status_code, framed_by(page)) == (200, [])


@pytest.mark.parametrize("fields", [{"is_active": False}, {"allowed_origins": ""}])
def test_l7_a_website_that_is_switched_off_or_allows_nobody_frames_nothing(client, key, fields):
    book(client, key)
    for name, value in fields.items():
        setattr(key.invitation.website, name, value)
    key.invitation.website.save()
    appointment = reverse("appointment", args=[Appointment.objects.get().key])
    for address in (f"/invite/{key.key}/", appointment):
        assert framed_by(client.get(address)) == []


def test_l7_two_websites_of_one_origin_frame_each_their_own(client, key):
    branch = make_website(name="Branch", allowed_origins=BANK)
    there = make_invitation(website=branch)
    branch.is_active = False
    branch.save()
    assert framed_by(client.get(f"/invite/{key.key}/")) == [BANK, PARTNER]
    assert framed_by(client.get(f"/invite/{there.key}/")) == []


def test_l7_all_other_pages_refuse_frames_although_some_website_is_allowed(client, key):
    host = key.invitation.hosts.get().service_resource
    appointment = make_appointment(host, at("2026-11-23 09:00"))
    addresses = ["/invite/", "/admin/login/", f"/invite/{'x' * 32}/", "/theme.css"]
    for address in (*addresses, reverse("appointment", args=[appointment.key])):
        assert framed_by(client.get(address)) == []


def test_the_page_of_a_week_asks_no_more_for_a_website(client, key, django_assert_num_queries):
    client.get(f"/invite/{key.key}/")
    with django_assert_num_queries(8):
        client.get(f"/invite/{key.key}/")
