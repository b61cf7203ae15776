"""The form of operating hours."""

from __future__ import annotations

import pytest

from tests.factories import make_hours
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db


def test_rows_offer_topics_but_no_button_that_makes_one():
    page = f"/admin/scheduling/operatinghours/{make_hours().pk}/change/"
    shown = signed_in(make_administrator()).get(page).content.decode()
    assert 'name="time_slots-0-topics"' in shown
    assert "add_id_time_slots-0-topics" not in shown
