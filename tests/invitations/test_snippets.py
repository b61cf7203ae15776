"""What is pasted elsewhere: the signature, the next free times, a frame."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from invitations.keys import invitation_url
from invitations.models import InvitationKey
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
from tests.invitations.sharing import Reader, address, fields, hrefs, make_personal, make_website
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]

PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'self'; sandbox"
)


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_administrator())


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
    page = administrator.get(address(key), {"words": "Talk to me & mine"})
    assert ">Talk to me &amp; mine</a>" in fields(page)["signature-html"]
    assert f"Talk to me & mine: {invitation_url(key)}" in fields(page)["signature-text"]
    frames = [found["src"] for tag, found in Reader(text(page)).tags if tag == "iframe"]
    assert frames[-1] == address(key, "signature") + "?words=Talk%20to%20me%20%26%20mine"
    assert ">Talk to me &amp; mine</a>" in text(administrator.get(frames[-1]))


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
        "Does one of these times suit you (Berlin time)?\n\n"
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


def test_the_script_of_a_website_goes_by_its_own_key_and_leads_on_without_javascript(administrator):
    website = make_website(allowed_origins="https://www.bank.test")
    key = make_invitation(website=website)
    box, link, script = Reader(fields(administrator.get(address(key)))["script"]).tags
    assert box == ("div", {"data-invitation": None, "data-invitation-key": key.key})
    assert link == ("a", {"href": f"http://testserver/invite/{key.key}/"})
    assert script == ("script", {"src": "http://testserver/embed/v1.js", "async": None})


def test_the_script_of_a_pop_up_differs_by_its_mode_alone(administrator):
    key = make_invitation(website=make_website(allowed_origins="https://www.bank.test"))
    copied = fields(administrator.get(address(key)))
    mode = ' data-mode="popup"'
    assert copied["popup"].replace(mode, "") == copied["script"]
    assert f'data-invitation-key="{key.key}"{mode}' in copied["popup"]


def test_an_origin_counts_as_browsers_write_it(administrator):
    website = make_website(page_url="HTTPS://Www.Bank.test:443/book")
    website.allowed_origins = "https://www.bank.test"
    website.save()
    page = text(administrator.get(address(make_invitation(website=website))))
    assert "may not show the pages in a frame" not in page


def test_a_website_whose_page_may_show_no_frame_is_told_so(administrator):
    key = make_invitation(website=make_website(allowed_origins="https://other.test"))
    page = text(administrator.get(address(key)))
    assert "https://www.bank.test may not show the pages in a frame" in page


def test_a_website_that_is_switched_off_gets_nothing(administrator):
    key = make_invitation(website=make_website(is_active=False))
    page = administrator.get(address(key))
    assert "frame" not in fields(page)
    assert fields(page)["link"] == f"http://testserver/invite/{key.key}/"
