"""How a table of people is put on a list in a browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from invitations.models import DoNotContact, ProspectList, RecipientUpload
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import make_host, make_office
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import make_client, make_invitation, make_topic, make_work_type
from tests.invitations.prospects.lists import make_recipient
from tests.invitations.prospects.tables import csv_of, people, workbook
from tests.staff import make_administrator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (768, "light"),
    (320, "light"),
    (1280, "dark"),
]
GERMAN = ("Anrede", "Vorname", "Nachname", "E-Mail-Adresse", "Telefonnummer", "Bemerkung")


@pytest.fixture
def prospect_list() -> ProspectList:
    office = make_office(name="Niederlassung Berlin-Charlottenburg-Wilmersdorf")
    topic = make_topic(make_work_type(office), name="Vermögensnachfolgeplanung")
    key = make_invitation(make_host(office), territory=office, topic=topic)
    name = "Vermögensnachfolgeplanung mit Stiftungen im Herbst"
    return ProspectList.objects.create(invitation=key.invitation, name=name)


def address(name: str, prospect_list: ProspectList, *more: int) -> str:
    return reverse(f"admin:invitations_prospectlist_{name}", args=[prospect_list.pk, *more])


def table() -> list[tuple[str, ...]]:
    """Two hundred people, and rows that can't be added."""
    rows = [
        ("Frau", first, last, email, "030 1234567", "kommt gern vormittags")
        for first, last, email in people(200)
    ]
    long = ("Frau", "Maria-Magdalena", "Freifrau von Hohenzollern-Sigmaringen")
    wrong = [("", "Anna", "Berger", "anna@"), (*long, "listed@example.com")]
    return [GERMAN, *rows, *wrong, ("", "Uwe", "Unger", "uwe@example.com"), rows[0]]


@pytest.mark.parametrize("has_script", [True, False])
def test_a_workbook_is_looked_over_and_imported(
    prospect_list: ProspectList,
    new_page: Callable[..., Page],
    tmp_path: Path,
    has_script: bool,
) -> None:
    file = tmp_path / "people.xlsx"
    file.write_bytes(workbook(table()))
    page = new_page(java_script_enabled=has_script)
    sign_in(page, make_administrator())
    page.goto(address("recipients", prospect_list))
    page.get_by_role("link", name="Add recipients").click()
    page.get_by_label("Or choose a file").set_input_files(file)
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("heading", name="202 people will be added")).to_be_visible()
    page.get_by_label("The first row has headings").uncheck()
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Something is missing or wrong: 2").click()
    page.get_by_label("The first row has headings").check()
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Add 202 people").click()
    expect(page.get_by_text("202 people more are on the list now.")).to_be_visible()
    assert prospect_list.recipients.count() == 202
    assert RecipientUpload.objects.count() == 0


def test_the_pages_suit_people_and_their_tools(
    prospect_list: ProspectList, new_page: Callable[..., Page]
) -> None:
    make_recipient(prospect_list, email="listed@example.com")
    make_client(first_name="Maria-Magdalena", last_name="Freifrau von Hohenzollern-Sigmaringen")
    DoNotContact.objects.create(email="uwe@example.com")
    page = new_page()
    sign_in(page, make_administrator())
    page.goto(address("upload", prospect_list))
    page.get_by_label("Paste a table").fill(csv_of(table(), "\t"))
    page.get_by_role("button", name="Look it over").click()
    looked_over = page.url
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for name in ("upload", "add_one", "add_clients"):
            page.goto(address(name, prospect_list))
            check(page, f"prospects-{name}-{width}-{scheme}")
        page.goto(looked_over)
        for summary in page.locator("summary").all():
            summary.click()
        check(page, f"prospects-table-{width}-{scheme}")


def check(page: Page, name: str) -> None:
    """Nothing runs over the side, and the tools of people who see little find no fault."""
    keep_screenshot(page, name)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, name
    found = Axe().run(page, options=AXE_OPTIONS)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
