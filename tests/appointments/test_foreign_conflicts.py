"""Busy time of another calendar over an appointment is shown to whoever can move it."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.conflicts import conflicts
from appointments.models import BusyTime, ForeignCalendar
from scheduling.models import Absence, SchedulingPolicy, ServiceResource
from tests.factories import at, make_appointment, make_resource, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)


@pytest.fixture
def anna():
    return make_resource(make_territory(name="Berlin Mitte"), name="Anna Berger")


@pytest.fixture
def appointment(anna):
    return make_appointment(anna, START, territory=anna.memberships.get().territory)


def busy(resource, start, end):
    calendar, _ = ForeignCalendar.objects.get_or_create(
        service_resource=resource, name="Private", url="https://example.com/a.ics"
    )
    return BusyTime.objects.create(calendar=calendar, start=at(start), end=at(end))


def found():
    return [
        (each.appointment, each.words) for each in conflicts(ServiceResource.objects.all(), NOW)
    ]


def test_busy_time_over_an_appointment_is_a_conflict(appointment, anna):
    busy(anna, "2026-11-24 10:29", "2026-11-24 12:00")
    assert found() == [(appointment, "busy in another calendar")]
    Absence.objects.create(
        service_resource=anna, start=at("2026-11-24 09:00"), end=at("2026-11-24 12:00")
    )
    assert found() == [(appointment, "absent and busy in another calendar")]


def test_what_only_touches_it_or_is_of_somebody_else_is_none(appointment, anna):
    busy(anna, "2026-11-24 09:00", "2026-11-24 10:00")
    busy(anna, "2026-11-24 10:30", "2026-11-24 11:00")
    busy(make_resource(make_territory(), name="Other"), "2026-11-24 09:00", "2026-11-24 11:00")
    assert found() == []


def test_where_the_policy_leaves_other_calendars_alone_it_is_none(appointment, anna):
    busy(anna, "2026-11-24 10:00", "2026-11-24 11:00")
    policy = SchedulingPolicy.objects.create(name="Own time", uses_foreign_calendars=False)
    appointment.scheduling_policy = policy
    appointment.save()
    assert found() == []
