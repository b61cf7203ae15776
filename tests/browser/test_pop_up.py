"""Invitations over a page of a customer's website."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from invitations.models import InvitationKey
from tests.browser.conftest import SCREENSHOTS, keep_screenshot
from tests.browser.websites import Website, framed, heard, listening, script

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_pop_up(page: Page, bank: Website, live_server: Any, key: InvitationKey) -> None:
    given = f'data-invitation-key="{key.key}" data-mode="popup" data-lang="de"'
    page.goto(bank.write("/book", script(live_server, given)))
    expect(page.locator("dialog")).to_be_attached()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(framed(page).locator("html")).to_have_attribute("lang", "de")
    heard(page, 1)


def test_a_pop_up_is_gone_through_and_closed_by_keyboard(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page())
    open_pop_up(page, bank, live_server, bank_key)
    keep_screenshot(page, "embedded-popup")
    for _ in range(40):
        page.keyboard.press("Tab")
        if framed(page).locator("[data-slot] a:focus").count():
            break
    page.keyboard.press("Enter")
    framed(page).get_by_label("Vorname").focus()
    escape_from_within(page)
    link = page.get_by_role("link", name="Book")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(framed(page).get_by_label("Vorname")).to_be_visible()
    page.get_by_role("button", name="Schließen").focus()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def escape_from_within(page: Page) -> None:
    """As a person does: once more, where a page was not greeted yet and passes nothing on."""
    for _ in range(20):
        page.keyboard.press("Escape")
        page.wait_for_timeout(100)
        if page.locator("dialog").is_hidden():
            return
    raise AssertionError("the pop-up stays open")


def test_a_pop_up_fits_a_phone(
    bank: Website, bank_key: InvitationKey, live_server: Any, new_page: Callable[..., Page]
) -> None:
    page = listening(new_page(320))
    open_pop_up(page, bank, live_server, bank_key)
    page.wait_for_timeout(200)
    page.screenshot(path=SCREENSHOTS / "embedded-popup-phone.png")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) == 320
    assert page.frames[1].evaluate(wide) <= 304
    page.get_by_role("button", name="Schließen").click()
    expect(page.locator("dialog")).to_be_hidden()
