"""The page of a client, and of two records side by side, as people and their tools see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from appointments.models import Client, ResourcePreference, Status
from tests.browser.conftest import keep_screenshot
from tests.browser.test_admin import AXE_OPTIONS, sign_in
from tests.factories import (
    at,
    make_appointment,
    make_client,
    make_hours,
    make_invitation,
    make_preference,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.staff import make_administrator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (390, "light"),
    (320, "dark"),
    (1280, "dark"),
]


@pytest.fixture
def pair() -> tuple[Client, Client]:
    """Two records of somebody with a long name, of which one has something of everything."""
    hours = make_hours()
    client = make_client(
        first_name="Maximiliane-Charlotte",
        last_name="von Schwarzenberg-Hohenstein",
        email="maximiliane.von.schwarzenberg@vermoegensverwaltung.example.com",
        phone="+49 30 123 456 78",
        visiting_hours=hours,
        verified_at=at("2026-11-01 12:00"),
    )
    territory = make_territory(name="Geschäftsstelle Berlin-Charlottenburg")
    topic = make_topic(make_work_type(territory), name="Vermögensüberprüfung")
    host = make_resource(territory, name="Dr. Annegret Leutheusser-Schnarrenberger")
    make_preference(client, host, ResourcePreference.Kind.PREFERRED)
    for number, status in enumerate((Status.SCHEDULED, Status.COMPLETED, Status.CANCELLED)):
        start = at("2026-11-23 09:00") - dt.timedelta(days=number)
        make_appointment(
            host, start, territory=territory, client=client, topic=topic, status=status
        )
    for active in (True, False):
        key = make_invitation(host, territory=territory, topic=topic, is_active=active)
        key.invitation.keys.create(client=client)
    return client, make_client(first_name="Max", last_name="Schwarzenberg", email=client.email)


def judge(page: Page, url: str, name: str) -> None:
    """No complaint of axe, nothing to scroll sideways for; pictures to look at."""
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_of_a_client_suits_people_and_their_tools(
    pair: tuple[Client, Client], new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, make_administrator())
    judge(page, reverse("admin:appointments_client_change", args=[pair[0].pk]), "admin-client")


def test_two_records_are_merged_from_the_page_of_one(
    pair: tuple[Client, Client], new_page: Callable[..., Page]
) -> None:
    kept, other = pair
    page = new_page()
    sign_in(page, make_administrator())
    url = reverse("admin:appointments_client_merge", args=[kept.pk, other.pk])
    judge(page, url, "admin-client-merge")
    page.goto(reverse("admin:appointments_client_change", args=[other.pk]))
    page.get_by_role("link", name="Merge with this one").click()
    expect(page.get_by_role("radio", name=str(kept))).to_be_checked()
    page.get_by_role("button", name="Merge into one").click()
    expect(page.get_by_text("The two records are one now.")).to_be_visible()
    expect(page.get_by_role("heading", name=str(kept), exact=True)).to_be_visible()
    assert list(Client.objects.all()) == [kept]
    make_appointment(make_resource(), at("2026-12-01 10:00"), client=kept)
    page.goto(reverse("admin:appointments_client_delete", args=[kept.pk]))
    expect(page.get_by_text("so the record stays")).to_be_visible()
    keep_screenshot(page, "admin-client-delete")
