"""What a customer website loads and where its frame begins."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from appointments.models import Appointment
from invitations.development import customer_page_url
from invitations.keys import slot_url
from tests.factories import make_invitation
from tests.invitations.pages import links, open_form, starts, text
from tests.invitations.sharing import Reader, make_website

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

BANK = "https://www.bank.test"
START = "2026-11-23T09:00:00Z"


# The script


@pytest.fixture(params=["/embed/v1.js", "/embed.js"])
def address(request) -> str:
    """Of the script: the promised one, and that of websites that pasted it before."""
    return request.param


def test_l4_the_script_is_small_and_leads_to_the_sites_own_address(address):
    response = Client().get(address, headers={"accept-encoding": "gzip", "host": "evil.test"})
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 5000
    source = gzip.decompress(response.content).decode()
    assert 'new URL("http://testserver/invite/")' in source
    assert "evil.test" not in source


def test_the_script_is_kept_by_caches_and_not_sent_again_unchanged(address):
    first = Client().get(address)
    assert first["Cache-Control"] == "public, max-age=3600"
    again = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


# The way in


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("", ""),
        ("&start=2026-11-23T09:00:00Z", "book/?start=2026-11-23T09:00:00Z"),
        ("&tz=Asia/Tokyo&other=x", "?tz=Asia%2FTokyo"),
        ("&lang=de&start=2026-11-23T09:00:00Z", "book/?lang=de&start=2026-11-23T09:00:00Z"),
    ],
)
def test_l1_the_way_in_keeps_the_time_and_what_was_chosen(client, query, page):
    key = make_invitation()
    response = client.get(f"/invite/?invitationKey={key.key}{query}")
    assert response.status_code == 302
    assert response["Location"] == f"/invite/{key.key}/{page}"


def test_the_link_of_a_time_on_a_website_ends_at_the_details_of_that_time(client):
    key = make_invitation(website=make_website(page_url="http://testserver/invite/"))
    page = client.get(slot_url(key, START), follow=True)
    assert page.status_code == 200
    assert f'<time datetime="{START}">' in text(page)


# Its language


def test_the_language_of_a_link_leads_from_page_to_page_and_stays_with_the_appointment(client):
    website = make_website(allowed_origins=BANK)
    url = f"/invite/{make_invitation(website=website).key}/"
    week = client.get(f"{url}2026-W48/?lang=de")
    assert '<html lang="de">' in text(week)
    assert week["Content-Language"] == "de"
    slots = [link for link in links(week) if "start=" in link]
    assert all("lang=de" in link for link in slots)
    sent = open_form(client, url, starts(week)[0])
    booked = client.post(f"{url}book/?lang=de", sent)
    assert Appointment.objects.get().language == "de"
    assert '<html lang="de">' in text(client.get(booked["Location"]))


@pytest.mark.parametrize("lang", ["xx", "../de", ""])
def test_a_language_that_the_site_has_not_changes_nothing(client, lang):
    page = client.get(f"/invite/{make_invitation().key}/", {"lang": lang})
    assert '<html lang="en">' in text(page)


# What a framed page says to its website


def test_a_booking_is_said_to_a_website_that_may_show_it_and_to_nobody_else(client):
    said = {}
    for origins in ("", BANK):
        website = make_website(name=origins or "Nobody", allowed_origins=origins)
        url = f"/invite/{make_invitation(website=website).key}/"
        form = open_form(client, url, starts(client.get(f"{url}2026-W48/"))[0])
        response = client.post(f"{url}book/", form)
        page = text(client.get(response["Location"]))
        said[origins] = (
            "#booked" in response["Location"],
            "js/framed.js" in page,
            "Keep that e-mail" in page,  # in a frame nobody sees an address to keep
        )
    assert said == {"": (False, False, False), BANK: (True, True, True)}


def test_the_demos_customer_website_is_for_development_alone(client, settings):
    assert client.get("/customer-website/").status_code == 404
    settings.DEBUG = True
    page = client.get("/customer-website/")
    assert page.status_code == 200
    assert '<a href="http://testserver/invite/">' in text(page)


def test_the_demos_customer_website_signs_whom_it_knows(client, settings):
    settings.DEBUG = True
    website = make_website(page_url=customer_page_url())
    assert "data-prefill" not in text(client.get("/customer-website/?visitor=known"))
    website.renew_secret()
    assert "data-prefill" not in text(client.get("/customer-website/"))
    page = text(client.get("/customer-website/?visitor=known"))
    token = re.findall(r'data-prefill="([^"]+)"', page)[0]
    url = f"/invite/{make_invitation(website=website).key}/"
    start = starts(client.get(f"{url}2026-W48/"))[0]
    form = Reader(text(client.get(f"{url}book/", {"start": start, "prefill": token})))
    assert form.fields["id_email"] == "elena.rossi@example.com"
