"""How many calendars kept elsewhere somebody may name, and where none may be read."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from appointments.admin.foreign_calendars import MOST_CALENDARS
from appointments.models import ForeignCalendar
from tests.factories import make_resource, make_territory
from tests.invitations.pages import text
from tests.staff import own_user, signed_in

pytestmark = pytest.mark.django_db

ADD = reverse("admin:appointments_foreigncalendar_add")


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna Berger")


def name_another(resource, browser, number: int):
    url = f"https://calendar.example.com/{number}.ics"
    sent = {"service_resource": resource.pk, "name": "Private", "url": url}
    return browser.post(ADD, sent, follow=True)


def test_nobody_has_more_calendars_than_can_be_read(anna):
    browser = signed_in(own_user(anna))
    for number in range(MOST_CALENDARS):
        name_another(anna, browser, number)
    page = name_another(anna, browser, MOST_CALENDARS)
    assert "No more than 20 calendars are read for one service resource." in text(page)
    assert ForeignCalendar.objects.count() == MOST_CALENDARS
    calendar = ForeignCalendar.objects.all()[0]
    change = reverse("admin:appointments_foreigncalendar_change", args=[calendar.pk])
    browser.post(change, {"name": "Work"})
    calendar.refresh_from_db()
    assert calendar.name == "Work"


@pytest.mark.parametrize(("is_allowed", "warnings"), [(True, ["appointments.W001"]), (False, [])])
def test_the_deployment_check_says_that_calendars_of_this_machine_may_be_read(
    is_allowed, warnings, settings
):
    settings.CALENDARS_FROM_HERE = is_allowed
    found = run_checks(include_deployment_checks=True, tags=["security"])
    assert [each.id for each in found if each.id.startswith("appointments.")] == warnings
    assert [each for each in run_checks() if each.id == "appointments.W001"] == []
