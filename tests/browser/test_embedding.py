"""Invitations on customer websites: another site, in a browser that blocks third-party cookies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from appointments.models import Appointment
from invitations.models import InvitationKey
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import make_host, make_office
from tests.browser.steps import take_away
from tests.browser.websites import Website, serving
from tests.factories import make_invitation
from tests.invitations.sharing import make_website

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank() -> Iterator[Website]:
    with serving() as website:
        yield website


@pytest.fixture
def key(bank: Website, live_server: Any, settings: Any) -> InvitationKey:
    settings.PUBLIC_BASE_URL = live_server.url
    office = make_office()
    website = make_website(page_url=f"{bank.origin}/book", allowed_origins=bank.origin)
    return make_invitation(make_host(office), territory=office, website=website)


def script(live_server: Any, attributes: str = "") -> str:
    """What a website pastes; without a key of its own, it goes by that in its address."""
    return (
        f'<div data-invitation {attributes}><a href="{live_server.url}/invite/">Book</a></div>'
        f'<script src="{live_server.url}/embed.js" async></script>'
    )


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box
    return box["height"]


def choose(frame: FrameLocator) -> dt.datetime:
    """Press the last free time of the week after next."""
    frame.get_by_role("link", name="Next week").click()
    time = frame.locator("[data-slot] a").last
    start = time.locator("time").get_attribute("datetime")
    time.click()
    return dt.datetime.fromisoformat(start or "")


def fill_in(frame: FrameLocator) -> None:
    frame.get_by_label("First name").fill("Gerda")
    frame.get_by_label("Last name").fill("Gast")
    frame.get_by_label("E-mail").fill("gerda@example.com")
    frame.locator("form button.button").click()


def no_cookie_reaches_a_frame_of_another_site(page: Page, bank: Website) -> None:
    """The control: this browser keeps even cookies that are meant for any site to their own."""
    bank.write("/control", f'<iframe src="{bank.twin}/cookie"></iframe>')
    page.goto(f"{bank.twin}/cookie")
    page.goto(f"{bank.twin}/control")
    expect(framed(page).locator("body")).to_have_text("third=party")
    page.goto(f"{bank.origin}/control")
    expect(framed(page).locator("body")).to_have_text("no cookie")


def test_l6_a_guest_books_and_moves_in_a_frame_that_gets_no_cookies(
    bank: Website, key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    no_cookie_reaches_a_frame_of_another_site(page, bank)
    page.goto(f"{bank.write('/book', script(live_server))}?invitationKey={key.key}")
    frame = framed(page)
    frame.get_by_role("heading", name="Choose a time").wait_for()
    page.wait_for_function("heard.length === 1")
    expect(page.get_by_role("link", name="Book")).to_be_hidden()
    keep_screenshot(page, "embedded-week")
    start = choose(frame)
    fill_in(frame)
    frame.get_by_role("heading", name="You’re booked").wait_for()
    page.wait_for_function("heard.length === 2")
    when = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert page.evaluate("heard") == [
        ["invitation:ready", {}],
        ["invitation:booked", {"start": when, "confirmed": True}],
    ]
    keep_screenshot(page, "embedded-booked")

    frame.get_by_role("link", name="Choose another time").click()
    frame.locator("[data-slot] a").first.click()
    frame.get_by_role("button", name="Move to").click()
    frame.get_by_role("heading", name="You’re booked").wait_for()
    appointment = Appointment.objects.get()
    assert appointment.sequence == 1
    assert appointment.start != start
    assert [cookie["name"] for cookie in page.context.cookies()] == ["third"]
    page.evaluate("postMessage({ invitation: 'page', booked: { start: 'never' } }, '*')")
    page.wait_for_timeout(200)
    assert len(page.evaluate("heard")) == 2


def test_b7_a_time_that_has_gone_is_said_in_the_frame_and_to_the_website(
    bank: Website, key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(360)
    page.goto(bank.write("/book", script(live_server, f'data-invitation-key="{key.key}"')))
    frame = framed(page)
    frame.get_by_role("heading", name="Choose a time").wait_for()
    before = height(page)
    start = choose(frame)
    frame.get_by_label("First name").wait_for()
    take_away(key, start)
    fill_in(frame)
    frame.get_by_role("heading", name="This time is no longer free").wait_for()
    page.wait_for_function("heard.length === 2")
    assert page.evaluate("heard[1]") == ["invitation:error", {"reason": "time-gone"}]
    # The page says how tall it is a moment after it is there.
    fits = "document.documentElement.scrollHeight <= document.documentElement.clientHeight"
    page.frames[1].wait_for_function(fits)
    assert height(page) != before
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    keep_screenshot(page, "embedded-time-gone")
    frame.locator(".choices button").first.click()
    frame.get_by_role("heading", name="You’re booked").wait_for()
    assert Appointment.objects.count() == 1


def test_l7_whoever_is_not_allowed_sees_nothing_also_around_somebody_who_is(
    bank: Website, key: InvitationKey, live_server: Any, chromium: Browser
) -> None:
    tag = script(live_server, f'data-invitation-key="{key.key}"')
    allowed = bank.write("/book", tag)
    # A page of its own: here the console has to complain.
    with serving() as stranger, chromium.new_context() as context:
        alone, around = context.new_page(), context.new_page()
        alone.goto(stranger.write("/book", tag))
        around.goto(stranger.write("/", f'<iframe src="{allowed}"></iframe>'))
        inner = around.frame(url=allowed)
        assert inner
        for page in (alone, inner):
            page.locator("iframe").wait_for(state="attached")
            page.wait_for_timeout(1000)
            assert page.evaluate("heard") == []
            expect(page.get_by_role("link", name="Book")).to_be_visible()
            assert page.frame_locator("iframe").get_by_role("heading").count() == 0


def test_a_pop_up_opens_by_keyboard_in_the_language_that_the_website_chose(
    bank: Website, key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    given = f'data-invitation-key="{key.key}" data-mode="popup" data-lang="de"'
    page = new_page()
    page.goto(bank.write("/book", script(live_server, given)))
    expect(page.locator("dialog")).to_be_attached()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = framed(page)
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    page.wait_for_function("heard.length === 1")
    keep_screenshot(page, "embedded-popup")
    for _ in range(40):
        page.keyboard.press("Tab")
        if frame.locator("[data-slot] a:focus").count():
            break
    page.keyboard.press("Enter")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    frame.get_by_label("Vorname").wait_for()
    page.get_by_role("button", name="Schließen").click()
    expect(page.locator("dialog")).to_be_hidden()


def test_without_scripts_the_link_leads_on(
    bank: Website, key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(bank.write("/book", script(live_server)))
    page.get_by_role("link", name="Book").click()
    page.get_by_label("Your link or key").fill(f"{bank.origin}/book?invitationKey={key.key}")
    page.get_by_role("button", name="Open").click()
    page.get_by_role("heading", name="Choose a time").wait_for()
