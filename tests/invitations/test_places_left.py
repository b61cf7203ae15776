"""How many places are left, said where there is more than one (rule A7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.openings import question
from invitations.choices import terms_of
from invitations.models import InvitationKey
from invitations.places import places_of
from scheduling.engine.intervals import minute_of
from scheduling.engine.openings import openings, places
from scheduling.models import TimeSlot
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory
from tests.invitations.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
SHOWN = 'aria-label="Tuesday, 24 November, 10:00 to 10:30, Berlin time'


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def key(office, anna):
    return make_invitation(anna, territory=office)


def allow(places):
    """So many at once on Tuesdays."""
    TimeSlot.objects.filter(day_of_week=1).update(maximum_appointments=places)


def page(client, key):
    return client.get(f"/invite/{key.key}/2026-W48/")


def slot(response, start="2026-11-24T09:00:00Z"):
    """What the button of a start says, and to a screen reader."""
    [found] = [
        each
        for entry in response.context["page"].entries
        if hasattr(entry, "shown")
        for part in [*entry.shown, *entry.folded]
        for each in part.slots
        if each.start == start
    ]
    return found.notes, found.full_label


def left(key):
    asked = question(terms_of(key.invitation, {}), NOW)
    starts = openings(asked, minute_of(START), minute_of(START) + 2 * 24 * 60)
    found = places_of(asked, starts)
    assert all(places(asked, start) == number for start, number in found.items())
    return found


def test_a_place_of_one_is_not_spoken_of(client, key):
    allow(1)
    assert left(key) == {}
    assert slot(page(client, key))[0] == ""
    assert "place" not in text(client.get(f"/invite/{key.key}/book/?start=2026-11-24T09:00:00Z"))


def test_more_are_counted_less_those_taken_to_eyes_and_ears(client, key, anna, office):
    allow(3)
    assert slot(page(client, key))[0] == "<small>3 places left</small>"
    make_appointment(anna, START, territory=office).assignments.update(seat=2)
    make_appointment(anna, START, territory=office)
    said, heard = slot(page(client, key))
    assert said == "<small>1 place left</small>"
    assert heard.endswith(", 1 place left")
    assert "1 place left" in text(page(client, key))
    details = client.get(f"/invite/{key.key}/book/?start=2026-11-24T09:00:00Z")
    assert "1 place left" in text(details)


def test_days_with_one_place_stay_silent_beside_others(client, key):
    allow(3)
    response = page(client, key)
    assert slot(response, "2026-11-25T09:00:00Z")[0] == ""
    assert slot(response)[0] == "<small>3 places left</small>"


def test_all_that_are_needed_have_to_have_one(key, anna, office):
    allow(3)
    tom = make_resource(office)
    both = make_invitation(anna, tom, territory=office)
    make_appointment(tom, START, territory=office)
    assert left(both)[minute_of(START)] == 2


def test_of_any_host_the_places_are_counted_together(key, anna, office):
    allow(3)
    tom = make_resource(office)
    any_host = make_invitation(anna, tom, territory=office, any_host=True)
    make_appointment(tom, START, territory=office)
    assert left(any_host)[minute_of(START)] == 5


def test_several_free_hosts_of_one_place_each_are_no_places(anna, office):
    tom = make_resource(office)
    assert left(make_invitation(anna, tom, territory=office, any_host=True)) == {}


def test_saying_it_asks_the_database_nothing(client, key, anna, office):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            page(client, key)
        return len(asked)

    page(client, key)
    plain = queries()
    allow(3)
    make_appointment(anna, START, territory=office)
    assert queries() == plain
    assert InvitationKey.objects.count() == 1
