"""``openings --explain`` prints the codes of every kind of reason (A9)."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from appointments.models import BusyTime, ForeignCalendar
from scheduling.models import (
    SchedulingPolicy,
    Shift,
    Skill,
    SkillRequirement,
    TimeSlot,
    WorkType,
)
from tests.factories import at, make_appointment, make_invitation, make_topic

pytestmark = pytest.mark.django_db

TEN = "2026-11-24T10:00:00+01:00"


@pytest.fixture
def key():
    return make_invitation()


def explain(key, instant=TEN):
    out = StringIO()
    call_command("openings", key.key, "--explain", instant, stdout=out)
    return out.getvalue().split()


def use(**fields):
    policy = SchedulingPolicy.objects.create(name="Strict", **fields)
    WorkType.objects.update(scheduling_policy=policy)


def host_of(key):
    return key.invitation.hosts.get().service_resource


def calendar_of(key):
    return ForeignCalendar.objects.create(
        service_resource=host_of(key), name="Private", url="https://example.com/a.ics"
    )


def test_shifts(key):
    use(working_time="shifts")
    assert explain(key) == ["outside-shifts"]
    shift = Shift.objects.create(
        service_resource=host_of(key),
        territory=key.invitation.territory,
        start=at("2026-11-24 08:00"),
        end=at("2026-11-24 12:00"),
        status="published",
    )
    assert explain(key) == ["open"]
    shift.topics.add(make_topic())
    assert explain(key) == ["other-topic"]


def test_hours_for_others_and_extended_hours(key):
    TimeSlot.objects.filter(day_of_week=1).update(type="extended")
    assert explain(key) == ["extended-hours"]


def test_skills(key):
    use(uses_skills=True)
    skill = Skill.objects.create(name="Tax law")
    SkillRequirement.objects.create(work_type=key.invitation.work_type, skill=skill)
    assert explain(key) == ["unskilled"]


def test_foreign_calendars(key):
    use(uses_foreign_calendars=True, foreign_hours_old=24)
    BusyTime.objects.create(
        calendar=calendar_of(key), start=at("2026-11-24 10:00"), end=at("2026-11-24 11:00")
    )
    assert explain(key) == ["busy-elsewhere", "calendar-outdated"]


def test_caps(key):
    use(resource_per_day=1, invitation_per_day=1)
    booked = make_appointment(
        host_of(key), at("2026-11-24 15:00"), territory=key.invitation.territory
    )
    assert explain(key) == ["host-cap"]
    key.invitation.bookings.create(appointment=booked, key=key)
    assert explain(key) == ["host-cap", "invitation-cap"]
