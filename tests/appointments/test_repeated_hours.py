"""Shifts and absences that end in an hour that clocks repeat keep it, whatever else is changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scheduling.models import Absence
from tests.factories import at, make_resource, make_territory
from tests.invitations.pages import hidden_fields
from tests.scheduling.recurring import make_shift
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

EVENING = "2026-10-24 20:00"
FIRST, LAST = at("2026-10-25 00:30", "UTC"), at("2026-10-25 01:30", "UTC")
"""Both are 02:30 in Berlin."""


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(at("2026-10-01 10:00"), tick=False)


@pytest.fixture
def browser():
    return signed_in(make_administrator())


def send(browser, row, end="02:30", **fields):
    name = row._meta.model_name
    page = reverse(f"admin:scheduling_{name}_change", args=[row.pk])
    times = dict(zip(("start_0", "start_1"), EVENING.split(), strict=True))
    times |= {"end_0": "2026-10-25", "end_1": end}
    response = browser.post(page, {**hidden_fields(browser.get(page)), **times, **fields})
    assert response.status_code == 302, response.context["errors"]
    row.refresh_from_db()


@pytest.mark.parametrize("end", [FIRST, LAST])
def test_an_end_that_nobody_touched_stays(browser, end):
    office = make_territory()
    anna = make_resource(office)
    shift = make_shift(anna, EVENING, "2026-10-25 02:00", status="tentative")
    absence = Absence.objects.create(service_resource=anna, start=at(EVENING), end=end)
    type(shift).objects.filter(pk=shift.pk).update(end=end)
    shift.refresh_from_db()
    send(browser, shift, status="confirmed", territory=office.pk)
    assert (shift.status, shift.end) == ("confirmed", end)
    send(browser, absence, type="vacation", description="Away")
    assert (absence.description, absence.end) == ("Away", end)


def test_an_end_that_is_entered_is_the_last_instant_that_shows_it(browser):
    office = make_territory()
    anna = make_resource(office)
    shift = make_shift(anna, EVENING, "2026-10-25 01:00")
    absence = Absence.objects.create(
        service_resource=anna, start=at(EVENING), end=at("2026-10-25 01:00")
    )
    send(browser, shift, status="confirmed", territory=office.pk)
    send(browser, absence, type="vacation")
    assert (shift.end, absence.end) == (LAST, LAST)
