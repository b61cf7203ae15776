"""For how many appointments there is room, which is not how many starts are open."""

from __future__ import annotations

import datetime as dt

import pytest

from invitations.models import Invitation
from invitations.prospects.room import Room, room_of
from scheduling.models import SchedulingPolicy, TimeSlot
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MONDAY = dt.date(2026, 11, 23)
MORNING = ((dt.time(9), dt.time(12)),)
DAYS = {"from_date": MONDAY, "until_date": MONDAY + dt.timedelta(days=6)}


def morning_of_mondays():
    return make_territory(make_hours(days=[0], times=MORNING))


def room_under(*hosts, now, **fields) -> Room:
    key = make_invitation(*hosts, **{**DAYS, **fields})
    return room_of(Invitation.objects.for_staff(now).get(pk=key.invitation_id), now)


def test_overlapping_starts_are_room_for_one(friday):
    territory = morning_of_mondays()
    work = make_work_type(territory, duration=60, start_interval=15)
    room = room_under(make_resource(territory), now=friday, territory=territory, work_type=work)
    assert room.count == 3  # of nine starts that are open


def test_block_times_take_their_room(friday):
    territory = morning_of_mondays()
    work = make_work_type(territory, duration=60, start_interval=15, block_time_after=30)
    room = room_under(make_resource(territory), now=friday, territory=territory, work_type=work)
    assert room.count == 2  # 9:00 and 10:30; the last one may run over the window's end


def test_hosts_of_whom_any_will_do_add_up(friday):
    territory = morning_of_mondays()
    work = make_work_type(territory, duration=60, start_interval=60)
    hosts = make_resource(territory), make_resource(territory)
    fields = {"territory": territory, "work_type": work}
    assert room_under(*hosts, now=friday, any_host=True, **fields).count == 6
    assert room_under(*hosts, now=friday, any_host=False, **fields).count == 3


def test_a7_places_of_a_time_slot_are_room_side_by_side(friday):
    territory = morning_of_mondays()
    TimeSlot.objects.update(maximum_appointments=3)
    work = make_work_type(territory, duration=60, start_interval=30)
    hosts = make_resource(territory), make_resource(territory)
    fields = {"territory": territory, "work_type": work, "now": friday}
    assert room_under(hosts[0], **fields).count == 9
    assert room_under(*hosts, any_host=True, **fields).count == 18
    assert room_under(*hosts, **fields).count == 9
    make_appointment(hosts[0], at("2026-11-23 10:00"), 60, territory=territory, work_type=work)
    assert room_under(hosts[0], **fields).count == 8


def test_what_is_booked_is_no_room(friday):
    territory = morning_of_mondays()
    work = make_work_type(territory, duration=60, start_interval=60)
    host = make_resource(territory)
    make_appointment(host, at("2026-11-23 10:00"), minutes=60, territory=territory)
    assert room_under(host, now=friday, territory=territory, work_type=work).count == 2


def test_places_left_to_the_guest_do_not_double_their_host(friday):
    first, second = morning_of_mondays(), morning_of_mondays()
    work = make_work_type(first, second, duration=60, start_interval=60)
    host = make_resource(first, second)
    assert room_under(host, now=friday, territory=None, work_type=work).count == 3


def test_room_is_told_by_week_beside_the_fullest(friday):
    territory = morning_of_mondays()
    work = make_work_type(territory, duration=60, start_interval=60)
    host = make_resource(territory)
    make_appointment(host, at("2026-11-30 10:00"), minutes=60, territory=territory)
    room = room_under(
        host, now=friday, territory=territory, work_type=work, until_date=dt.date(2026, 12, 6)
    )
    assert [(week.label, week.count, week.percent) for week in room.weeks] == [
        ("23 – 29 November 2026", 3, 100),
        ("30 November – 6 December 2026", 2, 67),
    ]


def test_nothing_offered_is_no_room(friday):
    territory = make_territory()
    assert room_under(
        make_resource(), now=friday, territory=territory, work_type=make_work_type(territory)
    ) == Room(0, [])


@pytest.mark.parametrize(
    ("caps", "room"),
    [
        ({"resource_per_day": 2}, 8),
        ({"resource_per_day": 2, "resource_per_week": 3}, 6),
        ({"invitation_per_day": 1}, 2),
        ({"invitation_per_week": 1}, 1),
        ({}, 12),
    ],
)
def test_what_caps_of_a_policy_forbid_is_no_room(friday, caps, room):
    territory = make_territory(make_hours(days=[0, 1], times=MORNING))
    policy = SchedulingPolicy.objects.create(name="Capped", **caps)
    work = make_work_type(territory, duration=60, start_interval=15, scheduling_policy=policy)
    hosts = make_resource(territory), make_resource(territory)
    fields = {"territory": territory, "work_type": work, "any_host": True}
    assert room_under(*hosts, now=friday, **fields).count == room


def test_what_hosts_have_already_counts_towards_their_caps(friday):
    territory = morning_of_mondays()
    policy = SchedulingPolicy.objects.create(name="Capped", resource_per_day=2)
    work = make_work_type(territory, duration=60, start_interval=60, scheduling_policy=policy)
    host = make_resource(territory)
    make_appointment(host, at("2026-11-23 10:00"), minutes=60, territory=territory)
    assert room_under(host, now=friday, territory=territory, work_type=work).count == 1
