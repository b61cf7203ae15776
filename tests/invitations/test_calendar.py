"""Calendar weeks, and the search among them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.weeks import FIRST_DAY_OFFSET, Week
from invitations.calendar import first_open_week, last_open_week, nearest_openings
from scheduling.engine.bounds import bounds
from scheduling.engine.hours import Dates, WeeklyHours, epoch_day
from scheduling.engine.intervals import DAY, NOTHING, Intervals, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Place, Presence, Question, Work
from tests.factories import BERLIN, at

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2190, 1, 1))
STARTS_ON = st.sampled_from(sorted(FIRST_DAY_OFFSET))
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])


@given(DATES, STARTS_ON, ZONES)
def test_a_week_holds_the_instant_it_was_found_by_and_reads_back(day, starts_on, zone_name):
    zone = ZoneInfo(zone_name)
    minute = minute_of(dt.datetime.combine(day, dt.time(12), zone))
    week = Week.at(minute, zone, starts_on)
    start, end = week.span(zone)
    assert start <= minute < end
    assert f"{week.first_day:%A}".lower() == starts_on
    assert Week.parse(str(week), starts_on) == week
    assert week.shifted(1).span(zone)[0] == end


def test_a_week_is_named_like_the_iso_week_of_its_monday():
    assert str(Week.at(minute_of(at("2027-01-01 12:00")), BERLIN)) == "2026-W53"
    sunday = Week.at(minute_of(at("2026-11-22 12:00")), BERLIN, "sunday")
    assert (str(sunday), sunday.first_day) == ("2026-W48", dt.date(2026, 11, 22))


@pytest.mark.parametrize(
    "text", ["2026-W00", "2025-W53", "2026-W99", "9999-W01", "2026-48", "", "x"]
)
def test_what_is_no_week_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        Week.parse(text)


NOW = minute_of(at("2026-11-20 12:00"))


def question(first=None, last=None, booked=NOTHING, horizon=None):
    """Weekdays from nine to five in Berlin, every half hour."""
    day = Intervals([(540, 1020)])
    hours = WeeklyHours(BERLIN, (*[day] * 5, NOTHING, NOTHING))
    dates = Dates(BERLIN, first and epoch_day(first), last and epoch_day(last))
    host = Host((Presence(Dates(BERLIN)),), booked)
    work = Work(duration=30, start_interval=30, horizon=horizon)
    return Question(work, Place(BERLIN, hours), (host,), dates, NOW)


def test_the_first_and_last_week_are_those_of_the_dates():
    asked = question(dt.date(2027, 1, 5), dt.date(2027, 2, 10))
    assert str(first_open_week(asked, BERLIN, "monday")) == "2027-W01"
    assert str(last_open_week(asked, BERLIN, "monday")) == "2027-W06"


def test_the_first_week_after_another_skips_what_is_fully_booked():
    start = minute_of(at("2026-11-23 00:00"))
    asked = question(booked=Intervals([(start, start + 14 * DAY)]))
    this_week = Week.at(NOW, BERLIN)
    assert str(first_open_week(asked, BERLIN, "monday", after=this_week)) == "2026-W50"


def test_without_openings_there_is_no_week():
    asked = question(dt.date(2026, 11, 21), dt.date(2026, 11, 22))
    assert first_open_week(asked, BERLIN, "monday") is None
    assert last_open_week(asked, BERLIN, "monday") is None
    assert nearest_openings(asked, NOW, 3) == []


def test_dates_in_the_past_have_no_week():
    asked = question(last=dt.date(2026, 11, 1))
    assert first_open_week(asked, BERLIN, "monday") is None


@given(st.integers(-40 * DAY, 500 * DAY), st.integers(1, 5))
def test_the_nearest_openings_are_the_nearest_of_all(away, count):
    asked = question(horizon=60 * DAY)
    everything = openings(asked, *bounds(asked))
    nearest = nearest_openings(asked, NOW + away, count)
    assert nearest == sorted(nearest)
    assert len(nearest) == count
    distances = sorted(abs(minute - NOW - away) for minute in everything)[:count]
    assert sorted(abs(minute - NOW - away) for minute in nearest) == distances
