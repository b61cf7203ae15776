"""How a group is called where it stands by itself, and within sentences."""

from __future__ import annotations

import pytest

from appointments.models import Appointment
from tests.factories import at, make_group, make_resource, make_territory, make_work_type
from tests.invitations.pages import text
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make_resource(make_territory(name="Berlin Mitte"), name="Anna Berger")


@pytest.fixture
def group(anna):
    place = anna.memberships.get().territory
    work = make_work_type(place, name="Yoga", duration=60, attendee_limit=3)
    return make_group(anna, start=at("2026-11-24 19:00"), work_type=work, territory=place)


@pytest.mark.parametrize(
    "page", ["?all=1", "agenda/?resource={anna}&week=2026-W48", "{group}/change/"]
)
def test_by_itself_a_group_begins_with_a_capital(page, anna, group):
    page = page.format(anna=anna.pk, group=group.pk)
    shown = text(signed_in(make_administrator()).get(f"/admin/appointments/appointment/{page}"))
    assert "Group of up to 3" in shown
    assert "a group of up to 3" not in shown


def test_in_a_sentence_it_does_not(group):
    assert group.guest_name == "a group of up to 3"
    assert group.heading == "Group of up to 3"


def test_whoever_comes_alone_keeps_their_name_as_they_write_it():
    assert Appointment(first_name="bell", last_name="hooks").heading == "bell hooks"
