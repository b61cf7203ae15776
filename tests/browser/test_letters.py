"""A letter to a prospect, as its reader sees it, and the way out of it."""

from __future__ import annotations

import datetime as dt

import pytest

from invitations.models import DoNotContact, Letter
from invitations.prospects import letters
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import make_host, make_office
from tests.browser.test_pages import look_at
from tests.factories import make_topic
from tests.invitations.prospects.lists import make_list, make_recipient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = (
    "Dear {first_name} {last_name},\n\n"
    "once a year we look at your savings together: what has changed, what you plan, and what "
    "could work better for you.\n\n"
    "I have kept times for you until {until}. They are all at {link}, also in the evening.\n\n"
    "With kind regards\n{host}"
)


@pytest.fixture
def recipient(live_server, settings):
    settings.PUBLIC_BASE_URL = live_server.url
    office = make_office()
    invitation = {
        "territory": office,
        "topic": make_topic(name="Vermögensüberprüfung"),
        "until_date": dt.date(2030, 12, 24),
    }
    prospect_list = make_list(make_host(office), invitation=invitation, message=WORDS)
    names = {"first_name": "Friederike-Charlotte", "last_name": "von Schwarzenberg-Hohenlohe"}
    return make_recipient(prospect_list, "friederike@example.com", **names)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [768, 320])
def test_a_letter_reads_on_light_and_dark_and_its_button_leads_to_the_times(
    new_page, recipient, width, scheme
):
    page = new_page(width, color_scheme=scheme)
    for kind in Letter:
        html, _type = letters.preview(recipient, kind).alternatives[0]
        page.set_content(html)
        keep_screenshot(page, f"{kind}_{width}_{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    button = page.get_by_role("link", name="Choose a time")
    assert button.get_attribute("href").endswith(f"/invite/{recipient.key.key}/")


def test_who_wants_no_letters_says_so_by_one_press_without_a_script(new_page, recipient):
    page = new_page(360, java_script_enabled=False)
    page.goto(letters.unsubscribe_url(recipient))
    assert DoNotContact.objects.count() == 0
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    assert DoNotContact.objects.get().email == "friederike@example.com"


def test_the_way_out_looks_like_the_other_pages(new_page, recipient):
    page = new_page()
    page.goto(letters.unsubscribe_url(recipient))
    look_at(page, "unsubscribe")
    page.get_by_role("button", name="Unsubscribe").click()
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    look_at(page, "unsubscribed")
