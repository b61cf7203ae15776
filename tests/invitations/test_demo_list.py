"""The prospect list of the demo: people in every state that a visitor may want to look at."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from appointments.models import GRACE
from invitations import demo
from invitations.models import DoNotContact, ProspectList

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 20)


def test_the_demos_list_has_people_in_many_states():
    demo.load(TODAY)
    (prospect_list,) = ProspectList.objects.all()
    assert str(prospect_list.created_by) == "carla"
    people = prospect_list.recipients.with_history(timezone.now() - GRACE)
    states = list(people.values_list("state", flat=True))
    assert {state: states.count(state) for state in states} == {
        "listed": 4,
        "queued": 5,
        "sent": 6,
        "refused": 2,
        "fetched": 8,
        "opened": 8,
        "booked": 5,
        "cancelled": 1,
        "withdrawn": 1,
    }
    assert people.filter(moved_at__isnull=False).count() == 1
    assert DoNotContact.objects.count() == 1
    assert len(mail.outbox) == 28


def test_the_demos_list_is_made_once():
    demo.load(TODAY)
    demo.load(TODAY)
    assert ProspectList.objects.count() == 1
