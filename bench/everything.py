"""The openings of a week among 1,000 hosts, every rule switched on: ``python -m bench.everything``.

Rows are read, turned into values of the engine and asked; beside that, the same rows are only
read. Runs on ``DATABASE_URL``; prints JSON: seconds, queries, openings.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.models import Appointment, Assignment, BusyTime, ForeignCalendar
from appointments.openings import question_between
from appointments.terms import Terms
from bench.measure import medians
from scheduling.engine.intervals import minute_of
from scheduling.engine.openings import openings
from scheduling.models import (
    Absence,
    Membership,
    ResourceSkill,
    SchedulingPolicy,
    ServiceResource,
    Shift,
    Skill,
    SkillRequirement,
    TimeSlot,
    WorkType,
)
from tests import factories

HOSTS = 1_000
ROUNDS = 9
A_WEEK, A_DAY, AN_HOUR = dt.timedelta(days=7), dt.timedelta(days=1), dt.timedelta(hours=1)
_TODAY = timezone.now().date()
MONDAY = factories.at(f"{_TODAY - dt.timedelta(days=_TODAY.weekday()) + 2 * A_WEEK} 00:00")
DAYS = [MONDAY + n * A_DAY for n in range(5)]


def main() -> None:
    terms = stage()
    now = timezone.now()

    def ask() -> list[int]:
        question = question_between(terms, MONDAY, MONDAY + A_WEEK, now)
        return openings(question, minute_of(MONDAY), minute_of(MONDAY + A_WEEK))

    with CaptureQueriesContext(connection) as queries:
        found = ask()
    statements = [query["sql"] for query in queries.captured_queries]

    def read() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    seconds = medians({"ours": ask, "read": read}, ROUNDS)
    print(json.dumps({**seconds, "queries": len(statements), "openings": len(found)}))


def stage() -> Terms:
    """Hosts with shifts, absences, appointments, foreign calendars and skills of their own."""
    place = factories.make_territory(name="Office")
    topic = factories.make_topic(work := factories.make_work_type(place, name="Review"))
    TimeSlot.objects.update(maximum_appointments=2)
    TimeSlot.objects.first().topics.add(topic)
    policy = SchedulingPolicy.objects.create(
        name="Everything",
        working_time="union",
        foreign_hours_old=100,
        resource_per_day=6,
        resource_per_week=25,
        invitation_per_day=50,
    )
    skill = Skill.objects.create(name="Pensions")
    SkillRequirement.objects.create(work_type=work, skill=skill, level=3)
    hosts = ServiceResource.objects.bulk_create(
        ServiceResource(name=f"Host {n}", email=f"host{n}@example.com", time_zone="Europe/Berlin")
        for n in range(HOSTS)
    )
    for model, rows in {
        Membership: (Membership(service_resource=host, territory=place) for host in hosts),
        ResourceSkill: skills(hosts, skill),
        Absence: absences(hosts),
        Shift: shifts(hosts, place),
    }.items():
        create(model, rows)
    book(hosts, place, work)
    fill_calendars(hosts)
    return Terms(
        work_type=WorkType.objects.with_rules().get(pk=work.pk),
        territory=place,
        hosts=tuple(hosts),
        appointment_type="phone",
        time_zone=factories.BERLIN,
        any_host=True,
        topic=topic,
        own_policy=policy,
        is_extended=True,
        starts=tuple(day + 9 * AN_HOUR for day in DAYS for _ in range(40)),
    )


def skills(hosts: list[ServiceResource], skill: Skill) -> Iterator[ResourceSkill]:
    for number, host in enumerate(hosts):
        yield ResourceSkill(service_resource=host, skill=skill, level=number % 5 + 1)


def absences(hosts: list[ServiceResource]) -> Iterator[Absence]:
    for number, host in enumerate(hosts):
        start = DAYS[number % 5] + 13 * AN_HOUR
        yield Absence(service_resource=host, start=start, end=start + 2 * AN_HOUR)


def shifts(hosts: list[ServiceResource], place: Any) -> Iterator[Shift]:
    for host in hosts:
        for day in DAYS[:3]:
            start = day + 18 * AN_HOUR
            yield Shift(
                service_resource=host,
                territory=place,
                start=start,
                end=start + 2 * AN_HOUR,
                status="published",
            )


def book(hosts: list[ServiceResource], place: Any, work: Any) -> None:
    """Five appointments of each host in the week, at the same time for many of them."""
    made = []
    for number, host in enumerate(hosts):
        for day in DAYS:
            start = day + (9 + number % 8) * AN_HOUR
            made.append((host, appointment_at(start, place, work)))
    create(Appointment, (appointment for _, appointment in made))
    create(
        Assignment,
        (
            Assignment(
                appointment=appointment,
                service_resource=host,
                blocked_start=appointment.start,
                blocked_end=appointment.end,
            )
            for host, appointment in made
        ),
    )


def appointment_at(start: dt.datetime, place: Any, work: Any) -> Appointment:
    return Appointment(
        start=start,
        end=start + AN_HOUR / 2,
        territory=place,
        work_type=work,
        appointment_type="phone",
        email="gerda@example.com",
        language="en",
        time_zone="Europe/Berlin",
    )


def fill_calendars(hosts: list[ServiceResource]) -> None:
    now = timezone.now()
    calendars = ForeignCalendar.objects.bulk_create(
        ForeignCalendar(service_resource=host, name="Own", url="https://example.com/", read_at=now)
        for host in hosts
    )
    rows = (
        BusyTime(calendar=each, start=day + 11 * AN_HOUR, end=day + 12 * AN_HOUR)
        for each in calendars
        for day in DAYS[:3]
    )
    create(BusyTime, rows)


def create(model: Any, rows: Iterator[Any]) -> None:
    while some := list(islice(rows, 500)):
        model.objects.bulk_create(some)


if __name__ == "__main__":
    main()
