"""The page of a list as its office sees it, and the story that it tells from upload to booking."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from invitations.models import ProspectList
from tests.browser.conftest import keep_screenshot
from tests.browser.steps import choose_a_time, send
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import make_resource, make_territory, make_topic, make_work_type
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import deliver_all, make_list
from tests.invitations.prospects.tables import csv_of, people
from tests.staff import make_assistant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (768, "light"),
    (320, "light"),
    (1280, "dark"),
]
PAGES = ("changelist", "recipients", "check", "change", "extend", "recipient")
MESSAGE = "Dear {first_name} {last_name},\n\nonce a year we look at your plans together.\n\n{host}"


@pytest.fixture
def office() -> ProspectList:
    """A list with a past, of somebody whose assistant looks after it."""
    territory = make_territory(name="Berlin Mitte")
    topic = make_topic(make_work_type(territory), name="Jahresgespräch zur Vermögensplanung")
    host = make_resource(territory, name="Anna Berger", title="Wealth manager")
    invitation = {"territory": territory, "topic": topic, "owner": host}
    name = "Herbst: Vermögensverwaltungskunden im Großraum Berlin-Brandenburg"
    prospect_list = make_list(
        host,
        invitation=invitation,
        name=name,
        subject="Your yearly review with {host}",
        message=MESSAGE,
    )
    live(prospect_list, add_people(prospect_list, 180), seed=3)
    ProspectList.objects.filter(pk=prospect_list.pk).update(started_at=timezone.now())
    return prospect_list


def address(name: str, prospect_list: ProspectList) -> str:
    if name == "recipient":
        booked = prospect_list.recipients.filter(key__bookings__isnull=False).earliest("pk")
        return reverse("admin:invitations_recipient_change", args=[booked.pk])
    args = [] if name == "changelist" else [prospect_list.pk]
    return reverse(f"admin:invitations_prospectlist_{name}", args=args)


def assistant_of(prospect_list: ProspectList) -> User:
    owner = prospect_list.invitation.owner
    assert owner is not None
    return make_assistant(owner)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_list_suits_people_and_their_tools(
    new_page: Callable[..., Page], office: ProspectList, name: str
) -> None:
    page = new_page()
    sign_in(page, assistant_of(office))
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address(name, office), wait_until="networkidle")
        keep_screenshot(page, f"prospects-{name}-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def fill_list(page: Page) -> None:
    """Paste two hundred people, and write a letter."""
    page.get_by_role("link", name="Add recipients").click()
    table = csv_of([("First name", "Last name", "E-mail"), *people(200)], "\t")
    page.get_by_label("Paste a table").fill(table)
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Add 200 people").click()
    page.get_by_role("link", name="Letter", exact=True).click()
    page.get_by_label("Subject:").fill("Time for {first_name}")
    page.get_by_label("Letter:").fill("Dear {first_name} {last_name},\n\nsee you soon, {host}")
    page.get_by_label("Mails per minute:").fill("6000")
    page.get_by_role("button", name="Save", exact=True).click()


def link_to(address: str) -> str:
    """What the letter to an address leads to."""
    (letter,) = [each for each in mail.outbox if each.to == [address]]
    found = re.search(r"http\S+/invite/\S+/", str(letter.body))
    assert found is not None
    return found[0]


def test_from_two_hundred_names_to_a_booking_that_the_list_shows(
    new_page: Callable[..., Page], live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_BASE_URL = live_server.url
    territory = make_territory()
    make_topic(make_work_type(territory), name="Annual review")
    host = make_resource(territory, name="Anna Berger")
    page = new_page()
    sign_in(page, make_assistant(host))
    page.goto(reverse("admin:invitations_prospectlist_changelist"))
    page.get_by_role("link", name="New list").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Create with these settings").click()
    expect(page.get_by_text("Nothing has gone out yet.")).to_be_visible()
    fill_list(page)

    page.get_by_role("link", name="Check and send").click()
    expect(page.get_by_text("200 letters would go out")).to_be_visible()
    letters = page.locator(".examples iframe")
    expect(letters).to_have_count(3)
    expect(letters.nth(0).content_frame.get_by_text("Dear Paula Prospect 1,")).to_be_visible()
    expect(page.locator(".examples figcaption strong").nth(0)).to_have_text("Time for Paula")
    page.get_by_role("button", name="Send 200 letters").click()
    expect(page.get_by_text("200 letters are in line.")).to_be_visible()
    expect(page.locator("#list-head .list-state")).to_contain_text("Being sent")

    time.sleep(2)  # at six thousand a minute
    assert deliver_all() == 200
    expect(page.locator("#list-head .list-state")).not_to_contain_text("Being sent", timeout=9000)
    expect(page.get_by_role("row", name="Sent 200 100 %")).to_be_visible()
    assert len({each.to[0] for each in mail.outbox}) == 200

    guest = new_page(390)
    guest.goto(link_to("paula7@example.com"))
    choose_a_time(guest)
    send(guest)
    expect(guest.locator("h1")).to_contain_text("booked")
    appointment = Appointment.objects.get()
    assert (appointment.guest_name, appointment.email) == ("Paula Prospect 7", "paula7@example.com")

    page.reload()
    page.locator(".funnel").get_by_role("link", name="Booked").click()
    row = page.locator("#result_list tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Paula Prospect 7")
    row.locator(".field-meeting a").click()
    expect(page).to_have_url(
        re.compile(reverse("admin:appointments_appointment_change", args=[appointment.pk]))
    )


def test_without_scripts_sending_is_followed_by_looking_again(
    new_page: Callable[..., Page], office: ProspectList
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, assistant_of(office))
    page.goto(address("recipients", office))
    page.get_by_role("button", name="Pause sending").click()
    expect(page.get_by_text("Sending is paused.")).to_be_visible()
    page.get_by_role("button", name="Resume sending").click()
    expect(page.locator(".list-state")).to_contain_text("Being sent")
    page.get_by_role("link", name="Look again").click()
    expect(page.locator(".list-state")).to_contain_text("Being sent")
