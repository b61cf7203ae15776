"""One Chromium for all tests here; every page that they open is watched for complaints."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from invitations.models import InvitationKey
from tests.browser.invitations import make_host, make_office
from tests.browser.websites import Website, serving
from tests.factories import make_invitation
from tests.invitations.sharing import make_website

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
GUEST = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"}
"""Nothing moves, so that nothing is looked at half-way."""

PATIENCE = 5_000
"""How long a page may take, in milliseconds."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"A browser is required, and there is none at {CHROMIUM}")
        pytest.skip(f"no browser at {CHROMIUM} (apt-get install chromium)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, in which tests use the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Makes pages of a Berlin guest; whatever their console complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        # The page itself may well be a 404 or 422; what it loads is watched below. In a frame a
        # script of ours does what autofocus may not.
        expected = ("Failed to load", "Blocked autofocusing")
        if message.type in {"error", "warning"} and not message.text.startswith(expected):
            complaints.append(message.text)

    def received(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            complaints.append(f"{response.status} {response.url}")

    def make(width: int = 1280, **options: Any) -> Page:
        options = {**GUEST, **options}
        size = {"width": width, "height": 900}
        context = chromium.new_context(base_url=live_server.url, viewport=size, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", received)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def bank() -> Iterator[Website]:
    """A customer's website, on a site of its own."""
    with serving() as website:
        yield website


@pytest.fixture
def bank_key(bank: Website, live_server: Any, settings: Any) -> InvitationKey:
    """An invitation that the bank may show in a frame."""
    settings.PUBLIC_BASE_URL = live_server.url
    office = make_office()
    website = make_website(page_url=f"{bank.origin}/book", allowed_origins=bank.origin)
    return make_invitation(make_host(office), territory=office, website=website)


def keep_screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page, for people to judge."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
