"""Rows become values of the engine, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.models import Appointment, Assignment
from appointments.openings import question
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.openings import openings
from scheduling.models import (
    Absence,
    Holiday,
    Membership,
    SchedulingPolicy,
    ServiceResource,
    TimeSlot,
)
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
MONDAY = at("2026-11-23 00:00")


def starts(terms, day=MONDAY, now=NOW, days=1):
    """The open starts of a day, as Berlin's clock shows them."""
    first = minute_of(day)
    found = openings(question(terms, now), first, first + days * 1440)
    return [f"{instant_of(minute).astimezone(day.tzinfo):%H:%M}" for minute in found]


def test_a1_hours_of_the_territory_bound_the_day():
    terms = make_terms()
    assert starts(terms)[0] == "09:00"
    assert starts(terms)[-1] == "16:30"


def test_a1_own_hours_of_a_membership_narrow_those_of_the_territory():
    territory = make_territory()
    resource = make_resource(territory)
    own = make_hours(times=[(dt.time(8), dt.time(10))])
    resource.memberships.update(operating_hours=own)
    assert starts(make_terms(resource, territory=territory)) == ["09:00", "09:30"]


def test_a1_own_hours_of_the_work_type_narrow_too():
    territory = make_territory()
    work = make_work_type(territory, operating_hours=make_hours(times=[(dt.time(16), dt.time(18))]))
    assert starts(make_terms(territory=territory, work_type=work)) == ["16:00", "16:30"]


def test_a1_extended_time_slots_are_not_offered():
    territory = make_territory()
    territory.operating_hours.time_slots.update(type=TimeSlot.Type.EXTENDED)
    assert starts(make_terms(territory=territory)) == []


def test_a1_a_holiday_of_any_hours_used_closes_the_day():
    territory = make_territory()
    work = make_work_type(territory, operating_hours=make_hours())
    terms = make_terms(territory=territory, work_type=work)
    Holiday.objects.create(
        operating_hours=work.operating_hours, date=dt.date(2026, 11, 23), name="Founder's day"
    )
    assert starts(terms) == []
    assert starts(terms, at("2026-11-24 00:00")) != []


def test_a1_membership_dates_include_their_last_day():
    territory = make_territory()
    resource = make_resource(territory)
    resource.memberships.update(start_date=dt.date(2026, 11, 24), end_date=dt.date(2026, 11, 24))
    terms = make_terms(resource, territory=territory)
    assert starts(terms, MONDAY) == []
    assert len(starts(terms, at("2026-11-24 00:00"))) == 16
    assert starts(terms, at("2026-11-25 00:00")) == []


def test_a1_a_relocation_suspends_the_other_memberships():
    home, away = make_territory(), make_territory()
    resource = make_resource(home)
    Membership.objects.create(
        service_resource=resource,
        territory=away,
        type=Membership.Type.RELOCATION,
        start_date=dt.date(2026, 11, 23),
        end_date=dt.date(2026, 11, 23),
    )
    work = make_work_type(home, away)
    at_home = make_terms(resource, territory=home, work_type=work)
    abroad = make_terms(resource, territory=away, work_type=work)
    assert (starts(at_home), len(starts(abroad))) == ([], 16)
    assert (len(starts(at_home, at("2026-11-24 00:00"))), starts(abroad, days=7)[16:]) == (16, [])


def test_a2_absences_and_held_time_are_busy_and_freed_time_is_not():
    territory = make_territory()
    resource = make_resource(territory)
    Absence.objects.create(
        service_resource=resource, start=at("2026-11-23 09:00"), end=at("2026-11-23 12:00")
    )
    make_appointment(resource, at("2026-11-23 12:00"), 60)
    cancelled = make_appointment(resource, at("2026-11-23 13:00"), 60)
    cancelled.assignments.update(holds_time=False)
    assert starts(make_terms(resource, territory=territory))[0] == "13:00"


def test_a2_an_absence_of_odd_seconds_takes_its_minutes_whole():
    territory = make_territory()
    resource = make_resource(territory)
    Absence.objects.create(
        service_resource=resource,
        start=at("2026-11-23 09:29:59"),
        end=at("2026-11-23 10:00:01"),
    )
    assert starts(make_terms(resource, territory=territory))[0] == "10:30"


def test_an_inactive_resource_has_no_openings():
    territory = make_territory()
    resource = make_resource(territory, is_active=False)
    assert starts(make_terms(resource, territory=territory)) == []


def test_a5_the_interval_comes_from_work_type_then_policy_then_default():
    territory = make_territory()
    work = make_work_type(territory, start_interval=None)
    assert starts(make_terms(territory=territory, work_type=work))[1] == "09:15"
    SchedulingPolicy.objects.create(name="All", start_interval=20, is_default=True)
    assert starts(make_terms(territory=territory, work_type=work))[1] == "09:20"
    work.scheduling_policy = SchedulingPolicy.objects.create(name="Own", start_interval=10)
    work.save()
    assert starts(make_terms(territory=territory, work_type=work))[1] == "09:10"


def book_often(resources: list[ServiceResource], count: int) -> None:
    """Short appointments one after another from tomorrow on, spread over the resources."""
    template = make_appointment(resources[0], at("2026-01-05 09:00"))
    five = dt.timedelta(minutes=5)
    moments = [NOW + dt.timedelta(days=1) + number * five for number in range(count)]
    appointments = [Appointment(**copied(template), start=m, end=m + five) for m in moments]
    Assignment.objects.bulk_create(
        Assignment(
            appointment=appointment,
            service_resource=resources[number % len(resources)],
            blocked_start=appointment.start,
            blocked_end=appointment.end,
        )
        for number, appointment in enumerate(Appointment.objects.bulk_create(appointments))
    )


def copied(appointment: Appointment) -> dict[str, object]:
    names = ("work_type", "territory", "appointment_type", "language", "time_zone")
    return {name: getattr(appointment, name) for name in names}


@pytest.mark.parametrize(("hosts", "bookings"), [(1, 10), (50, 10), (1, 10_000), (50, 10_000)])
def test_the_number_of_queries_is_the_same_for_any_number_of_rows(
    django_assert_num_queries, hosts, bookings
):
    territory = make_territory()
    resources = [make_resource(territory) for _ in range(hosts)]
    book_often(resources, bookings)
    terms = make_terms(*resources, territory=territory, any_host=True)
    with django_assert_num_queries(5):
        question(terms, NOW)
