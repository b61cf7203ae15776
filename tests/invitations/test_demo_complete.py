"""What the demo shows of rosters, skills, places and groups."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.models import Appointment
from invitations import demo
from invitations.models import InvitationKey
from scheduling.models import ResourceSkill, Shift, TimeSlot
from tests.invitations.pages import starts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    demo.load(dt.date(2026, 11, 20))


def test_work_by_a_roster_needs_a_skill_and_is_offered_within_shifts(client):
    assert Shift.objects.exists()
    assert ResourceSkill.objects.exists()
    key = InvitationKey.objects.get(invitation__topic__name="Pension advice")
    assert starts(client.get(f"/invite/{key.key}/"))


def test_a_slot_has_places_for_several():
    assert TimeSlot.objects.filter(maximum_appointments__gt=1).exists()


def test_a_group_is_planned_with_attendees_and_places_left(client):
    first, _second = Appointment.objects.filter(places__isnull=False).order_by("start")
    assert 0 < first.attendees.count() < first.places
    key = InvitationKey.objects.get(invitation__topic__name="Seminar on inheritance")
    assert starts(client.get(f"/invite/{key.key}/"))
