"""The share page as people and their tools see it, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from invitations.keys import invitation_url
from invitations.models import CustomerWebsite, InvitationKey
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import LETTER, make_host, make_office
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import make_invitation, make_topic, make_work_type
from tests.staff import make_administrator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (320, "light"),
    (1280, "dark"),
]


@pytest.fixture
def key() -> InvitationKey:
    """An invitation with everything that its page can show, and long names."""
    office = make_office(name="Niederlassung Berlin-Charlottenburg-Wilmersdorf")
    website = CustomerWebsite.objects.create(
        name="Vermögensverwaltung für Stiftungen", page_url="https://www.example.com/termin"
    )
    topic = make_topic(make_work_type(office), name="Vermögensnachfolgeplanung")
    return make_invitation(
        make_host(office), territory=office, topic=topic, website=website, message=LETTER
    )


def address(key: InvitationKey) -> str:
    return reverse("admin:invitations_invitation_link", args=[key.invitation_id])


def test_the_page_suits_people_and_their_tools(
    key: InvitationKey, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, make_administrator())
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address(key))
        for summary in page.locator("summary").all():
            summary.click()
        keep_screenshot(page, f"share-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_camera_reads_the_link_off_the_screen(
    key: InvitationKey, new_page: Callable[..., Page], scheme: Literal["light", "dark"]
) -> None:
    page = new_page(color_scheme=scheme)
    sign_in(page, make_administrator())
    page.goto(address(key))
    seen = page.get_by_alt_text("QR code of the link").screenshot()
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(seen)))
    assert code.text == invitation_url(key)


def test_preview_and_snippets_follow_what_is_typed(
    key: InvitationKey, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, make_administrator())
    page.goto(address(key))
    words = page.get_by_label("Words on the button")
    words.fill("Talk to me & mine")
    shown = page.frame_locator("#signature-preview")
    expect(shown.get_by_role("link", name="Talk to me & mine")).to_be_visible()
    expect(page.locator("#signature-text")).to_have_value(
        "Dr. Maximiliane Freifrau von Schwarzenberg-Hohenlohe\n"
        "Leiterin Vermögensnachfolge und Familienvermögen\n"
        f"Talk to me & mine: {invitation_url(key)}"
    )
    words.fill("")
    expect(page.locator("#words-problem")).to_contain_text("required")
    expect(shown.get_by_role("link", name="Book a time with me")).to_be_visible()
    words.fill("Again")
    expect(page.locator("#words-problem")).to_be_empty()


def test_without_scripts_a_button_changes_the_words(
    key: InvitationKey, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, make_administrator())
    page.goto(address(key))
    assert page.get_by_role("button", name="Copy").count() == 0
    page.get_by_label("Words on the button").fill("Talk to me")
    page.get_by_role("button", name="Change the words").click()
    shown = page.frame_locator("#signature-preview")
    expect(shown.get_by_role("link", name="Talk to me")).to_be_visible()
    assert "Talk to me</a>" in page.locator("#signature-html").input_value()


def test_a_signature_is_copied_as_it_looks_and_as_text(
    key: InvitationKey, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, make_administrator())
    page.goto(address(key))
    page.locator("[data-copies=signature-html]").first.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    page.evaluate(
        "addEventListener('paste', ({clipboardData: got}) => "
        "{ window.pasted = ['text/html', 'text/plain'].map((kind) => got.getData(kind)); })"
    )
    page.keyboard.press("Control+V")
    html, plain = page.evaluate("window.pasted")
    assert page.locator("#signature-html").input_value() in html
    assert plain == page.locator("#signature-text").input_value()
