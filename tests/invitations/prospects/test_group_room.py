"""A list whose invitation is to group work has room for as many as there are places (A10)."""

from __future__ import annotations

import datetime as dt

import pytest

from invitations.models import Invitation
from invitations.prospects.room import room_of
from scheduling.models import SchedulingPolicy
from tests.factories import (
    at,
    make_group,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def yoga(office):
    return make_work_type(office, attendee_limit=4)


def room(friday, *hosts, **fields) -> int:
    key = make_invitation(*hosts, **fields)
    return room_of(Invitation.objects.for_staff(friday).get(pk=key.invitation_id), friday).count


def test_places_add_up_and_a_group_of_two_hosts_counts_once(friday, office, yoga):
    hosts = make_resource(office), make_resource(office)
    start = at("2026-11-24 18:00")
    make_group(*hosts, start=start, work_type=yoga, territory=office)
    later = start + dt.timedelta(hours=2)
    make_group(hosts[0], start=later, work_type=yoga, territory=office, places=2)
    found = {"territory": office, "work_type": yoga}
    assert room(friday, *hosts, any_host=True, **found) == 6
    assert room(friday, *hosts, **found) == 4


def test_two_topics_of_one_work_are_no_more_places(friday, office, yoga):
    make_topic(yoga)
    make_topic(yoga)
    host = make_resource(office)
    make_group(host, start=at("2026-11-24 18:00"), work_type=yoga, territory=office)
    assert room(friday, host, territory=office, work_type=None, topic=None) == 4


def test_caps_of_the_invitation_count(friday, office, yoga):
    SchedulingPolicy.objects.create(name="Few", is_default=True, invitation_per_day=3)
    host = make_resource(office)
    make_group(host, start=at("2026-11-24 18:00"), work_type=yoga, territory=office)
    assert room(friday, host, territory=office, work_type=yoga) == 3
