"""What a client wishes, and what follows for openings and assignment (rule A8)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from appointments.models import Client, ResourcePreference
from appointments.openings import question
from appointments.wishes import NO_WISHES, Wishes, wishes_of, wishes_of_all
from scheduling.engine.assignment import assigned_hosts
from scheduling.engine.hours import week_of
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Preference, Reason
from scheduling.models import Holiday
from tests.factories import (
    at,
    make_client,
    make_hours,
    make_preference,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Kind = ResourcePreference.Kind
NOW = at("2026-11-20 12:00")
MONDAY = at("2026-11-23 00:00")
AFTERNOON = [(dt.time(14), dt.time(16))]


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    return make_resource(office)


@pytest.fixture
def tom(office):
    return make_resource(office)


def starts(terms, day=MONDAY, now=NOW):
    """The open starts of a day, as Berlin's clock shows them."""
    first = minute_of(day)
    found = openings(question(terms, now), first, first + 1440)
    return [f"{instant_of(minute).astimezone(day.tzinfo):%H:%M}" for minute in found]


def test_client_without_any_wishes_has_none():
    assert wishes_of(make_client()) == NO_WISHES
    assert wishes_of(None) == NO_WISHES
    assert wishes_of(Client(pk=4711)) == NO_WISHES


def test_wishes_are_read_in_one_query_for_any_number_of_clients(
    anna, tom, django_assert_num_queries
):
    hours = make_hours()
    gerda, hugo = make_client(visiting_hours=hours), make_client()
    make_preference(gerda, anna, Kind.PREFERRED)
    make_preference(gerda, tom, Kind.EXCLUDED)
    make_preference(hugo, tom, Kind.REQUIRED)
    with django_assert_num_queries(1):
        found = wishes_of_all([gerda.pk, hugo.pk])
    assert found == {
        gerda.pk: Wishes(hours.pk, preferred=frozenset({anna.pk}), excluded=frozenset({tom.pk})),
        hugo.pk: Wishes(required=frozenset({tom.pk})),
    }


def test_a8_where_anybody_is_required_all_others_are_excluded():
    wishes = Wishes(preferred=frozenset({1}), required=frozenset({2}))
    stands = [wishes.about(resource) for resource in (1, 2, 3)]
    assert stands == [Preference.EXCLUDED, Preference.NONE, Preference.EXCLUDED]
    assert replace(wishes, required=frozenset()).about(1) == Preference.PREFERRED


def test_hosts_whom_the_client_would_meet_or_all_where_that_is_nobody(anna, tom):
    assert Wishes(excluded=frozenset({anna.pk})).met((anna, tom)) == (tom,)
    assert Wishes(required=frozenset({anna.pk})).met((tom, anna)) == (anna,)
    assert Wishes(required=frozenset({0})).met((anna, tom)) == (anna, tom)


def test_a8_openings_lie_inside_the_visiting_hours_with_all_their_time(anna, office):
    hours = make_hours(times=[(dt.time(14), dt.time(15, 15))])
    terms = make_terms(anna, territory=office, wishes=Wishes(hours.pk))
    assert starts(terms) == ["14:00", "14:30"]


def test_a8_visiting_hours_are_read_in_their_own_zone(anna, office):
    hours = make_hours("Europe/London", times=AFTERNOON)
    terms = make_terms(anna, territory=office, wishes=Wishes(hours.pk))
    assert starts(terms) == ["15:00", "15:30", "16:00", "16:30"]


def test_t2_visiting_hours_follow_the_clock_across_a_change(anna, office):
    """London goes back on 2026-10-25, Havana a week later: four hours apart become five."""
    hours = make_hours("America/Havana", times=[(dt.time(9), dt.time(10))])
    terms = make_terms(anna, territory=office, wishes=Wishes(hours.pk))
    now = at("2026-10-20 12:00")
    assert starts(terms, at("2026-10-23 00:00"), now) == ["15:00", "15:30"]
    assert starts(terms, at("2026-10-26 00:00"), now) == ["14:00", "14:30"]
    assert starts(terms, at("2026-11-02 00:00"), now) == ["15:00", "15:30"]


def test_a1_a_holiday_of_the_visiting_hours_closes_the_day(anna, office):
    hours = make_hours(times=AFTERNOON)
    Holiday.objects.create(operating_hours=hours, date=dt.date(2026, 11, 23), name="Fair")
    terms = make_terms(anna, territory=office, wishes=Wishes(hours.pk))
    assert (starts(terms), len(starts(terms, at("2026-11-24 00:00")))) == ([], 4)
    asked = question(terms, NOW)
    assert reasons(asked, minute_of(at("2026-11-23 14:00"))) == {Reason.HOLIDAY}
    assert reasons(asked, minute_of(at("2026-11-24 13:30"))) == {Reason.OUTSIDE_VISITING_HOURS}


def test_a8_excluded_host_takes_no_part_and_preferred_ones_come_first(anna, tom, office):
    terms = make_terms(anna, tom, territory=office, work_type=make_work_type(office), any_host=True)
    assert taker(terms) == [0]
    assert taker(replace(terms, wishes=Wishes(preferred=frozenset({tom.pk})))) == [1]
    assert taker(replace(terms, wishes=Wishes(excluded=frozenset({anna.pk})))) == [1]
    nobody = replace(terms, wishes=Wishes(required=frozenset({0})))
    assert (taker(nobody), starts(nobody)) == ([], [])


def test_a8_where_all_take_part_and_one_is_excluded_nothing_is_open(anna, tom, office):
    wishes = Wishes(excluded=frozenset({tom.pk}))
    terms = make_terms(anna, tom, territory=office, wishes=wishes)
    assert starts(terms) == []
    ten = minute_of(at("2026-11-23 10:00"))
    assert reasons(question(terms, NOW), ten) == {Reason.EXCLUDED_HOST}


def test_visiting_hours_need_no_query_of_their_own(anna, office, django_assert_num_queries):
    terms = make_terms(anna, territory=office, wishes=Wishes(make_hours().pk))
    question(terms, NOW)
    with django_assert_num_queries(5):
        question(terms, NOW)


def taker(terms):
    ten = minute_of(at("2026-11-23 10:00"))
    week = week_of(terms.territory.time_zone, ten)
    return assigned_hosts(question(terms, NOW), ten, week)
