"""Confirming a booking from the mail, as a guest sees it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from appointments.models import Appointment, OutboxMessage
from scheduling.models import SchedulingPolicy
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import make_host, make_office
from tests.browser.steps import choose_a_time, fill_in, send, url_of
from tests.browser.test_pages import look_at
from tests.factories import make_invitation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(new_page):
    """The page right after a booking that is to be confirmed within an hour."""
    SchedulingPolicy.objects.create(name="Careful", is_default=True, confirm_within=60)
    office = make_office()
    page = new_page()
    page.goto(url_of(make_invitation(make_host(office), territory=office)))
    choose_a_time(page)
    fill_in(page)
    send(page)
    page.get_by_role("heading", name="One step left: please confirm").wait_for()
    return page


def test_a_guest_opens_the_mail_and_presses_its_button(page):
    look_at(page, "to_confirm")
    call_command("worker", "--once")
    [letter] = mail.outbox
    [link] = re.findall(r"http://testserver(/appointment/\S+)", letter.body)
    own_page = page.url
    page.goto(link)
    look_at(page, "confirming")
    page.get_by_role("button", name=re.compile("^Confirm ")).click()
    page.get_by_role("heading", name="You’re booked").wait_for()
    assert page.url == own_page


def test_a_guest_confirms_by_keyboard_alone_and_without_scripts(page, new_page):
    call_command("worker", "--once")
    [link] = re.findall(r"http://testserver(/appointment/\S+)", mail.outbox[0].body)
    plain = new_page(360, java_script_enabled=False)
    plain.goto(link)
    for _ in range(20):
        plain.keyboard.press("Tab")
        if plain.locator("button:focus").count():
            break
    plain.keyboard.press("Enter")
    plain.get_by_role("heading", name="You’re booked").wait_for()


def test_a_guest_without_the_mail_asks_for_it_again(page):
    before = timezone.now() - dt.timedelta(minutes=5)
    OutboxMessage.objects.update(created_at=before)
    page.reload()
    look_at(page, "to_confirm_again")
    page.get_by_role("button", name="Send it again").click()
    page.get_by_text("you can have it sent again here").wait_for()
    assert OutboxMessage.objects.filter(kind="guest_confirm").count() == 2


def test_a_guest_who_comes_too_late_finds_the_way_back(page):
    Appointment.objects.update(confirm_until=timezone.now())
    page.reload()
    look_at(page, "lapsed")
    page.get_by_role("link", name="See all free times").click()
    page.locator("[data-slot]").first.wait_for()


def test_the_mail_is_a_letter_with_one_button(page, new_page):
    call_command("worker", "--once")
    for width in (1280, 360):
        letter = new_page(width)
        letter.set_content(mail.outbox[0].alternatives[0].content)
        assert letter.locator("a.button").inner_text() == "Confirm the appointment"
        assert letter.evaluate("document.documentElement.scrollWidth") <= width
        keep_screenshot(letter, f"mail_to_confirm-{width}")
