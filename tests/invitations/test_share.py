"""The share page: everything about a link, for those who may see the invitation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from appointments.models import Client as Guest
from invitations.keys import invitation_url
from invitations.models import CustomerWebsite, InvitationKey
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'self'; sandbox"
)


def address(key: InvitationKey, *rest: str) -> str:
    """Of the share page, or of what it shows of the link."""
    if not rest:
        return reverse("admin:invitations_invitation_link", args=[key.invitation_id])
    name, *kind = rest
    args = [key.invitation_id, key.pk, *kind]
    return reverse(f"admin:invitations_invitation_{name}", args=args)


PAGES = [(), ("qr", "svg"), ("qr", "png"), ("signature",), ("times",)]


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_administrator())


def make_website(**fields: Any) -> CustomerWebsite:
    fields = {"name": "Bank", "page_url": "https://www.bank.test/book", **fields}
    return CustomerWebsite.objects.create(**fields)


def make_personal(key: InvitationKey) -> InvitationKey:
    elena = Guest.objects.create(first_name="Elena", last_name="Rossi", email="elena@bank.test")
    return InvitationKey.objects.create(invitation=key.invitation, client=elena)


class Reader(HTMLParser):
    """What a page is made of: its tags with their attributes, and its fields by id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.fields: dict[str, str] = {}
        self._field = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "textarea":
            self._field = found["id"] or ""
            self.fields[self._field] = ""
        elif tag == "input" and found.get("id"):
            self.fields[found["id"] or ""] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._field = ""

    def handle_data(self, data: str) -> None:
        if self._field:
            self.fields[self._field] += data


def fields(response: HttpResponse) -> dict[str, str]:
    """What there is to copy, as a browser understands the page."""
    return Reader(text(response)).fields


def hrefs(html: str) -> list[str | None]:
    return [found.get("href") for tag, found in Reader(html).tags if tag == "a"]


# Who gets to see it


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(page):
    key, other = make_invitation(), make_invitation()
    host = other.invitation.hosts.get().service_resource
    for user in (own_user(host), make_assistant(host), make_user()):
        assert signed_in(user).get(address(key, *page)).status_code == 404
    anonymous = Client().get(address(key, *page))
    assert (anonymous.status_code, anonymous["Location"].split("?")[0]) == (302, "/admin/login/")


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


# The signature


def test_l7_previews_are_sandboxed_documents_and_only_the_page_may_frame_them(administrator):
    key = make_invitation()
    for name in ("signature", "times"):
        shown = administrator.get(address(key, name))
        assert shown["Content-Security-Policy"] == PREVIEW_POLICY
        assert shown["X-Frame-Options"] == "SAMEORIGIN"
    page = administrator.get(address(key))
    assert page["X-Frame-Options"] == "DENY"
    policy = page["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    frames = [found for tag, found in Reader(text(page)).tags if tag == "iframe"]
    assert [(frame["sandbox"], frame["src"].split("?")[0]) for frame in frames] == [
        (None, address(key, "times")),
        (None, address(key, "signature")),
    ]
    other = administrator.get(reverse("admin:invitations_invitation_changelist"))
    assert "frame-src" not in other["Content-Security-Policy"]


@pytest.mark.parametrize("snippet", ["signature-html", "times-html"])
def test_what_is_pasted_into_a_mail_is_inert(administrator, snippet):
    place = make_territory()
    host = make_resource(place, name="<script>alert(1)</script>", title='"><img src=x>')
    key = make_invitation(host, territory=place)
    page = administrator.get(address(key) + '?words=<img src="https://evil.test/x">')
    allowed = {"p": {"style"}, "strong": set(), "br": set(), "a": {"href", "style"}}
    for tag, found in Reader(fields(page)[snippet]).tags:
        assert set(found) <= allowed[tag]
        assert (found.get("href") or "http://testserver").startswith("http://testserver")
        assert "url(" not in (found.get("style") or "")


def test_names_and_words_are_text_in_the_signature(administrator):
    place = make_territory()
    host = make_resource(place, name="<script>alert(1)</script>", title="Tax & law")
    key = make_invitation(host, territory=place)
    copied = fields(administrator.get(address(key) + "?words=A <b>time</b>"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in copied["signature-html"]
    assert "A &lt;b&gt;time&lt;/b&gt;" in copied["signature-html"]
    assert copied["signature-text"] == (
        f"<script>alert(1)</script>\nTax & law\nA <b>time</b>: {invitation_url(key)}"
    )


def test_the_words_on_the_button_are_followed_by_both_snippets_and_the_preview(administrator):
    key = make_invitation()
    usual = fields(administrator.get(address(key)))
    assert ">Book a time with me</a>" in usual["signature-html"]
    asked = "?words=Talk to me & mine"
    copied = fields(administrator.get(address(key), {"words": "Talk to me & mine"}))
    assert ">Talk to me &amp; mine</a>" in copied["signature-html"]
    assert f"Talk to me & mine: {invitation_url(key)}" in copied["signature-text"]
    page = administrator.get(address(key), {"words": "Talk to me & mine"})
    frames = [found["src"] for tag, found in Reader(text(page)).tags if tag == "iframe"]
    assert frames[-1] == address(key, "signature") + "?words=Talk%20to%20me%20%26%20mine"
    assert ">Talk to me &amp; mine</a>" in text(administrator.get(frames[-1]))
    assert asked not in text(administrator.get(address(key)))


@pytest.mark.parametrize("words", ["", " ", "x" * 61])
def test_words_that_will_not_do_are_said_and_the_usual_ones_stand(administrator, words):
    page = administrator.get(address(make_invitation()), {"words": words})
    assert page.context["form"].errors
    assert "errorlist" in text(page)
    assert ">Book a time with me</a>" in fields(page)["signature-html"]


def test_l8_a_personal_link_is_in_no_signature_and_on_no_website(administrator):
    key = make_invitation(website=make_website())
    personal = make_personal(key)
    page = administrator.get(f"{address(key)}?link={personal.pk}")
    assert set(fields(page)) == {"link", "times-html", "times-text"}
    assert "for Elena Rossi alone" in text(page)


# The next free times


def test_each_time_is_a_link_to_its_booking_form(administrator, client):
    key = make_invitation()
    copied = fields(administrator.get(address(key)))
    links = hrefs(copied["times-html"])
    assert links[1] == f"http://testserver/invite/{key.key}/book/?start=2026-11-23T08:00:00Z"
    assert len(links) == 3
    for link in links:
        assert client.get(link).status_code == 200
    assert copied["times-text"] == (
        "Does one of these suit you? Times are Berlin time.\n\n"
        f"Friday, 20 November 2026, 12:00 – 12:30\n{links[0]}\n\n"
        f"Monday, 23 November 2026, 09:00 – 09:30\n{links[1]}\n\n"
        f"Tuesday, 24 November 2026, 09:00 – 09:30\n{links[2]}"
    )


def test_b7_a_time_taken_meanwhile_leads_to_the_nearest_ones(administrator, client):
    key = make_invitation()
    link = hrefs(fields(administrator.get(address(key)))["times-html"])[1]
    host = key.invitation.hosts.get().service_resource
    make_appointment(host, at("2026-11-23 09:00"))
    response = client.get(link)
    assert response.status_code == 409
    assert "2026-11-23T08:30:00Z" in text(response)


def test_times_of_a_website_lead_to_its_page(administrator):
    key = make_invitation(website=make_website())
    link = hrefs(fields(administrator.get(address(key)))["times-html"])[1]
    start = "2026-11-23T08:00:00Z"
    assert link == f"https://www.bank.test/book?invitationKey={key.key}&start={start}"


def test_without_times_the_page_says_why(administrator):
    host = make_resource(make_territory())
    said = {
        "link is closed": make_invitation(is_active=False),
        "choose the topic first": open_topic(),
        "No time is free": make_invitation(host, topic=None, work_type=None),
    }
    for words, key in said.items():
        page = administrator.get(address(key))
        assert words in text(page)
        assert "times-html" not in fields(page)
        assert "signature-html" in fields(page)


def open_topic() -> InvitationKey:
    place = make_territory()
    for _ in range(2):
        make_topic(make_work_type(place))
    return make_invitation(make_resource(place), topic=None, work_type=None)


# On a customer's website


def test_a_frame_and_a_link_are_there_for_a_website_alone(administrator):
    place = make_territory()
    host = make_resource(place, name='Anna "Ann" <Berger>')
    website = make_website(allowed_origins="https://www.bank.test")
    key = make_invitation(host, territory=place, website=website)
    page = administrator.get(address(key))
    ((tag, frame),) = Reader(fields(page)["frame"]).tags
    assert (tag, frame["src"]) == ("iframe", f"http://testserver/invite/{key.key}/")
    assert frame["title"] == 'Book a time with Anna "Ann" <Berger>'
    ((tag, link),) = Reader(fields(page)["plain-link"]).tags
    assert (tag, link["href"]) == ("a", f"https://www.bank.test/book?invitationKey={key.key}")
    assert "may not show the pages in a frame" not in text(page)
    assert "frame" not in fields(administrator.get(address(make_invitation())))


def test_a_website_whose_page_may_show_no_frame_is_told_so(administrator):
    key = make_invitation(website=make_website(allowed_origins="https://other.test"))
    page = text(administrator.get(address(key)))
    assert "https://www.bank.test may not show the pages in a frame" in page


def test_a_website_that_is_switched_off_gets_nothing(administrator):
    key = make_invitation(website=make_website(is_active=False))
    page = administrator.get(address(key))
    assert "frame" not in fields(page)
    assert fields(page)["link"] == f"http://testserver/invite/{key.key}/"
