"""From log-in to a guest's booking: as resource, assistant, administrator, from a client's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from appointments.models import Appointment, Client
from invitations.models import Invitation, InvitationTemplate, ResourceDefaults
from scheduling.models import ServiceResource, Territory
from tests.browser.conftest import keep_screenshot
from tests.browser.steps import choose_a_time, fill_in, send
from tests.factories import make_resource, make_territory, make_topic, make_work_type
from tests.staff import make_administrator, make_assistant, own_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}
PASSWORD = "a password of one’s own"
GENERATE = "Generate invitation"
CREATE = "Create with these settings"


@pytest.fixture
def office() -> Territory:
    office = make_territory(name="Berlin Mitte")
    make_topic(make_work_type(office), name="Portfolio review")
    make_topic(make_work_type(office), name="First meeting")
    return office


@pytest.fixture
def anna(office: Territory) -> ServiceResource:
    return make_resource(office, name="Anna Berger", title="Wealth manager")


def log_in(page: Page, user: User) -> None:
    """By the log-in page, as a person does."""
    user.set_password(PASSWORD)
    user.save()
    page.goto(reverse("admin:index"))
    page.get_by_label("User name or e-mail address").fill(user.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def open_record(page: Page, name: str) -> None:
    page.get_by_role("link", name="Service resources").first.click()
    page.locator("#result_list").get_by_role("link", name=name).click()


def shared_link(page: Page) -> str:
    page.wait_for_url("**/link/")
    return page.get_by_label("Link", exact=True).input_value()


def book_by(page: Page, link: str) -> Appointment:
    """Open the shared link as a guest, and book."""
    page.goto("/" + link.split("/", 3)[3])
    choose_a_time(page)
    fill_in(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("booked")
    return Appointment.objects.latest("pk")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resource_has_a_link_within_four_clicks(
    scripts: bool, anna: ServiceResource, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=scripts)
    log_in(page, own_user(anna))
    open_record(page, "Anna Berger")
    page.get_by_role("link", name=GENERATE).click()  # 1
    page.get_by_label("What it is about").select_option("Portfolio review")
    page.get_by_role("button", name=CREATE).click()  # 2
    link = shared_link(page)
    appointment = book_by(new_page(), link)
    assert appointment.assignments.get().service_resource == anna
    assert Invitation.objects.get().owner == anna


def test_an_assistant_generates_for_two_and_sees_nobody_else(
    anna: ServiceResource, office: Territory, new_page: Callable[..., Page]
) -> None:
    bernd = make_resource(office, name="Bernd Adler")
    make_resource(office, name="Clara Fremd")
    page = new_page()
    log_in(page, make_assistant(anna, bernd))
    open_record(page, "Bernd Adler")
    page.get_by_role("link", name=GENERATE).click()
    hosts = page.get_by_role("group", name="Hosts")
    expect(hosts.get_by_label("Anna Berger")).to_be_visible()
    assert page.get_by_text("Clara Fremd").count() == 0
    hosts.get_by_label("Anna Berger").check()
    page.get_by_label("Any one of them who is free").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("What it is about").select_option("First meeting")
    page.get_by_role("button", name=CREATE).click()
    appointment = book_by(new_page(), shared_link(page))
    assert appointment.assignments.get().service_resource in {anna, bernd}
    invitation = Invitation.objects.get()
    assert invitation.on_behalf_of in {anna, bernd}


def test_an_administrator_goes_through_every_step_and_back(
    anna: ServiceResource, office: Territory, new_page: Callable[..., Page]
) -> None:
    make_resource(office, name="Dr. Maximiliane Freifrau von Schwarzenberg-Hohenlohe")
    InvitationTemplate.objects.create(name="Quarterly review", slug="quarterly", max_bookings=40)
    page = new_page()
    log_in(page, make_administrator())
    open_record(page, "Anna Berger")
    page.get_by_role("link", name=GENERATE).click()
    page.get_by_role("link", name="Quarterly review").click()
    for name in ("who", "what", "where", "when", "limits", "message"):
        page.wait_for_url(f"**/{name}/")
        if name == "what":
            page.get_by_label("What it is about").select_option("Portfolio review")
        if name == "when":
            page.get_by_label("Until, after, number").fill("6")
        if name == "message":
            page.get_by_label("Personal message").fill("I look forward to our talk.")
        look(page, f"flow-{name}")
        page.locator("input[name=next]").click()
    page.wait_for_url("**/preview/**")
    expect(page.get_by_text("limit 40")).to_be_visible()
    expect(page.get_by_text("I look forward to our talk.")).to_be_visible()
    look(page, "flow-preview")
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="When", exact=True).click()
    assert page.locator("input[name=until_after]").input_value() == "6"
    page.go_back()
    page.locator("input[name=next]").click()
    page.get_by_role("button", name="Create invitation").click()
    book_by(new_page(), shared_link(page))


def test_a_clients_page_leads_to_a_personal_link(
    anna: ServiceResource, new_page: Callable[..., Page]
) -> None:
    client = Client.objects.create(first_name="Elena", last_name="Rossi", email="e@example.com")
    page = new_page()
    log_in(page, make_administrator())
    page.goto(reverse("admin:appointments_client_change", args=[client.pk]))
    page.get_by_role("link", name=GENERATE).click()
    page.get_by_label("What it is about").select_option("First meeting")
    page.locator("input[name=next]").click()
    page.locator("input[name=next]").click()
    page.get_by_label("From, in, number").fill("1")
    page.get_by_role("button", name=CREATE).click()
    page.wait_for_url("**/link/")
    key = Invitation.objects.get().keys.get()
    assert key.client == client
    guest = new_page()
    guest.goto(f"/invite/{key.key}/")
    expect(guest.get_by_text("Hello Elena,")).to_be_visible()
    choose_a_time(guest)
    send(guest)
    assert Appointment.objects.get().client == client


def test_an_impatient_second_press_makes_no_second_invitation(
    anna: ServiceResource, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    template = InvitationTemplate.objects.create(name="Quarterly", slug="quarterly")
    ResourceDefaults.objects.create(service_resource=anna, template=template)
    log_in(page, own_user(anna))
    open_record(page, "Anna Berger")
    press_twice(page.get_by_role("button", name="At once: Quarterly"))
    shared_link(page)
    page.go_back()
    page.get_by_role("link", name=GENERATE).click()
    page.get_by_role("link", name="Message").click()
    page.get_by_role("button", name="Preview").click()
    press_twice(page.get_by_role("button", name="Create invitation"))
    shared_link(page)
    assert Invitation.objects.count() == 2


def press_twice(button: Locator) -> None:
    """The second time while the first is on its way."""
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 20) }")


def look(page: Page, name: str) -> None:
    """Keep pictures for people, and ask the tools of others."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        keep_screenshot(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 1280, "height": 900})
