"""What no record is behind is said without a link to one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from scheduling.models import SchedulingPolicy
from tests.appointments.explaining import in_words, start_section
from tests.factories import at, make_invitation
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db]

YEARS_AHEAD = "2028-11-23T09:00:00Z"


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


def told(invitation):
    address = reverse("admin:invitations_invitation_explain", args=[invitation.pk])
    return start_section(signed_in(make_administrator()).get(address, {"at": YEARS_AHEAD}))


def test_without_any_policy_nothing_leads_to_one():
    html = told(make_invitation().invitation)
    assert "Too far ahead Anna" in in_words(html)
    assert "schedulingpolicy" not in html


def test_a_policy_is_named_where_there_is_one():
    policy = SchedulingPolicy.objects.create(name="House rules", is_default=True)
    html = told(make_invitation().invitation)
    assert "Too far ahead: House rules" in in_words(html)
    assert reverse("admin:scheduling_schedulingpolicy_change", args=[policy.pk]) in html
