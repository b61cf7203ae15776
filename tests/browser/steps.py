"""What a guest does on the pages, in the words of a test."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.sync_api import Locator, Page

from invitations.models import InvitationKey
from scheduling.models import Absence


def url_of(key: InvitationKey, rest: str = "") -> str:
    return f"/invite/{key.key}/{rest}"


def a_time(page: Page) -> Locator:
    """A free time on the page: the last one in sight, which does not run away."""
    return page.locator("[data-slot] a:visible").last


def choose_a_time(page: Page) -> datetime:
    """Open the details of a time; returns its start."""
    start = a_time(page).locator("time").get_attribute("datetime")
    a_time(page).click()
    return datetime.fromisoformat(start or "")


def fill_in(page: Page) -> None:
    page.get_by_label("First name").fill("Gerda")
    page.get_by_label("Last name").fill("Gast")
    page.get_by_label("E-mail").fill("gerda@example.com")


def send(page: Page) -> None:
    page.locator("form button.button").click()


def take_away(key: InvitationKey, start: datetime) -> None:
    """Make the host absent for the day around a time."""
    Absence.objects.create(
        service_resource=key.invitation.hosts.get().service_resource,
        start=start - timedelta(hours=12),
        end=start + timedelta(hours=12),
    )
