"""A recipient's own page in a browser: what opens it, and what doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from invitations.models import ProspectList, Recipient, RecipientMark
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import LETTER, make_host, make_office
from tests.browser.steps import choose_a_time, send, url_of
from tests.browser.websites import Website, framed, heard, listening, script
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.invitations.sharing import make_website

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = {"first_name": "Maximiliane-Charlotte", "last_name": "von Schwarzenberg-Hohenlohe"}
VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (768, "light"),
    (320, "dark"),
]


@pytest.fixture
def prospects() -> ProspectList:
    office = make_office()
    return make_list(make_host(office), invitation={"territory": office, "message": LETTER})


@pytest.fixture
def petra(prospects: ProspectList) -> Recipient:
    return make_recipient(prospects, **LONG_NAME)


def kinds() -> set[str]:
    return set(RecipientMark.objects.values_list("kind", flat=True))


def wheel(page: Page) -> None:
    page.mouse.wheel(0, 200)


def press_a_key(page: Page) -> None:
    page.keyboard.press("Tab")


def move(page: Page) -> None:
    page.mouse.move(200, 200)
    page.mouse.move(220, 210)


@pytest.mark.parametrize("act", [wheel, press_a_key, move])
def test_l2_the_first_movement_of_a_person_opens_it_and_nothing_before(
    petra: Recipient, new_page: Callable[..., Page], act: Callable[[Page], None]
) -> None:
    page = new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    page.goto(url_of(petra.key))
    page.evaluate("scrollTo(0, 300); scrollTo(0, 0)")
    page.evaluate("for (const e of ['pointermove', 'keydown']) dispatchEvent(new Event(e))")
    page.wait_for_timeout(300)
    assert kinds() == {"fetched"}
    assert [each for each in sent if each.startswith("POST")] == []
    with page.expect_response("**/opened/") as answer:
        act(page)
    assert (answer.value.status, kinds()) == (204, {"fetched", "opened"})
    act(page)
    page.wait_for_timeout(200)
    assert len([each for each in sent if each.startswith("POST")]) == 1
    page.reload()
    assert page.locator("script[src*=opened]").count() == 0
    assert page.context.cookies() == []


def test_without_scripts_a_form_that_is_sent_opens_it(
    petra: Recipient, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(url_of(petra.key))
    choose_a_time(page)
    assert kinds() == {"fetched"}
    send(page)
    page.get_by_role("heading", name="You’re booked").wait_for()
    assert kinds() == {"fetched", "opened"}
    assert Appointment.objects.get().email == petra.email


def test_l6_in_a_frame_it_opens_and_books_without_cookies(
    bank: Website, live_server: Any, settings: Any, new_page: Callable[..., Page]
) -> None:
    settings.PUBLIC_BASE_URL = live_server.url
    office = make_office()
    website = make_website(page_url=f"{bank.origin}/book", allowed_origins=bank.origin)
    criteria = {"territory": office, "website": website}
    petra = make_recipient(make_list(make_host(office), invitation=criteria))
    page = listening(new_page())
    page.goto(f"{bank.write('/book', script(live_server))}?invitationKey={petra.key.key}")
    frame = framed(page)
    frame.get_by_role("heading", name="Choose a time").wait_for()
    heard(page, 1)
    assert kinds() == {"fetched"}
    with page.expect_response("**/opened/") as answer:
        frame.locator("[data-slot] a").last.hover()
    assert (answer.value.status, kinds()) == (204, {"fetched", "opened"})
    frame.locator("[data-slot] a").last.click()
    frame.locator("form button.button").click()
    frame.get_by_role("heading", name="You’re booked").wait_for()
    assert page.context.cookies() == []
    assert Appointment.objects.get().email == petra.email


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_the_pages_look_right_and_are_read_by_everybody(
    petra: Recipient, new_page: Callable[..., Page], width: int, scheme: Any
) -> None:
    page = new_page(width, color_scheme=scheme)
    page.goto(url_of(petra.key))
    expect(page.get_by_text("Hello Maximiliane-Charlotte,")).to_be_visible()
    keep(page, f"recipient-week-{width}-{scheme}")
    choose_a_time(page)
    keep(page, f"recipient-details-{width}-{scheme}")
    RecipientMark.objects.create(recipient=petra, kind=RecipientMark.Kind.WITHDRAWN)
    page.goto(url_of(petra.key))
    page.get_by_role("heading", name="This invitation was withdrawn").wait_for()
    keep(page, f"recipient-withdrawn-{width}-{scheme}")


def keep(page: Page, name: str) -> None:
    keep_screenshot(page, name)
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_where_the_list_locks_it_there_is_nothing_to_fill_in(
    prospects: ProspectList, petra: Recipient, new_page: Callable[..., Page]
) -> None:
    prospects.locks_contact = True
    prospects.save()
    page = new_page()
    page.goto(url_of(petra.key))
    choose_a_time(page)
    assert page.get_by_text("Use other contact details").count() == 0
    keep(page, "recipient-details-locked")
    send(page)
    page.get_by_role("heading", name="You’re booked").wait_for()
