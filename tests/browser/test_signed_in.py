"""A client's way: to sign in on a link, book without typing, and see what is theirs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Client, Status
from invitations.models import InvitationKey
from tests.browser.invitations import LETTER, LONG_NAME, make_host, make_office
from tests.browser.steps import choose_a_time, url_of
from tests.browser.test_booking import tab_to
from tests.browser.test_pages import look_at
from tests.clients import browser_of, make_client
from tests.factories import make_appointment, make_invitation, make_topic, make_work_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_link(client: Client | None = None, **fields: Any) -> InvitationKey:
    office = make_office()
    work = make_work_type(office)
    topic = make_topic(work, name=f"Vermögensnachfolge und Familienvermögen {work.pk}")
    key = make_invitation(make_host(office), territory=office, topic=topic, **fields)
    key.client = client
    key.save()
    return key


def enter_code(page: Page) -> None:
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[-1].body, re.M)
    assert code is not None
    page.get_by_label("Code").fill(code.group())
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, client: Client) -> None:
    """From the log-in page on."""
    page.get_by_label("E-mail address", exact=True).fill(client.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("heading", name="Enter your code").wait_for()
    enter_code(page)


def let_in(page: Page, client: Client) -> None:
    """Signed in already."""
    cookie = browser_of(client).cookies["sessionid"].value
    page.goto("/invite/")
    page.context.add_cookies(
        [{"name": "sessionid", "value": cookie, "domain": "localhost", "path": "/"}]
    )


@pytest.mark.parametrize(("scripts", "width"), [(False, 320), (True, 1280)])
def test_a_client_signs_in_books_without_typing_moves_cancels_and_opens_an_invitation(
    new_page, scripts, width
):
    gerda = make_client("Gerda Gast", verified_at=None)  # the first code proves the address
    link, personal = make_link(audience="clients"), make_link(gerda, audience="recipient")
    page = new_page(width, java_script_enabled=scripts)

    page.goto(url_of(link))
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in")
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, gerda)
    page.wait_for_url(f"**{url_of(link)}**")

    choose_a_time(page)
    expect(page.get_by_text("gerda@example.com")).to_be_visible()
    page.get_by_role("button", name="Book ").click()
    page.get_by_role("heading", name="You’re booked").wait_for()
    made = Appointment.objects.get()
    assert made.client == gerda

    page.get_by_role("link", name="My appointments", exact=True).click()
    expect(page.get_by_role("link", name="See it")).to_have_count(1)
    page.get_by_role("link", name="Choose another time").click()
    page.locator("[data-slot] a:visible").first.click()
    page.get_by_role("button", name="Move to ").click()
    page.wait_for_url(f"**{made.get_absolute_url()}?said=moved")
    assert Appointment.objects.get().start != made.start

    page.get_by_role("link", name="My appointments", exact=True).click()
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("heading", name="This appointment was cancelled").wait_for()
    assert Appointment.objects.get().status == Status.CANCELLED

    page.goto("/my/")
    page.get_by_role("link", name="Choose a time").click()
    page.wait_for_url(f"**{url_of(personal)}**")
    expect(page.locator("[data-slot]").first).to_be_attached()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in")


def test_a_client_books_by_keyboard_alone(new_page):
    gerda = make_client("Gerda Gast")
    page = new_page()
    let_in(page, gerda)
    page.goto(url_of(make_link()))
    tab_to(page, "[data-slot] a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/**")
    tab_to(page, "main form button.button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You’re booked").wait_for()
    assert Appointment.objects.get().client == gerda


def test_enter_in_a_field_books_and_does_not_sign_out(new_page):
    page = new_page()
    let_in(page, make_client("Gerda Gast"))
    page.goto(url_of(make_link(phone="required")))
    choose_a_time(page)
    page.get_by_label("Phone").fill("+49 30 1234")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You’re booked").wait_for()


def test_not_you_signs_out_and_leads_back_to_the_same_time(new_page):
    page = new_page()
    let_in(page, make_client("Gerda Gast"))
    page.goto(url_of(make_link()))
    choose_a_time(page)
    there = page.url
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(there)
    expect(page.get_by_label("First name")).to_be_visible()


# How it looks


def own_page_with_everything(page: Page) -> None:
    name = "Maximiliane-Charlotte Schwarzenberg-Hohenlohe-Waldenburg"
    client = make_client(name, email="maximiliane-charlotte@schwarzenberg-hohenlohe.example.com")
    link = make_link(client, until_date=dt.date(2027, 12, 24))
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    host = link.invitation.hosts.get().service_resource
    fields = {"client": client, "topic": link.invitation.topic}
    fields["territory"] = link.invitation.territory
    hour = dt.timedelta(hours=1)
    make_appointment(host, now + 24 * hour, **fields)
    make_appointment(host, now + 48 * hour, appointment_type="video", **fields)
    waits = {"status": Status.PENDING, "confirm_until": now + hour}
    make_appointment(host, now + 72 * hour, **waits, **fields)
    make_appointment(host, now - 72 * hour, **fields)
    make_appointment(host, now + 96 * hour, status=Status.CANCELLED, **fields)
    let_in(page, client)
    page.goto("/my/")
    page.locator("summary").click()


def own_page_that_is_empty(page: Page) -> None:
    let_in(page, make_client("Gerda Gast"))
    page.goto("/my/")


def own_page_of_nobody(page: Page) -> None:
    client = make_client("Gerda Gast")
    let_in(page, client)
    Client.objects.update(verified_at=None)
    page.goto("/my/")


def asked_to_sign_in(page: Page) -> None:
    page.goto(url_of(make_link(audience="clients")))


def for_somebody_else(page: Page) -> None:
    let_in(page, make_client("Gerda Gast"))
    page.goto(url_of(make_link(make_client("Hans Huber"), audience="recipient")))


def week_of_a_client(page: Page) -> None:
    let_in(page, make_client("Gerda Gast"))
    page.goto(url_of(make_link(message=LETTER)))


def details_of_a_client(page: Page) -> None:
    week_of_a_client(page)
    choose_a_time(page)


def details_of_a_guest(page: Page) -> None:
    page.goto(url_of(make_link()))
    choose_a_time(page)


def booked_as_a_client(page: Page) -> None:
    details_of_a_client(page)
    page.get_by_role("button", name="Book ").click()
    page.get_by_role("heading", name="You’re booked").wait_for()


PAGES = [
    own_page_with_everything,
    own_page_that_is_empty,
    own_page_of_nobody,
    asked_to_sign_in,
    for_somebody_else,
    week_of_a_client,
    details_of_a_client,
    details_of_a_guest,
    booked_as_a_client,
]


@pytest.mark.parametrize("reach", PAGES, ids=[reach.__name__ for reach in PAGES])
def test_every_page_of_a_client_fits_and_can_be_used_by_everybody(new_page, reach):
    page = new_page()
    reach(page)
    look_at(page, f"clients-{reach.__name__}")


def test_the_longest_name_of_a_host_fits(new_page):
    page = new_page(320)
    own_page_with_everything(page)
    expect(page.get_by_text(f"with {LONG_NAME}").first).to_be_visible()
