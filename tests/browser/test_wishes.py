"""What a client wishes, as staff set it, and book against it: with and without a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Client
from scheduling.models import ServiceResource
from tests.browser.conftest import keep_screenshot
from tests.browser.test_admin import AXE_OPTIONS, VIEWS, sign_in
from tests.factories import (
    make_client,
    make_hours,
    make_preference,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.staff import make_administrator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CUT_OFF = """
[...document.querySelectorAll(".inline-group .form-row")].some((row) => {
  const end = row.getBoundingClientRect().right;
  return [...row.querySelectorAll("*")].some((box) => box.getBoundingClientRect().right > end);
})
"""
"""Whether anything in an inline reaches beyond its row, which would hide it."""

BOOK = reverse("admin:appointments_appointment_book")


@pytest.fixture
def anna() -> ServiceResource:
    office = make_territory(name="Berlin Mitte")
    make_work_type(office, name="Jahresgespräch zur Vermögensverwaltung")
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def client_of_anna(anna: ServiceResource) -> Client:
    """Somebody with a long name, met on no day at all, who would rather not meet her."""
    hours = make_hours(days=())
    hours.name = "Nach Vereinbarung, außerhalb der Schulferien"
    hours.save()
    client = make_client(
        first_name="Karl-Friedrich",
        last_name="Freiherr von Müller-Lüdenscheidt",
        visiting_hours=hours,
    )
    make_preference(client, make_resource(name="Hans-Joachim Oberstudienrat"), "required")
    make_preference(client, make_resource(name="Tom Reed"), "preferred")
    return client


def check(page: Page, name: str) -> None:
    violations = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    assert [violation["id"] for violation in violations] == [], name
    keep_screenshot(page, name)
    assert not page.evaluate(CUT_OFF), name


def fill_in(page: Page, anna: ServiceResource) -> None:
    soon = timezone.now() + dt.timedelta(days=9)
    page.locator("#id_resource").select_option(str(anna.pk))
    page.locator("#id_start_0").fill(f"{soon:%Y-%m-%d}")
    page.locator("#id_start_1").fill("10:00")


@pytest.mark.parametrize("scripted", [True, False])
def test_staff_read_what_the_client_wishes_before_they_book(
    new_page: Callable[..., Page],
    anna: ServiceResource,
    client_of_anna: Client,
    scripted: bool,
) -> None:
    page = new_page(java_script_enabled=scripted)
    sign_in(page, make_administrator())
    page.goto(f"{BOOK}?client={client_of_anna.pk}")
    fill_in(page, anna)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("would rather not meet Anna Berger")).to_be_visible()
    assert not Appointment.objects.exists()
    page.get_by_label("Book it all the same").check()
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_text("It is booked.")).to_be_visible()
    assert Appointment.objects.get().client == client_of_anna


@pytest.mark.parametrize(("width", "scheme"), [*VIEWS, (320, "light")])
def test_pages_about_wishes_suit_all_tools(
    new_page: Callable[..., Page],
    anna: ServiceResource,
    client_of_anna: Client,
    width: int,
    scheme: str,
) -> None:
    page = new_page(width, color_scheme=scheme)
    sign_in(page, make_administrator())
    page.goto(reverse("admin:appointments_client_change", args=[client_of_anna.pk]))
    check(page, f"wishes-client-{width}-{scheme}")
    page.goto(f"{BOOK}?client={client_of_anna.pk}")
    fill_in(page, anna)
    page.get_by_role("button", name="Book").click()
    expect(page.get_by_label("Book it all the same")).to_be_visible()
    check(page, f"wishes-book-{width}-{scheme}")
    page.goto(reverse("admin:invitations_invitation_generate") + f"?resource={anna.pk}")
    page.get_by_role("link", name="How often, and who").click()
    page.get_by_label("Respect visiting hours and preferences").check()
    check(page, f"wishes-flow-{width}-{scheme}")
