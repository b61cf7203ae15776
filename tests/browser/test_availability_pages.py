"""Shifts, hours, policies, skills, calendars elsewhere and groups, as people and tools see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from appointments.models import Appointment, ForeignCalendar
from scheduling.models import (
    OperatingHours,
    ResourceSkill,
    SchedulingPolicy,
    ServiceResource,
    Shift,
    ShiftPattern,
    Skill,
)
from tests.browser.conftest import keep_screenshot
from tests.browser.test_admin import AXE_OPTIONS, VIEWS, sign_in
from tests.factories import make_group, make_resource, make_territory, make_topic, make_work_type
from tests.staff import make_administrator

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "Dr. Maximiliane Freifrau von Schwarzenberg-Hohenlohe"
ROWS = {
    "operatinghours": OperatingHours,
    "shiftpattern": ShiftPattern,
    "skill": Skill,
    "schedulingpolicy": SchedulingPolicy,
    "foreigncalendar": ForeignCalendar,
    "appointment": Appointment,
}


@pytest.fixture(autouse=True)
def host() -> ServiceResource:
    """Somebody with a roster, a skill, a calendar elsewhere and a group."""
    place = make_territory(name="Berlin Mitte")
    host = make_resource(place, name=LONG_NAME)
    work = make_work_type(place, name="Yoga", attendee_limit=3)
    make_topic(work, name="Yoga")
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    start, end = now + dt.timedelta(days=1), now + dt.timedelta(days=1, hours=6)
    Shift.objects.create(service_resource=host, territory=place, start=start, end=end)
    ShiftPattern.objects.create(
        service_resource=host,
        territory=place,
        rule="FREQ=WEEKLY;BYDAY=TU",
        first_date=start.date(),
        start_time=dt.time(9),
        end_time=dt.time(17),
    )
    skill = Skill.objects.create(name="First aid")
    ResourceSkill.objects.create(service_resource=host, skill=skill)
    SchedulingPolicy.objects.create(name="Standard", is_default=True)
    ForeignCalendar.objects.create(
        service_resource=host, name="Private", url="https://calendar.example.com/secret.ics"
    )
    group = make_group(host, start=start, work_type=work, territory=place)
    Appointment.objects.filter(pk=group.pk).update(places=3)
    return host


@pytest.mark.parametrize(
    "name",
    [
        "scheduling_operatinghours_change",
        "scheduling_operatinghours_holidays",
        "scheduling_shift_changelist",
        "scheduling_shift_add",
        "scheduling_shiftpattern_changelist",
        "scheduling_shiftpattern_change",
        "scheduling_absencepattern_add",
        "scheduling_skill_change",
        "scheduling_schedulingpolicy_change",
        "appointments_foreigncalendar_changelist",
        "appointments_foreigncalendar_change",
        "appointments_appointment_plan",
        "appointments_appointment_add_attendee",
        "appointments_appointment_change",
    ],
)
def test_a_page_suits_people_and_their_tools(name: str, new_page: Callable[..., Page]) -> None:
    model = ROWS.get(name.split("_")[1])
    is_of_a_row = model and not name.endswith(("_changelist", "_add", "_plan"))
    page = new_page()
    sign_in(page, make_administrator())
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(
            reverse(f"admin:{name}", args=[model.objects.latest("pk").pk] if is_of_a_row else [])
        )
        keep_screenshot(page, f"availability-{name}-{width}-{scheme}")
        results = Axe().run(page, options=AXE_OPTIONS)
        assert results.violations_count == 0, results.generate_report()
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_weekdays_are_ticked_by_fingers(new_page: Callable[..., Page]) -> None:
    page = new_page(390, is_mobile=True, has_touch=True)
    sign_in(page, make_administrator())
    page.goto(reverse("admin:scheduling_shift_add"))
    for label in page.locator("label", has_text="day").filter(has=page.locator("input")).all():
        assert (label.bounding_box() or {})["height"] >= 44


def test_high_buttons_have_their_words_in_the_middle(new_page: Callable[..., Page]) -> None:
    page = new_page(390, is_mobile=True, has_touch=True)
    sign_in(page, make_administrator())
    page.goto(reverse("admin:scheduling_skill_change", args=[Skill.objects.get().pk]))
    for selector in (".object-tools a", ".submit-row a"):
        away = page.locator(selector).first.evaluate(
            """link => {
              const words = document.createRange(), box = link.getBoundingClientRect();
              words.selectNodeContents(link);
              const {top, bottom} = words.getBoundingClientRect();
              return Math.abs(top + bottom - box.top - box.bottom) / 2;
            }"""
        )
        assert away <= 1
