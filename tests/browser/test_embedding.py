"""Invitations on customer websites: another site, in a browser that blocks third-party cookies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import FrameLocator, Page, expect

from appointments.models import Appointment, Status
from invitations.models import InvitationKey
from tests.browser.conftest import keep_screenshot
from tests.browser.steps import take_away
from tests.browser.websites import Website, framed, heard, height, listening, script

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def show(page: Page, bank: Website, live_server: Any, key: InvitationKey, more: str = "") -> None:
    """Open the bank's page with an invitation on it."""
    page.goto(bank.write("/book", script(live_server, f'data-invitation-key="{key.key}" {more}')))


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


def test_l6_a_guest_books_moves_and_cancels_in_a_frame_that_gets_no_cookies(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page())
    no_cookie_reaches_a_frame_of_another_site(page, bank)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{bank.write('/book', script(live_server))}?invitationKey={bank_key.key}")
    frame = framed(page)
    frame.get_by_role("heading", name="Choose a time").wait_for()
    assert heard(page, 1) == [["invitation:ready", {}]]
    expect(page.get_by_role("link", name="Book")).to_be_hidden()
    keep_screenshot(page, "embedded-week")
    start = choose(frame)
    fill_in(frame)
    frame.get_by_role("heading", name="You’re booked").wait_for()
    when = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert heard(page, 2)[1:] == [["invitation:booked", {"start": when, "confirmed": True}]]
    keep_screenshot(page, "embedded-booked")

    frame.get_by_role("link", name="Choose another time").click()
    frame.locator("[data-slot] a").first.click()
    frame.get_by_role("button", name="Move to").click()
    frame.get_by_role("heading", name="You’re booked").wait_for()
    appointment = Appointment.objects.get()
    assert appointment.sequence == 1
    assert appointment.start != start

    frame.get_by_role("link", name="I can’t come").click()
    frame.locator("form button.button").click()
    frame.get_by_role("heading", name="This appointment was cancelled").wait_for()
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    assert len(heard(page, 2)) == 2
    assert [cookie["name"] for cookie in page.context.cookies()] == ["third"]
    elsewhere = [url for url in loaded if not url.startswith((bank.origin, live_server.url))]
    assert elsewhere == []


def test_b7_a_time_that_has_gone_is_said_in_the_frame_and_to_the_website(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page(360))
    show(page, bank, live_server, bank_key)
    frame = framed(page)
    frame.get_by_role("heading", name="Choose a time").wait_for()
    before = height(page)
    start = choose(frame)
    frame.get_by_label("First name").wait_for()
    take_away(bank_key, start)
    fill_in(frame)
    frame.get_by_role("heading", name="This time is no longer free").wait_for()
    assert heard(page, 2)[1] == ["invitation:error", {"reason": "time-gone"}]
    # The page says how tall it is a moment after it is there.
    fits = "document.documentElement.scrollHeight <= document.documentElement.clientHeight"
    page.frames[1].wait_for_function(fits)
    assert height(page) != before
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    keep_screenshot(page, "embedded-time-gone")
    frame.locator(".choices button").first.click()
    frame.get_by_role("heading", name="You’re booked").wait_for()
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("used-up", {"max_bookings": 1}),
        ("expired", {"expiry_date": dt.date(2020, 1, 6)}),
        ("switched-off", {"is_active": False}),
    ],
)
def test_l3_a_closed_link_says_why_in_its_frame_and_to_the_website(
    bank: Website,
    bank_key: InvitationKey,
    live_server: Any,
    new_page: Callable[..., Page],
    reason: str,
    fields: dict[str, Any],
) -> None:
    page = listening(new_page())
    show(page, bank, live_server, bank_key)
    choose(framed(page))
    fill_in(framed(page))
    framed(page).get_by_role("heading", name="You’re booked").wait_for()
    for name, value in fields.items():
        setattr(bank_key.invitation, name, value)
    bank_key.invitation.save()
    page.reload()
    assert heard(page, 2) == [
        ["invitation:ready", {}],
        ["invitation:error", {"reason": reason}],
    ]
    expect(framed(page).get_by_role("heading", level=1)).to_contain_text("This invitation")


def test_the_frame_grows_with_what_is_unfolded_in_it(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(360)
    show(page, bank, live_server, bank_key)
    choose(framed(page))
    framed(page).get_by_label("First name").wait_for()
    fits = "document.documentElement.scrollHeight <= document.documentElement.clientHeight"
    page.wait_for_timeout(1000)  # the frame was taller before, and fits for that as well
    page.frames[1].wait_for_function(fits)
    before = height(page)
    framed(page).get_by_text("Add a note").click()
    page.wait_for_function(
        "before => document.querySelector('iframe').clientHeight > before + 100", arg=before
    )
    page.frames[1].wait_for_function(fits)


def test_who_forgot_something_is_led_to_it_in_the_frame(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(768, color_scheme="dark")
    show(page, bank, live_server, bank_key)
    choose(framed(page))
    framed(page).locator("form button.button").click()
    expect(framed(page).locator(".notice.bad")).to_be_focused()
    keep_screenshot(page, "embedded-errors-dark")


def test_links_to_other_sites_open_beside_and_ours_within_but_for_signing_in(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    show(page, bank, live_server, bank_key)
    choose(framed(page))
    sign_in = framed(page).get_by_role("link", name="Sign in")
    expect(sign_in).to_have_attribute("target", "_top")  # its cookie would not reach the frame
    fill_in(framed(page))
    calendar = framed(page).get_by_role("link", name="Google Calendar")
    expect(calendar).to_have_attribute("target", "_blank")
    move = framed(page).get_by_role("link", name="Choose another time")
    assert move.get_attribute("target") is None


# In the website's words


def test_a_website_that_knows_its_visitor_spares_them_the_typing(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    website = bank_key.invitation.website
    assert website
    website.renew_secret()
    visitor = {"given_name": "Gerda", "family_name": "Gast", "email": "gerda@example.com"}
    until = int(timezone.now().timestamp()) + 600
    token = jwt.encode(
        {**visitor, "aud": live_server.url, "exp": until}, website.prefill_secret, "HS256"
    )
    page = listening(new_page())
    show(page, bank, live_server, bank_key, f'data-prefill="{token}"')
    choose(framed(page))
    expect(framed(page).get_by_label("First name")).to_have_value("Gerda")
    framed(page).get_by_label("First name").fill("Gerti")
    framed(page).locator("form button.button").click()
    framed(page).get_by_role("heading", name="You’re booked").wait_for()
    assert Appointment.objects.get().guest_name == "Gerti Gast"
    link = page.get_by_role("link", name="Book", include_hidden=True)
    assert link.get_attribute("href") == f"{live_server.url}/invite/?invitationKey={bank_key.key}"
    assert "Ger" not in str(heard(page, 2))


def test_the_frame_speaks_the_language_that_the_website_chose_and_has_its_name(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page(320))
    show(page, bank, live_server, bank_key, 'data-lang="de"')
    expect(framed(page).locator("html")).to_have_attribute("lang", "de")
    heard(page, 1)
    expect(page.locator("iframe")).to_have_attribute("title", "Book")
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    keep_screenshot(page, "embedded-german-phone")


# Without scripts


def test_without_scripts_the_link_leads_on(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(bank.write("/book", script(live_server)))
    page.get_by_role("link", name="Book").click()
    page.get_by_label("Your link or key").fill(f"{bank.origin}/book?invitationKey={bank_key.key}")
    page.get_by_role("button", name="Open").click()
    page.get_by_role("heading", name="Choose a time").wait_for()


def test_without_scripts_a_frame_alone_is_enough_to_book(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    source = f"{live_server.url}/invite/{bank_key.key}/"
    page.goto(bank.write("/book", f'<iframe src="{source}" width="900" height="800"></iframe>'))
    choose(framed(page))
    fill_in(framed(page))
    framed(page).get_by_role("heading", name="You’re booked").wait_for()


# Where the website is strict


@pytest.mark.parametrize("mode", ["inline", "popup"])
def test_a_page_with_a_strict_policy_has_to_allow_our_script_and_our_frame_alone(
    bank: Website,
    bank_key: InvitationKey,
    live_server: Any,
    new_page: Callable[..., Page],
    mode: str,
) -> None:
    ours = live_server.url
    policy = f"default-src 'none'; script-src {ours}; frame-src {ours}"
    page = listening(new_page())
    tag = script(live_server, f'data-invitation-key="{bank_key.key}" data-mode="{mode}"')
    page.goto(bank.write("/strict", tag, policy))
    if mode == "popup":
        page.get_by_role("link", name="Book").click()
    framed(page).get_by_role("heading", name="Choose a time").wait_for()
    assert heard(page, 1) == [["invitation:ready", {}]]
    assert height(page) > 300
    # Whatever the policy had refused, the console would have said, and failed the test.
