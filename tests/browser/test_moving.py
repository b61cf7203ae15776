"""Moving, correcting and cancelling an appointment, as a guest and their tools see it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from appointments.models import Appointment, Status
from scheduling.models import SchedulingPolicy, TimeSlot
from tests.browser.invitations import make_host, make_office
from tests.browser.steps import choose_a_time, fill_in, send, take_away, url_of
from tests.browser.test_booking import tab_to
from tests.browser.test_pages import look_at
from tests.factories import make_invitation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def booked(page, **fields):
    """The guest's own page right after a booking; returns the invitation's key."""
    office = make_office()
    key = make_invitation(make_host(office), territory=office, **fields)
    page.goto(url_of(key))
    choose_a_time(page)
    fill_in(page)
    send(page)
    page.get_by_role("heading", name="You’re booked").wait_for()
    return key


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_guest_moves_corrects_and_cancels_with_and_without_scripts(new_page, scripts, width):
    page = new_page(width, java_script_enabled=scripts)
    booked(page)
    own_page, before = page.url, Appointment.objects.get().start
    page.get_by_role("link", name="Choose another time").click()
    expect(page.locator(".present")).to_be_visible()
    page.locator("[data-slot] a:visible").first.click()
    page.get_by_role("button", name="Move to ").click()
    expect(page).to_have_url(f"{own_page}?said=moved")
    expect(page.get_by_role("status")).to_have_text("It has moved to this time.")
    after = Appointment.objects.get().start
    assert after != before
    expect(page.locator(f"time[datetime='{after:%Y-%m-%dT%H:%M:%SZ}']").first).to_be_visible()

    page.get_by_role("link", name="Correct your details").click()
    page.get_by_label("E-mail").fill("gerda@new.example.com")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{own_page}?said=details")
    assert Appointment.objects.get().email == "gerda@new.example.com"

    page.get_by_role("link", name="cancel it").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This appointment was cancelled")
    assert Appointment.objects.get().status == Status.CANCELLED


def test_a_guest_moves_by_keyboard_alone(new_page):
    page = new_page()
    booked(page)
    before = Appointment.objects.get().start
    tab_to(page, ".ways a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/move/")
    tab_to(page, "[data-slot] a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/move/to/**")
    tab_to(page, "form button.button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You’re booked").wait_for()
    assert Appointment.objects.get().start != before


def test_a_guest_cancels_by_keyboard_alone(new_page):
    page = new_page()
    booked(page)
    tab_to(page, ".ways li:last-child a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cancel/")
    tab_to(page, "form button.button")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="This appointment was cancelled").wait_for()


def test_the_pages_for_moving_are_sound(new_page):
    page = new_page()
    key = booked(page)
    page.get_by_role("link", name="Choose another time").click()
    look_at(page, "moving")
    start = choose_a_time(page)
    look_at(page, "moving_to")
    take_away(key, start)
    page.get_by_role("button", name="Move to ").click()
    page.get_by_role("heading", name="This time is no longer free").wait_for()
    look_at(page, "moving_time_gone")


def test_where_nothing_else_is_free_the_page_is_sound(new_page):
    page = new_page()
    booked(page)
    TimeSlot.objects.all().delete()
    page.get_by_role("link", name="Choose another time").click()
    page.get_by_role("heading", name="There is no other time at the moment").wait_for()
    look_at(page, "moving_nothing_free")


def test_too_late_to_move_is_a_sound_page(new_page):
    page = new_page()
    booked(page)
    SchedulingPolicy.objects.create(name="Strict", is_default=True, move_cutoff=500_000)
    page.goto(f"{page.url}move/")
    page.get_by_role("heading", name="This can’t be changed here any more").wait_for()
    look_at(page, "moving_too_late")


def test_correcting_is_sound_with_and_without_errors(new_page):
    page = new_page()
    booked(page)
    page.get_by_role("link", name="Correct your details").click()
    look_at(page, "correcting")
    page.get_by_label("E-mail").fill("gerda@")
    page.get_by_label("First name").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Please check your details")).to_be_focused()
    look_at(page, "correcting_with_errors")


def test_what_is_over_offers_nothing_to_change(new_page):
    page = new_page()
    booked(page)
    an_hour_ago = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(hours=1)
    Appointment.objects.update(start=an_hour_ago - dt.timedelta(hours=1), end=an_hour_ago)
    page.reload()
    expect(page.get_by_role("link", name="Choose another time")).to_have_count(0)
    expect(page.get_by_role("link", name="Correct your details")).to_have_count(0)
