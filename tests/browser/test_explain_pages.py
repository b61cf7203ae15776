"""The page that explains a week as people and their tools see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.weeks import Week
from tests.appointments.explaining import everything
from tests.browser.conftest import keep_screenshot
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import make_resource, make_territory, make_work_type
from tests.staff import make_administrator, own_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def monday() -> dt.date:
    """Of the next week."""
    today = timezone.localdate()
    return today + dt.timedelta(days=7 - today.weekday())


@pytest.mark.parametrize("width", [1280, 768, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_full_week_suits_people_and_their_tools(
    width: int, scheme: str, monday: dt.date, new_page: Callable[..., Page]
) -> None:
    invitation = everything(monday).invitation
    page = new_page(width, color_scheme=scheme)
    sign_in(page, make_administrator())
    address = reverse("admin:invitations_invitation_explain", args=[invitation.pk])
    page.goto(f"{address}?at={monday}T10:15:00%2B01:00")
    keep_screenshot(page, f"explain-everything-{width}-{scheme}")
    assert Axe().run(page, options=AXE_OPTIONS).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_press_on_the_picture_explains_that_time(
    monday: dt.date, new_page: Callable[..., Page]
) -> None:
    invitation = everything(monday).invitation
    page = new_page(1280)
    sign_in(page, make_administrator())
    page.goto(reverse("admin:invitations_invitation_explain", args=[invitation.pk]))
    page.get_by_role("link", name="Next week").click()
    page.locator(f'.explain-picture a[href*="{monday}T13:00"]').click()
    expect(page.locator("#start-title")).to_contain_text("14:00")
    expect(page.locator("#start")).to_contain_text("Busy in another calendar")


def test_a_week_in_which_clocks_change(new_page: Callable[..., Page]) -> None:
    invitation = everything(dt.date(2026, 10, 19), until_date=None).invitation
    page = new_page(1280)
    sign_in(page, make_administrator())
    address = reverse("admin:invitations_invitation_explain", args=[invitation.pk])
    page.goto(f"{address}?at=2026-10-25T01:30:00Z")
    keep_screenshot(page, "explain-clocks")
    expect(page.locator("#start-title")).to_contain_text("02:30 (UTC+1)")


@pytest.mark.parametrize(("week", "name"), [(1, "plain"), (-2, "empty")])
def test_a_plain_week_and_one_that_is_over(
    week: int, name: str, monday: dt.date, new_page: Callable[..., Page]
) -> None:
    place = make_territory(name="Berlin Mitte")
    make_work_type(place, name="Annual review")
    resource = make_resource(place, name="Anna Berger")
    page = new_page(1280)
    sign_in(page, own_user(resource))
    shown = Week(monday + dt.timedelta(weeks=week))
    address = reverse("admin:appointments_appointment_explain")
    page.goto(f"{address}?resource={resource.pk}&week={shown}")
    keep_screenshot(page, f"explain-{name}")
    words = "80 starts are open" if week > 0 else "No start is open"
    expect(page.locator(".explain")).to_contain_text(words)
