"""Somebody else instead of a host who cannot be there, from the page of conflicts (rule A6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.conflicts import conflicts
from appointments.models import Appointment, Assignment, OutboxMessage, Status
from appointments.standing_in import stand_ins
from scheduling.models import (
    Absence,
    ResourceSkill,
    SchedulingPolicy,
    ServiceResource,
    Skill,
    SkillRequirement,
    TimeSlot,
)
from tests.factories import (
    at,
    make_appointment,
    make_client,
    make_preference,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(hours=20)
PAGE = "/admin/appointments/appointment/conflicts/"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def work(office):
    return make_work_type(office)


@pytest.fixture
def anna(office):
    anna = make_resource(office, name="Anna Berger")
    away(anna)
    return anna


@pytest.fixture
def tom(office):
    return make_resource(office, name="Tom Reed")


@pytest.fixture
def appointment(anna, office, work):
    return make_appointment(anna, START, territory=office, work_type=work)


def away(resource):
    Absence.objects.create(service_resource=resource, start=START, end=START + dt.timedelta(1))


def names(candidates=None):
    found = conflicts(ServiceResource.objects.all(), NOW)
    everybody = ServiceResource.objects.all() if candidates is None else candidates
    return [[each.name for each in takers] for takers in stand_ins(found, everybody, 9, NOW)]


def second(appointment, resource, **fields):
    return Assignment.objects.create(
        appointment=appointment,
        service_resource=resource,
        is_primary=False,
        blocked_start=appointment.start,
        blocked_end=appointment.end,
        **fields,
    )


def test_who_is_free_and_works_there_is_offered(appointment, tom):
    make_resource(make_territory(), name="Elsewhere")
    make_resource(appointment.territory, name="Gone", is_active=False)
    assert names() == [["Tom Reed"]]


def test_nobody_is_who_is_away_or_booked_or_needed_already(appointment, tom, office, work):
    make_appointment(tom, START, territory=office, work_type=work)
    away(make_resource(office, name="Away"))
    second(appointment, make_resource(office, name="In it"))
    assert names() == [[]]


def test_nobody_is_who_is_booked_in_the_next_week_while_it_still_blocks(anna, tom, office, work):
    midnight = at("2026-11-30 00:00")
    for day, start, end in ((6, dt.time(22), dt.time(0)), (0, dt.time(0), dt.time(1))):
        TimeSlot.objects.create(
            operating_hours=office.operating_hours, day_of_week=day, start_time=start, end_time=end
        )
    made = make_appointment(
        anna, midnight - dt.timedelta(minutes=30), 30, territory=office, work_type=work
    )
    made.assignments.update(blocked_end=midnight + dt.timedelta(minutes=30))
    Absence.objects.create(
        service_resource=anna, start=made.start, end=midnight + dt.timedelta(hours=1)
    )
    assert names() == [["Tom Reed"]]
    make_appointment(tom, midnight, 20, territory=office, work_type=work)
    assert names() == [[]]


def test_who_may_join_could_take_over(appointment, tom):
    second(appointment, tom, is_required=False, holds_time=False)
    assert names() == [["Tom Reed"]]


def test_the_one_with_the_fewest_booked_minutes_that_week_comes_first(
    appointment, tom, office, work
):
    make_resource(office, name="Zoe")
    make_appointment(tom, START + dt.timedelta(days=1), territory=office, work_type=work)
    assert names() == [["Zoe", "Tom Reed"]]


def test_what_is_in_the_week_before_does_not_count(appointment, tom, office, work):
    make_resource(office, name="Zoe")
    make_appointment(tom, START - dt.timedelta(days=7), territory=office, work_type=work)
    assert names() == [["Tom Reed", "Zoe"]]


def test_skills_are_asked_of_whoever_leads(appointment, tom, office, work):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, uses_skills=True)
    skill = Skill.objects.create(name="Loans")
    SkillRequirement.objects.create(work_type=work, skill=skill)
    assert names() == [[]]
    ResourceSkill.objects.create(service_resource=tom, skill=skill)
    assert names() == [["Tom Reed"]]
    ResourceSkill.objects.all().delete()
    leader = make_resource(office, name="Leader")
    appointment.assignments.update(is_primary=False)
    second(appointment, leader)
    Assignment.objects.filter(service_resource=leader).update(is_primary=True)
    assert names() == [["Tom Reed"]]


def test_whom_the_client_prefers_comes_first_and_whom_they_exclude_never(appointment, tom, office):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, uses_preferences=True)
    client = make_client()
    Appointment.objects.update(client=client)
    make_preference(client, make_resource(office, name="Zoe"), "preferred")
    make_preference(client, make_resource(office, name="No"), "excluded")
    assert names() == [["Zoe", "Tom Reed"]]


def test_finding_them_takes_the_same_queries_for_any_number(appointment, anna, tom, office, work):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            names()
        return len(asked)

    one = queries()
    for number in range(1, 10):
        start = START + number * dt.timedelta(minutes=30)
        make_appointment(anna, start, territory=office, work_type=work)
    assert (names(), queries()) == ([["Tom Reed"]] * 10, one)


def test_without_conflicts_nothing_is_asked(tom):
    assert names() == []


# The page


def give(client, appointment, former, taker):
    data = {"give": f"{appointment.pk}-{former.pk}-{taker.pk}"}
    return text(client.post(PAGE, data, follow=True))


def test_giving_one_away_keeps_what_is_typed_for_the_others(appointment, anna, tom, office):
    later = make_appointment(anna, START + dt.timedelta(hours=2), territory=office)
    client = signed_in(make_administrator())
    chosen = f"{appointment.pk}-{anna.pk}-{tom.pk}"
    data = {"give": chosen, "appointment": [later.pk], "reason": "Anna is ill."}
    page = text(client.post(PAGE, data))
    assert "It has another host." in page
    assert "Anna is ill." in page
    assert f'value="{later.pk}" checked' in page
    later.refresh_from_db()
    assert later.status == Status.SCHEDULED


def test_one_press_gives_it_to_them(appointment, anna, tom):
    client = signed_in(make_administrator())
    assert "Give to Tom Reed" in text(client.get(PAGE))
    assert "It has another host." in give(client, appointment, anna, tom)
    assert appointment.assignments.get().service_resource == tom
    kinds = OutboxMessage.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["guest_reassigned", "resource_booked", "resource_released"]


def test_the_page_says_that_nobody_is_free(appointment):
    page = text(signed_in(make_administrator()).get(PAGE))
    assert "Nobody else who fits is free then." in page


def test_more_than_three_are_on_a_page_of_their_own(appointment, office):
    for number in range(4):
        make_resource(office, name=f"Host {number}")
    page = text(signed_in(make_administrator()).get(PAGE))
    assert "Give to Host 2" in page
    assert "Give to Host 3" not in page
    assert f"/{appointment.pk}/reassign/" in page


def test_only_what_is_offered_can_be_pressed(appointment, anna, tom, office):
    stranger, blind = make_resource(office), make_assistant(anna, can_change_appointments=False)
    for user in (own_user(anna), own_user(stranger), blind):
        give(signed_in(user), appointment, anna, tom)
    away(tom)
    page = give(signed_in(make_administrator()), appointment, anna, tom)
    assert "was changed meanwhile" in page
    assert give(signed_in(make_administrator()), appointment, anna, anna)
    assert appointment.assignments.get().service_resource == anna
