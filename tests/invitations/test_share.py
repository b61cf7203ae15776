"""The share page: who sees it, what it says, the link and its QR code."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import zxingcpp
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from appointments.models import Client as Guest
from invitations.keys import invitation_url
from invitations.models import InvitationKey
from tests.factories import (
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import text
from tests.invitations.sharing import address, fields, make_personal, make_website
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

PAGES = [(), ("qr", "svg"), ("qr", "png"), ("signature",), ("times",)]


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_administrator())


# Who gets to see it


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(page):
    key, other = make_invitation(), make_invitation()
    host = other.invitation.hosts.get().service_resource
    for user in (own_user(host), make_assistant(host), make_user()):
        assert signed_in(user).get(address(key, *page)).status_code == 404
    anonymous = Client().get(address(key, *page))
    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (
        302,
        "/account/sign-in/",
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_those_who_act_for_a_host_find_everything_and_no_cache_keeps_it(make, page):
    key = make_invitation()
    user = make(key.invitation.hosts.get().service_resource)
    response = signed_in(user).get(address(key, *page))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_link_is_found_under_its_own_invitation_only(administrator, page):
    key, other = make_invitation(), make_invitation()
    other.invitation_id = key.invitation_id
    assert administrator.get(address(other, *page)).status_code == 404


@pytest.mark.parametrize("asked", ["?link=0", "?link=x", "?link="])
def test_a_page_for_an_unknown_link_does_not_exist(administrator, asked):
    assert administrator.get(address(make_invitation()) + asked).status_code == 404


def test_links_of_clients_are_for_those_who_may_see_clients():
    key = make_invitation()
    personal = make_personal(key)
    host = key.invitation.hosts.get().service_resource
    page = f"{address(key)}?link={personal.pk}"
    sees = signed_in(make_assistant(host))
    does_not = signed_in(make_assistant(host, can_see_appointments=False))
    assert "Elena Rossi" in text(sees.get(page))
    assert does_not.get(page).status_code == 404
    assert "Elena" not in text(does_not.get(address(key)))
    assert does_not.get(address(personal, "qr", "svg")).status_code == 404
    key.delete()
    alone = does_not.get(address(personal))
    assert personal.key not in text(alone)
    assert "those of single clients" in text(alone)


# What it says


def test_the_summary_says_whose_time_is_offered_for_what_and_by_whom(administrator):
    place = make_territory(name="Berlin Mitte")
    anna, tom = make_resource(place, name="Anna Berger"), make_resource(place, name="Tom Reed")
    carla = User.objects.create_user("carla", first_name="Carla", last_name="Weber")
    key = make_invitation(
        anna,
        tom,
        any_host=True,
        territory=place,
        topic=make_topic(make_work_type(place), name="Annual review"),
        from_date=at("2026-11-23 00:00").date(),
        until_date=at("2026-11-27 00:00").date(),
        max_bookings=5,
        max_per_guest=1,
        message="Dear <b>friend</b>",
        owner=anna,
        created_by=carla,
        on_behalf_of=anna,
    )
    page = text(administrator.get(address(key)))
    said = re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", page)
    assert "Annual review with Anna Berger or Tom Reed" in page
    assert ">Open</span>" in page
    assert "Dear &lt;b&gt;friend&lt;/b&gt;" in page
    assert dict(said) == {
        "How": "In person",
        "Place": "Berlin Mitte",
        "Days": "23 – 27 November 2026",
        "Link works until": "27 November 2026",
        "Bookings": "0 of 5, at most 1 per guest",
        "Belongs to": "Anna Berger",
        "Generated": "Fri 20 Nov 2026, 12:00 (Berlin), by Carla Weber for Anna Berger",
    }


def test_what_is_left_to_the_guest_is_said(administrator):
    key = make_invitation(make_resource(make_territory()), topic=None, work_type=None)
    said = dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", text(administrator.get(address(key)))))
    assert (said["About"], said["Place"]) == ("the guest chooses", "the guest chooses")


def test_queries_are_the_same_for_one_link_and_for_thirty(administrator):
    key = make_invitation()
    make_personal(key)
    administrator.get(address(key))
    with CaptureQueriesContext(connection) as few:
        administrator.get(address(key))
    for number in range(30):
        guest = Guest.objects.create(first_name="G", last_name=str(number), email="g@bank.test")
        InvitationKey.objects.create(invitation=key.invitation, client=guest)
    with CaptureQueriesContext(connection) as many:
        administrator.get(address(key))
    assert len(many) == len(few)


# The link and its QR code


@pytest.mark.parametrize("has_website", [False, True])
def test_the_qr_code_says_exactly_the_url_that_is_shown(administrator, has_website):
    page = "https://www.bank.test/book?lang=de#times"
    key = make_invitation(website=make_website(page_url=page) if has_website else None)
    picture = administrator.get(address(key, "qr", "png"))
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)))
    shown = fields(administrator.get(address(key)))["link"]
    assert code.text == shown == invitation_url(key)
    assert key.key in shown


@pytest.mark.parametrize(("kind", "content"), [("svg", "image/svg+xml"), ("png", "image/png")])
def test_a_qr_code_is_saved_as_a_file_of_its_kind(administrator, kind, content):
    key = make_invitation()
    response = administrator.get(address(key, "qr", kind))
    assert response["Content-Type"] == content
    name = f"invitation-{key.invitation_id}-{key.pk}.{kind}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_qr_code_is_a_picture_without_scripts_or_styles(administrator):
    svg = text(administrator.get(address(make_invitation(), "qr", "svg")))
    assert set(re.findall(r"<([a-z]+)", svg)) == {"svg", "g", "path"}
    assert "style" not in svg


def test_other_kinds_of_qr_code_do_not_exist(administrator):
    assert administrator.get(address(make_invitation(), "qr", "exe")).status_code == 404


@pytest.mark.parametrize("has_website", [False, True])
def test_l4_nothing_is_built_from_the_requests_host(administrator, has_website):
    key = make_invitation(website=make_website() if has_website else None)
    for page in PAGES:
        response = administrator.get(address(key, *page), headers={"host": "evil.example"})
        assert response.status_code == 200
        assert b"evil.example" not in response.content
        if page == ("qr", "png"):
            (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(response.content)))
            assert code.text == invitation_url(key)
