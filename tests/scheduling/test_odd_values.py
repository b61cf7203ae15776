"""Whatever is typed into the forms of rules is kept, or refused in words; pages go on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scheduling.models import (
    Holiday,
    OperatingHours,
    ResourceSkill,
    SchedulingPolicy,
    Skill,
    SkillRequirement,
    TimeSlot,
    WorkType,
)
from tests.factories import at, make_hours, make_invitation
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


@pytest.fixture
def key():
    return make_invitation()


def inline(prefix, *rows):
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def send(row, sent):
    name = row._meta.label_lower.replace(".", "_")
    view, args = ("change", [row.pk]) if row.pk else ("add", [])
    found = signed_in(make_administrator()).post(reverse(f"admin:{name}_{view}", args=args), sent)
    assert found.status_code in (200, 302)
    return found


def assert_refused(found, **typed):
    """Beside the fields, with what was typed."""
    html = found.content.decode()
    assert found.status_code == 200
    assert "errorlist" in html
    for value in typed.values():
        assert str(value) in html


def assert_all_goes_on(key, client):
    """What was taken must not break the pages of guests and staff."""
    assert client.get(f"/invite/{key.key}/2026-W48/").status_code == 200
    assert client.get(f"/invite/{key.key}/").status_code == 200
    page = reverse("admin:invitations_invitation_explain", args=[key.invitation.pk])
    asked = {"at": "2026-11-24T09:00:00Z"}
    assert signed_in(make_administrator()).get(page, asked).status_code == 200


# Hours


def send_hours(hours, slots=(), holidays=()):
    sent = {"name": hours.name, "time_zone": "Europe/Berlin"}
    return send(hours, {**sent, **inline("time_slots", *slots), **inline("holidays", *holidays)})


SLOT = {"day_of_week": 1, "start_time": "09:00", "end_time": "12:00", "type": "normal"}


@pytest.mark.parametrize(
    "odd",
    [
        {"maximum_appointments": 0},
        {"maximum_appointments": -1},
        {"maximum_appointments": 1001},
        {"maximum_appointments": 10**30},
        {"end_time": "08:00"},
        {"end_time": "09:00"},
        {"start_time": "09:00:30"},
        {"day_of_week": 9},
        {"type": "odd"},
        {"topics": [99]},
    ],
)
def test_odd_time_slots_are_refused(odd):
    hours = make_hours(days=())
    assert_refused(send_hours(hours, [{**SLOT, **odd}]))
    assert not TimeSlot.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"start_time": "09:00"},
        {"end_time": "09:00"},
        {"start_time": "09:00", "end_time": "08:00"},
        {"start_time": "09:00", "end_time": "09:00"},
        {"start_time": "09:00:30", "end_time": "10:00"},
        {"name": ""},
        {"name": "x" * 201},
        {"date": "31/31/31"},
    ],
)
def test_odd_holidays_are_refused(odd):
    hours = make_hours(days=())
    assert_refused(send_hours(hours, holidays=[{"date": "2026-12-24", "name": "Eve", **odd}]))
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-11-24"])
def test_holidays_of_any_year_break_nothing(key, client, day):
    hours = OperatingHours.objects.get()
    hours.time_slots.all().delete()
    parts = [{"date": day, "name": "Eve", "start_time": "00:00", "end_time": "00:00"}] * 2
    found = send_hours(hours, [{**SLOT, "end_time": "00:00", "start_time": "00:00"}], parts)
    assert found.status_code == 302
    assert_all_goes_on(key, client)


# Skills


@pytest.mark.parametrize(
    ("odd", "is_taken"),
    [
        ({"level": 0}, False),
        ({"level": 101}, False),
        ({"level": 10**30}, False),
        ({"start_date": "2026-12-02", "end_date": "2026-12-01"}, False),
        ({"skill": 99}, False),
        ({"start_date": "0001-01-01", "end_date": "9999-12-31"}, True),
        ({"start_date": "9999-12-31"}, True),
        ({"end_date": "0001-01-01"}, True),
    ],
)
def test_odd_skills_of_a_resource(key, client, odd, is_taken):
    host = key.invitation.hosts.get().service_resource
    there = host.memberships.get()
    skill = Skill.objects.create(name="Law")
    SkillRequirement.objects.create(work_type=key.invitation.work_type, skill=skill)
    sent = {
        "name": "Anna",
        "email": "anna@example.com",
        "time_zone": "Europe/Berlin",
        "is_active": "on",
        **inline("memberships", {"id": there.pk, "territory": there.territory_id}),
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-type": "primary",
        **inline("skills", {"skill": skill.pk, "level": 1, **odd}),
        **inline("assistant_grants"),
    }
    found = send(host, sent)
    if is_taken:
        assert found.status_code == 302
        assert_all_goes_on(key, client)
    else:
        assert_refused(found)
    assert ResourceSkill.objects.exists() == is_taken


def work_sent(work, **values):
    sent = {
        "name": work.name,
        "duration": 30,
        "block_time_before": 0,
        "block_time_after": 0,
        "timeframe_start_unit": "days",
        "timeframe_end_unit": "days",
        **inline("territory_work_types"),
        **inline("skill_requirements"),
    }
    return {**sent, **values}


@pytest.mark.parametrize(
    "rows", [[{"level": 0}], [{"level": 101}], [{"level": 1}, {"level": 2}], [{"level": ""}]]
)
def test_odd_requirements_are_refused(key, rows):
    skill = Skill.objects.create(name="Law")
    work = key.invitation.work_type
    rows = [{"skill": skill.pk, **row} for row in rows]
    assert_refused(send(work, {**work_sent(work), **inline("skill_requirements", *rows)}))
    assert not SkillRequirement.objects.exists()


@pytest.mark.parametrize("unit", ["minutes", "hours", "days"])
@pytest.mark.parametrize("value", ["", "0", "1", "32767", "-1"])
def test_lead_time_and_horizon_of_any_size(key, client, value, unit):
    work = key.invitation.work_type
    for side in ("timeframe_start", "timeframe_end"):
        found = send(work, work_sent(work, **{side: value, f"{side}_unit": unit}))
        assert (found.status_code == 302) == (value != "-1")
        assert_all_goes_on(key, client)


# Policies


POLICY = {
    "name": "House rules",
    "is_default": "on",
    "working_time": "hours",
    "start_interval": 15,
    "lead_time": 0,
    "takes": "fewest",
    "cancel_cutoff": 0,
    "move_cutoff": 0,
    "confirm_within": 0,
    "uses_primary_members": "on",
    "uses_secondary_members": "on",
    "uses_skills": "on",
    "uses_foreign_calendars": "on",
}
NUMBERS = [
    field.name
    for field in SchedulingPolicy._meta.concrete_fields
    if "Integer" in type(field).__name__ and "Positive" in type(field).__name__
]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["", "0", "1", "32767", "527040", "-1", "1" + "0" * 30, "x"])
def test_numbers_of_a_policy_of_any_size(key, client, name, value):
    found = send(SchedulingPolicy(), {**POLICY, name: value})
    if found.status_code == 302:
        assert_all_goes_on(key, client)
    else:
        assert_refused(found, typed=value)


def test_a_second_default_is_refused_with_what_was_typed():
    SchedulingPolicy.objects.create(name="First", is_default=True)
    found = send(SchedulingPolicy(), POLICY)
    assert_refused(found, name="House rules", why="“First” is the default one.")


def test_a_policy_that_work_follows_is_not_deleted(key):
    policy = SchedulingPolicy.objects.create(name="Odd")
    WorkType.objects.update(scheduling_policy=policy)
    found = signed_in(make_administrator()).post(
        reverse("admin:scheduling_schedulingpolicy_delete", args=[policy.pk]), {"post": "yes"}
    )
    assert "is in use, so it stays" in found.content.decode()
