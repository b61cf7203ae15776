"""What counts as working time, by policy: through rows, with the real openings function (A1)."""

from __future__ import annotations

import datetime as dt

import pytest

from scheduling.models import Holiday, SchedulingPolicy
from tests.factories import (
    at,
    make_resource,
    make_terms,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.scheduling.recurring import make_absence_pattern, make_shift, make_shift_pattern
from tests.scheduling.test_windows import starts

pytestmark = [pytest.mark.django_db, pytest.mark.database]

COUNTING = ("confirmed", "published")
MORNING = ["07:00", "08:00"]
"""Before the hours of the place, in the shift."""

LATE = ["11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]
"""In the hours of the place, after the shift."""

BOTH = ["09:00", "10:00"]
OFFERED = {
    "hours": BOTH + LATE,
    "shifts": MORNING + BOTH,
    "intersection": BOTH,
    "union": MORNING + BOTH + LATE,
}
WITHOUT_SHIFT = {"hours": BOTH + LATE, "shifts": [], "intersection": [], "union": BOTH + LATE}
MODES = pytest.mark.parametrize("mode", OFFERED)


@pytest.fixture
def place():
    """Open from nine to five."""
    return make_territory()


def terms_in(place, mode, **fields):
    policy = SchedulingPolicy.objects.create(name=f"By {mode}", working_time=mode)
    work = make_work_type(place, duration=60, start_interval=60, scheduling_policy=policy)
    topic = make_topic(work) if fields.pop("has_topic", False) else None
    return make_terms(make_resource(place), territory=place, work_type=work, topic=topic)


def a_shift(terms, **fields):
    """From seven to eleven."""
    (host,) = terms.hosts
    return make_shift(host, "2026-11-23 07:00", "2026-11-23 11:00", **fields)


@MODES
@pytest.mark.parametrize("status", ["tentative", *COUNTING])
def test_a1_a_mode_says_what_counts_and_tentative_shifts_never_do(place, mode, status):
    terms = terms_in(place, mode)
    a_shift(terms, status=status)
    assert starts(terms) == (OFFERED if status in COUNTING else WITHOUT_SHIFT)[mode]


@MODES
def test_a1_a_shift_for_the_topic_counts(place, mode):
    terms = terms_in(place, mode, has_topic=True)
    a_shift(terms, topics=[terms.topic, make_topic()])
    assert starts(terms) == OFFERED[mode]


@MODES
def test_a1_a_shift_for_other_topics_does_not_count(place, mode):
    terms = terms_in(place, mode, has_topic=True)
    a_shift(terms, topics=[make_topic()])
    assert starts(terms) == WITHOUT_SHIFT[mode]


@MODES
def test_a1_without_a_topic_a_shift_for_any_of_the_work_types_counts(place, mode):
    terms = terms_in(place, mode)
    a_shift(terms, topics=[make_topic(terms.work_type)])
    assert starts(terms) == OFFERED[mode]


@MODES
def test_a1_a_shift_elsewhere_does_not_count(place, mode):
    terms = terms_in(place, mode)
    a_shift(terms, territory=make_territory())
    assert starts(terms) == WITHOUT_SHIFT[mode]


@MODES
def test_a1_another_hosts_shift_does_not_count(place, mode):
    terms = terms_in(place, mode)
    make_shift(make_resource(place), "2026-11-23 07:00", "2026-11-23 11:00")
    assert starts(terms) == WITHOUT_SHIFT[mode]


@MODES
def test_a1_occurrences_count_as_shifts_do_and_those_of_absences_take_away(place, mode):
    terms = terms_in(place, mode)
    (host,) = terms.hosts
    make_shift_pattern(
        service_resource=host, territory=place, start_time=dt.time(7), end_time=dt.time(11)
    )
    make_absence_pattern(service_resource=host)  # from nine to ten
    assert starts(terms) == [each for each in OFFERED[mode] if each != "09:00"]
    assert starts(terms, at("2026-11-24 00:00")) == WITHOUT_SHIFT[mode]


def test_a1_a_shift_over_midnight_counts_on_both_dates(place):
    terms = terms_in(place, "shifts")
    make_shift(terms.hosts[0], "2026-11-23 22:00", "2026-11-24 02:00")
    assert starts(terms) == ["22:00", "23:00"]
    assert starts(terms, at("2026-11-24 00:00")) == ["00:00", "01:00"]


def test_a1_a_holiday_of_the_place_closes_its_hours_and_no_shift_by_shifts_alone(place):
    Holiday.objects.create(
        operating_hours=place.operating_hours, date=dt.date(2026, 11, 23), name="Founder's day"
    )
    terms = terms_in(place, "intersection")
    a_shift(terms)
    assert starts(terms) == []


def test_a1_neighbouring_shifts_are_one_time(place):
    terms = terms_in(place, "shifts")
    make_shift(terms.hosts[0], "2026-11-23 09:00", "2026-11-23 10:30")
    make_shift(terms.hosts[0], "2026-11-23 10:30", "2026-11-23 12:00", status="published")
    assert starts(terms) == ["09:00", "10:00", "11:00"]


def test_a1_shifts_need_no_more_queries_when_there_are_more(place, django_assert_num_queries):
    terms = terms_in(place, "shifts")
    for hour in range(7, 20):
        make_shift(terms.hosts[0], f"2026-11-23 {hour:02}:00", f"2026-11-23 {hour + 1:02}:00")
    # Memberships, time slots, holidays, shifts, topics, absences, appointments.
    with django_assert_num_queries(7):
        assert len(starts(terms)) == 13
