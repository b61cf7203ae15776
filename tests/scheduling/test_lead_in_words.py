"""What the page of a work type says of what its policy decides."""

from __future__ import annotations

import pytest

from scheduling.models import SchedulingPolicy
from tests.factories import make_territory, make_work_type
from tests.invitations.pages import text
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db


def test_no_lead_time_is_said_without_a_number():
    policy = SchedulingPolicy.objects.create(name="Standard", lead_time=0, horizon=43200)
    fields = {"timeframe_start": None, "timeframe_end": None, "scheduling_policy": policy}
    work = make_work_type(make_territory(), **fields)
    page = f"/admin/scheduling/worktype/{work.pk}/change/"
    shown = text(signed_in(make_administrator()).get(page))
    assert "guests book until the last minute and at most 30 days ahead" in shown
