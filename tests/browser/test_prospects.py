"""The page of a list as its office sees it, and the story that it tells from upload to booking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from invitations.models import ProspectList
from invitations.prospects import sending
from tests.browser.conftest import keep_screenshot
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import make_resource, make_territory, make_topic, make_work_type
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import make_list
from tests.staff import make_assistant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (768, "light"),
    (390, "light"),
    (1280, "dark"),
]
PAGES = ("changelist", "recipients", "check", "change")
MESSAGE = "Dear {first_name} {last_name},\n\nonce a year we look at your plans together.\n\n{host}"


@pytest.fixture
def office() -> ProspectList:
    """A list with a past, of somebody whose assistant looks after it."""
    territory = make_territory(name="Berlin Mitte")
    topic = make_topic(make_work_type(territory), name="Jahresgespräch zur Vermögensplanung")
    host = make_resource(territory, name="Anna Berger", title="Wealth manager")
    invitation = {"territory": territory, "topic": topic, "owner": host}
    name = "Herbst: Vermögensverwaltungskunden im Großraum Berlin-Brandenburg"
    prospect_list = make_list(
        host,
        invitation=invitation,
        name=name,
        subject="Your yearly review with {host}",
        message=MESSAGE,
    )
    live(prospect_list, add_people(prospect_list, 180), seed=3)
    ProspectList.objects.filter(pk=prospect_list.pk).update(started_at=timezone.now())
    return prospect_list


def address(name: str, prospect_list: ProspectList) -> str:
    args = [] if name == "changelist" else [prospect_list.pk]
    return reverse(f"admin:invitations_prospectlist_{name}", args=args)


def assistant_of(prospect_list: ProspectList):
    return make_assistant(prospect_list.invitation.owner)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_list_suits_people_and_their_tools(
    new_page: Callable[..., Page], office: ProspectList, name: str
) -> None:
    page = new_page()
    sign_in(page, assistant_of(office))
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address(name, office), wait_until="networkidle")
        keep_screenshot(page, f"prospects-{name}-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
