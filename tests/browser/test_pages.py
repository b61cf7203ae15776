"""Every page and state in which a guest can find it, as people and their tools see it."""

from __future__ import annotations

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Client, Status
from invitations.models import InvitationBooking
from scheduling.models import SchedulingPolicy
from tests.browser.conftest import keep_screenshot
from tests.browser.invitations import (
    LETTER,
    empty_week,
    full_week,
    make_host,
    make_office,
    open_choice,
)
from tests.browser.steps import choose_a_time, fill_in, send, take_away, url_of
from tests.factories import make_appointment, make_invitation, make_work_type

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERYTHING = {"resultTypes": ["violations"]}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
VIEWS = [(1280, "light", None), (768, "dark", CONTRAST), (320, "light", EVERYTHING)]
"""Widths and schemes, with what axe looks at there; None where it would see nothing new."""


def week(page: Page) -> None:
    office = make_office()
    page.goto(url_of(make_invitation(make_host(office), territory=office, message=LETTER)))


def week_of_a_phone_call_from_elsewhere(page: Page) -> None:
    key = make_invitation(appointment_type="phone")
    page.goto(url_of(key, "?tz=America/New_York"))


def week_with_an_unknown_zone(page: Page) -> None:
    page.goto(url_of(make_invitation(), "?tz=Mars/Base"))


def week_that_is_full(page: Page) -> None:
    page.goto(url_of(full_week()))
    page.get_by_role("link", name="Next week").click()


def week_that_is_empty(page: Page) -> None:
    key, name = empty_week()
    page.goto(url_of(key, f"{name}/"))


def week_long_past(page: Page) -> None:
    page.goto(url_of(make_invitation(), "2020-W10/"))


def week_with_all_of_several_hosts(page: Page) -> None:
    office = make_office()
    team = [make_host(office), make_host(office, name="Tom Reed", title="")]
    page.goto(url_of(make_invitation(*team, territory=office)))


def week_with_any_of_several_hosts(page: Page) -> None:
    office = make_office()
    team = [make_host(office), make_host(office, name="Tom Reed", title="")]
    page.goto(url_of(make_invitation(*team, territory=office, any_host=True)))


def topics(page: Page) -> None:
    page.goto(url_of(open_choice()))


def places(page: Page) -> None:
    page.goto(url_of(open_choice()))
    page.locator(".choices a").first.click()


def zone(page: Page) -> None:
    page.goto(url_of(make_invitation(), "zone/"))


def details(page: Page) -> None:
    page.goto(url_of(make_invitation()))
    choose_a_time(page)


def details_of_a_known_client(page: Page) -> None:
    key = make_invitation(appointment_type="phone")
    key.client = Client.objects.create(first_name="Gerda", last_name="Gast", email="g@example.com")
    key.save()
    page.goto(url_of(key))
    choose_a_time(page)


def details_with_errors(page: Page) -> None:
    details(page)
    page.get_by_text("Add a note").click()
    page.get_by_label("Note").fill("Kept as it was typed")
    send(page)


def time_gone(page: Page) -> None:
    key = make_invitation()
    page.goto(url_of(key))
    start = choose_a_time(page)
    fill_in(page)
    take_away(key, start)
    send(page)


def time_gone_from_a_link(page: Page) -> None:
    page.goto(url_of(make_invitation(), "book/?start=2020-01-06T09:00:00Z"))


def confirmation(page: Page) -> None:
    office = make_office()
    page.goto(url_of(make_invitation(make_host(office), territory=office), "?tz=Asia/Tokyo"))
    choose_a_time(page)
    fill_in(page)
    send(page)
    page.wait_for_url("**/appointment/**")


def cancelling(page: Page) -> None:
    confirmation(page)
    page.get_by_role("link", name="cancel it").click()


def cancelling_too_late(page: Page) -> None:
    SchedulingPolicy.objects.create(name="Strict", is_default=True, cancel_cutoff=500_000)
    confirmation(page)
    page.goto(f"{page.url}cancel/")


def cancelled(page: Page) -> None:
    cancelling(page)
    page.get_by_label("Why you can’t come").fill("I have to travel that day.")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("heading", name="This appointment was cancelled").wait_for()


def confirmation_of_a_video_call(page: Page) -> None:
    office = make_office()
    show(page, days=3, appointment_type="video", office=office)


def confirmation_while_pending(page: Page) -> None:
    show(page, days=3, status=Status.PENDING)


def appointment_in_the_past(page: Page) -> None:
    show(page, days=-3)


def appointment_cancelled(page: Page) -> None:
    show(page, days=3, status=Status.CANCELLED)


def show(page: Page, *, days: int, office=None, **fields) -> Appointment:
    office = office or make_office()
    appointment = make_appointment(
        make_host(office), whole_hour(days=days), territory=office, **fields
    )
    page.goto(appointment.get_absolute_url())
    return appointment


def whole_hour(*, days: int) -> dt.datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=days)


def switched_off(page: Page) -> None:
    office = make_office()
    page.goto(url_of(make_invitation(make_host(office), territory=office, is_active=False)))


def expired(page: Page) -> None:
    page.goto(url_of(make_invitation(expiry_date=dt.date(2020, 1, 1))))


def used_up(page: Page) -> None:
    key = make_invitation(max_bookings=1)
    host = key.invitation.hosts.get().service_resource
    booked = make_appointment(host, whole_hour(days=2))
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=booked)
    page.goto(url_of(key))


def nothing_free(page: Page) -> None:
    office = make_office()
    work = make_work_type(office, timeframe_start=400, timeframe_start_unit="days")
    page.goto(url_of(make_invitation(make_host(office), territory=office, work_type=work)))


def enter(page: Page) -> None:
    page.goto("/invite/")


def enter_again(page: Page) -> None:
    page.goto("/invite/?invitationKey=half-a-link")


def not_found(page: Page) -> None:
    page.goto("/invite/aaaaaaaaaaaaaaaaaaaaaaaa/")


STATES = [
    week,
    week_of_a_phone_call_from_elsewhere,
    week_with_an_unknown_zone,
    week_that_is_full,
    week_that_is_empty,
    week_long_past,
    week_with_all_of_several_hosts,
    week_with_any_of_several_hosts,
    topics,
    places,
    zone,
    details,
    details_of_a_known_client,
    details_with_errors,
    time_gone,
    time_gone_from_a_link,
    confirmation,
    cancelling,
    cancelling_too_late,
    cancelled,
    confirmation_of_a_video_call,
    confirmation_while_pending,
    appointment_in_the_past,
    appointment_cancelled,
    switched_off,
    expired,
    used_up,
    nothing_free,
    enter,
    enter_again,
    not_found,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_page_is_sound(new_page, state):
    page = new_page()
    state(page)
    look_at(page, state.__name__)


def test_the_mail_reader_of_development_is_sound(new_page, settings, tmp_path):
    settings.DEBUG = True
    settings.MAIL_DIR = tmp_path
    (tmp_path / "1.log").write_text(
        "Subject: Booked\nTo: a@example.com\n\nHello\n" + "-" * 79 + "\n"
    )
    page = new_page()
    page.goto("/outbox/")
    assert page.frame_locator("iframe").locator("body").inner_text() == "Hello"
    look_at(page, "mail_reader")


def look_at(page: Page, name: str) -> None:
    """One heading, nothing wider than the screen, no violation of the guidelines, in any view."""
    expect(page.locator("h1")).to_have_count(1)  # once a click has led there
    assert page.locator("html").get_attribute("lang") == "en"
    for width, scheme, options in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        keep_screenshot(page, f"{name}-{width}-{scheme}")
        if options is not None:
            found = Axe().run(page, options=options)
            assert found.violations_count == 0, found.generate_report()


def test_everything_to_touch_is_large_enough_on_a_phone(new_page):
    page = new_page(320, has_touch=True, is_mobile=True)
    week(page)
    heights = page.locator("[data-slot] a:visible").evaluate_all(
        "links => links.map(link => link.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_a_confirmation_prints_on_one_page(new_page):
    page = new_page()
    confirmation(page)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_nothing_moves_where_less_motion_is_wanted(new_page):
    page = new_page(reduced_motion="reduce")
    enter(page)
    duration = "button => getComputedStyle(button).transitionDuration"
    assert set(page.locator(".button").evaluate(duration).split(", ")) == {"0s"}
