"""The admin as people and their tools see it: no complaint of axe, of the console, of a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Status
from invitations.flow import step
from invitations.models import Invitation
from scheduling.models import Absence, ServiceResource
from tests.browser.conftest import keep_screenshot
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.staff import make_administrator, make_assistant, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Without preloading: axe would insert a style of its own, which the policy forbids.
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}
VIEWS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (390, "light"),
    (1280, "dark"),
]


@pytest.fixture
def resource() -> ServiceResource:
    """A resource with everything that its pages can show."""
    territory = make_territory(name="Berlin Mitte")
    topic = make_topic(make_work_type(territory), name="Annual review")
    resource = make_resource(territory, name="Anna Berger", title="Wealth manager")
    colleague = make_resource(territory, name="Bernd Adler")
    make_assistant(resource)
    make_invitation(resource, colleague, territory=territory, topic=topic)
    make_invitation(resource, topic=topic, is_active=False)
    for hour, status in enumerate(Status):
        start = at("2026-11-23 09:00") + dt.timedelta(hours=hour)
        make_appointment(resource, start, territory=territory, status=status)
    Absence.objects.create(
        service_resource=resource, start=at("2026-12-01 09:00"), end=at("2026-12-05 09:00")
    )
    next_week = timezone.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=7)
    make_appointment(colleague, next_week, territory=territory)
    Absence.objects.create(
        service_resource=colleague, start=next_week, end=next_week + dt.timedelta(hours=1)
    )
    return resource


def sign_in(page: Page, user: User) -> None:
    session = signed_in(user).cookies["sessionid"].value
    page.goto(reverse("admin:login"))
    site = urljoin(page.url, "/")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])


def address(name: str) -> str:
    resource = ServiceResource.objects.get(name="Anna Berger").pk
    invitation = Invitation.objects.latest("pk").pk
    ids = {
        "scheduling_serviceresource_change": [resource],
        "invitations_invitation_link": [invitation],
        "invitations_invitation_change": [invitation],
        "appointments_appointment_change": [Appointment.objects.latest("pk").pk],
        "appointments_appointment_reassign": [Appointment.objects.latest("pk").pk],
    }
    return reverse(f"admin:{name}", args=ids.get(name, []))


@pytest.mark.parametrize(
    "name",
    [
        "index",
        "scheduling_serviceresource_changelist",
        "scheduling_serviceresource_change",
        "scheduling_absence_add",
        "invitations_invitation_generate",
        "invitations_invitationtemplate_add",
        "invitations_invitation_link",
        "invitations_invitation_changelist",
        "invitations_invitation_change",
        "appointments_appointment_agenda",
        "appointments_appointment_conflicts",
        "appointments_appointment_book",
        "appointments_appointment_reassign",
        "appointments_appointment_changelist",
        "appointments_appointment_change",
    ],
)
def test_a_page_suits_people_and_their_tools(
    name: str, resource: ServiceResource, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sign_in(page, make_administrator())
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(address(name))
        keep_screenshot(page, f"admin-{name}-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_invitation_is_three_presses_away_from_its_resource(
    resource: ServiceResource, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, make_administrator())
    page.goto(address("scheduling_serviceresource_change"))
    page.get_by_role("link", name="Generate invitation").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Create with these settings").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert Invitation.objects.latest("pk").keys.get().key in link
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_hosts_are_found_by_typing_where_there_are_many(
    resource: ServiceResource, new_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "SEARCHED_FROM", 2)
    page = new_page()
    sign_in(page, make_administrator())
    page.goto(f"{address('invitations_invitation_generate')}?resource={resource.pk}")
    page.locator(".field-hosts .select2-search__field").fill("Bern")
    page.get_by_role("option", name="Bernd Adler").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Create with these settings").click()
    page.wait_for_url("**/link/")
    hosts = [str(host) for host in Invitation.objects.latest("pk").hosts.all()]
    assert hosts == ["Anna Berger", "Bernd Adler"]


def test_without_scripts_the_link_can_still_be_selected(
    resource: ServiceResource, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    sign_in(page, make_administrator())
    page.goto(address("invitations_invitation_link"))
    assert page.get_by_label("Link", exact=True).is_visible()
    assert page.get_by_role("button", name="Copy").count() == 0
