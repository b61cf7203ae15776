"""A guest's whole way through real pages: with and without scripts, by hand and by keyboard."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from appointments.models import Appointment
from tests.browser.invitations import full_week
from tests.browser.steps import a_time, choose_a_time, fill_in, send, take_away, url_of
from tests.factories import make_invitation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_a_guest_books_with_and_without_scripts(new_page, scripts, width):
    page = new_page(width, java_script_enabled=scripts, color_scheme="dark")
    page.goto(url_of(make_invitation()))
    start = choose_a_time(page)
    expect(page.get_by_role("button", name="Book ")).to_be_visible()
    fill_in(page)
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("The house on the lake")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked")
    appointment = Appointment.objects.get()
    assert page.url.endswith(appointment.get_absolute_url())
    assert (appointment.start, appointment.description) == (start, "The house on the lake")


def test_a_guest_books_by_keyboard_alone(new_page):
    page = new_page()
    page.goto(url_of(make_invitation()))
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the times")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[data-slot] a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/**")
    for name, text in (("first_name", "Gerda"), ("last_name", "Gast"), ("email", "g@example.com")):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(text)
    tab_to(page, "form button.button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked")


@pytest.mark.parametrize("scripts", [False, True])
def test_a_guest_answers_reads_over_changes_and_books(new_page, scripts):
    key = make_invitation(
        phone="required",
        questions="Do you come alone? *\nWhich of your contracts shall we look at together?",
        has_review=True,
        confirmation="Please bring your passport.",
    )
    page = new_page(320, java_script_enabled=scripts)
    page.goto(url_of(key))
    choose_a_time(page)
    is_sound(page, scripts)
    fill_in(page)
    page.get_by_label("Phone").fill("+49 30 123")
    page.get_by_label("Do you come alone?").fill("With <Hans>")
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("\nTwo\nlines")
    page.get_by_role("button", name="Check, then book").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please check, then book")
    expect(page.get_by_text("With <Hans>")).to_be_visible()
    is_sound(page, scripts)
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Note")).to_have_value("\nTwo\nlines")
    page.get_by_label("Do you come alone?").fill("Alone")
    page.get_by_role("button", name="Check, then book").click()
    assert not Appointment.objects.exists()
    page.get_by_role("button", name="Book ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked")
    expect(page.get_by_text("Please bring your passport.")).to_be_visible()
    expect(page.get_by_text("Alone", exact=True)).to_be_visible()
    is_sound(page, scripts)
    appointment = Appointment.objects.get()
    assert appointment.answers == [["Do you come alone?", "Alone"]]
    assert appointment.description.split() == ["Two", "lines"]


def is_sound(page, scripts):
    """Nothing is wider than the screen, and no guideline is broken."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if scripts:  # without them axe waits for ever
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()


def tab_to(page, selector):
    """Press Tab until the focus is there; what has it is always seen to have it."""
    focused = "selector => document.activeElement.matches(selector)"
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(ring) != "none"
        if page.evaluate(focused, selector):
            return
    pytest.fail(f"No way to {selector} by keyboard")


@pytest.mark.parametrize("scripts", [False, True])
def test_b7_when_the_time_has_gone_one_press_books_another(new_page, scripts):
    key = make_invitation()
    page = new_page(375, java_script_enabled=scripts)
    page.goto(url_of(key))
    start = choose_a_time(page)
    fill_in(page)
    take_away(key, start)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("This time is no longer free")
    expect(page.get_by_label("Last name")).to_have_value("Gast")
    offers = page.locator("button[name=start]")
    expect(offers).to_have_count(3)
    offer = offers.nth(1).get_attribute("value")
    offers.nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked")
    assert f"{Appointment.objects.get().start:%Y-%m-%dT%H:%M:%SZ}" == offer


def test_b7_the_enter_key_chooses_no_time_for_the_guest(new_page):
    key = make_invitation()
    page = new_page()
    page.goto(url_of(key))
    start = choose_a_time(page)
    fill_in(page)
    take_away(key, start)
    send(page)
    page.get_by_label("Last name").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("This time is no longer free")
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("scripts", [False, True])
def test_errors_are_said_on_top_and_lead_to_their_fields(new_page, scripts):
    page = new_page(320, java_script_enabled=scripts)
    page.goto(url_of(make_invitation()))
    choose_a_time(page)
    page.get_by_label("First name").fill("Gerda")
    send(page)
    summary = page.locator(".notice.bad")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(["Last name", "E-mail address"])
    summary.get_by_role("link", name="Last name").click()
    field = page.get_by_label("Last name")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("Please fill this in"))
    expect(page.get_by_label("First name")).to_have_value("Gerda")


def test_t5_the_browsers_zone_joins_a_link_that_has_none(new_page):
    page = new_page(timezone_id="America/New_York")
    page.goto(url_of(make_invitation(appointment_type="phone")))
    page.wait_for_url("**/?tz=America%2FNew_York")
    expect(page.locator(".clocks")).to_contain_text("New York")
    a_time(page).click()
    page.wait_for_url("**tz=America%2FNew_York**")
    expect(page.locator(".chosen")).to_contain_text("New York time")


def test_t5_a_zone_in_the_link_is_left_alone(new_page):
    page = new_page(timezone_id="America/New_York")
    page.goto(url_of(make_invitation(), "?tz=Asia/Tokyo"))
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/?tz=Asia/Tokyo")


def test_t5_another_zone_is_chosen_without_scripts_and_leads_back_to_the_week(new_page):
    page = new_page(java_script_enabled=False)
    page.goto(url_of(make_invitation(appointment_type="phone")))
    page.get_by_role("link", name="Next week").click()
    week = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Country and city").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Show times").click()
    assert page.url.endswith(f"/{week}/?tz=Asia%2FTokyo")
    expect(page.locator(".clocks")).to_contain_text("Times are shown for Tokyo")


def test_a_second_press_does_not_send_a_form_again(new_page):
    page = new_page()
    page.goto(url_of(make_invitation()))
    choose_a_time(page)
    fill_in(page)
    kept_back = page.evaluate(
        """() => {
          const seen = [], button = document.querySelector("form button.button");
          addEventListener("submit", (event) => seen.push(event.defaultPrevented));
          button.click();
          button.click();
          return seen;
        }"""
    )
    assert kept_back == [False, True]
    expect(page.get_by_role("heading", level=1)).to_have_text("You’re booked")
    assert Appointment.objects.count() == 1


def test_folded_times_open_without_scripts(new_page):
    page = new_page(320, java_script_enabled=False)
    page.goto(url_of(full_week()))
    page.get_by_role("link", name="Next week").click()
    before = page.locator("[data-slot] a:visible").count()
    page.get_by_text("Show all").first.click()
    assert page.locator("[data-slot] a:visible").count() > before
