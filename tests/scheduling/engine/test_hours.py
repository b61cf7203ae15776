"""Wall clock to UTC and back (T2–T4): the named days on which clocks do odd things."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from scheduling.engine.hours import (
    Dates,
    date_of,
    days,
    holiday_times,
    instants,
    local_day,
    midnights,
    repeated,
    start_of_day,
    stretches,
    times,
    utc_offset,
    wall_clock,
    week_of,
)
from scheduling.engine.intervals import DAY, NOTHING, Intervals
from tests.scheduling.engine.shorthand import at, between, dates, day, spell, weekly

BERLIN = "Europe/Berlin"
SPRING = (at("2027-03-27T12:00Z"), at("2027-03-28T12:00Z"))
AUTUMN = (at("2026-10-24T12:00Z"), at("2026-10-25T12:00Z"))


def test_slot_on_an_ordinary_day_is_its_local_time_in_utc() -> None:
    """T2."""
    hours = weekly(BERLIN, "wed 09:00-17:00")
    found = times(hours, at("2026-11-16T00:00Z"), at("2026-11-30T00:00Z"))
    assert found == between(
        "2026-11-18T08:00Z/2026-11-18T16:00Z", "2026-11-25T08:00Z/2026-11-25T16:00Z"
    )


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("sun 02:00-03:00", NOTHING),
        ("sun 01:00-04:00", between("2027-03-28T00:00Z/2027-03-28T02:00Z")),
        ("sun 02:30-03:30", between("2027-03-28T01:00Z/2027-03-28T01:30Z")),
        ("sun 01:30-02:30", between("2027-03-28T00:30Z/2027-03-28T01:00Z")),
    ],
)
def test_lost_hour_vanishes(slot: str, expected: Intervals) -> None:
    """T2: in Berlin 02:00 becomes 03:00 at 2027-03-28T01:00Z."""
    assert times(weekly(BERLIN, slot), *SPRING) == expected


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("sun 02:00-03:00", between("2026-10-25T00:00Z/2026-10-25T02:00Z")),
        ("sun 01:00-04:00", between("2026-10-24T23:00Z/2026-10-25T03:00Z")),
        (
            "sun 02:15-02:30",
            between("2026-10-25T00:15Z/2026-10-25T00:30Z", "2026-10-25T01:15Z/2026-10-25T01:30Z"),
        ),
        (
            "sun 02:30-03:30",
            between("2026-10-25T00:30Z/2026-10-25T01:00Z", "2026-10-25T01:30Z/2026-10-25T02:30Z"),
        ),
    ],
)
def test_gained_hour_counts_twice(slot: str, expected: Intervals) -> None:
    """T2: in Berlin 03:00 becomes 02:00 at 2026-10-25T01:00Z."""
    assert times(weekly(BERLIN, slot), *AUTUMN) == expected


def test_half_hour_change_repeats_and_skips_half_an_hour() -> None:
    """T2: Lord Howe moves between +10:30 and +11:00."""
    range_back = (at("2026-04-04T00:00Z"), at("2026-04-05T00:00Z"))
    back = times(weekly("Australia/Lord_Howe", "sun 01:30-02:00"), *range_back)
    assert back == between("2026-04-04T14:30Z/2026-04-04T15:30Z")
    range_on = (at("2026-10-03T00:00Z"), at("2026-10-04T00:00Z"))
    on = times(weekly("Australia/Lord_Howe", "sun 02:00-02:45"), *range_on)
    assert on == between("2026-10-03T15:30Z/2026-10-03T15:45Z")


def test_offset_of_three_quarters_of_an_hour() -> None:
    """T2: Kathmandu is at +05:45."""
    hours = weekly("Asia/Kathmandu", "fri 09:00-10:00")
    found = times(hours, at("2026-11-20T00:00Z"), at("2026-11-21T00:00Z"))
    assert found == between("2026-11-20T03:15Z/2026-11-20T04:15Z")


def test_skipped_date_has_no_hours_and_its_neighbours_join() -> None:
    """T2: in Samoa Thursday the 29th was followed by Saturday the 31st."""
    hours = weekly("Pacific/Apia", "thu 20:00-24:00", "fri 00:00-24:00", "sat 00:00-04:00")
    found = times(hours, at("2011-12-29T12:00Z"), at("2011-12-31T00:00Z"))
    assert found == between("2011-12-30T06:00Z/2011-12-30T14:00Z")


def test_skipped_date_changes_the_date_once_and_starts_with_the_next() -> None:
    """T2, T4."""
    samoa = ZoneInfo("Pacific/Apia")
    noon = at("2011-12-29T12:00Z")
    assert spell(midnights(samoa, noon, noon + DAY)) == ["12-30 10:00"]
    assert start_of_day(samoa, day("2011-12-30")) == at("2011-12-30T10:00Z")
    assert days(dates("Pacific/Apia", "2011-12-30", "2011-12-30"), noon, noon + 5 * DAY) == NOTHING


def test_slots_up_to_and_from_midnight_join() -> None:
    """T2: ``end = 00:00`` is the end of the day, and neighbouring pieces join."""
    hours = weekly(BERLIN, "wed 22:00-24:00", "thu 00:00-02:00")
    found = times(hours, at("2026-11-18T00:00Z"), at("2026-11-21T00:00Z"))
    assert found == between("2026-11-18T21:00Z/2026-11-19T01:00Z")


def test_slot_ending_at_midnight_ends_with_its_day() -> None:
    """T2."""
    hours = weekly(BERLIN, "wed 22:00-24:00", "thu 00:01-02:00")
    found = times(hours, at("2026-11-18T00:00Z"), at("2026-11-21T00:00Z"))
    assert found.pairs[0][1] == at("2026-11-18T23:00Z")


def test_round_the_clock_is_one_piece_through_both_changes() -> None:
    """T2, T3."""
    start, end = at("2026-10-01T00:00Z"), at("2027-05-01T00:00Z")
    assert times(weekly(BERLIN, "daily 00:00-24:00"), start, end) == Intervals([(start, end)])


def test_hours_are_cut_to_the_range_asked_for() -> None:
    """T1."""
    hours = weekly(BERLIN, "wed 09:00-17:00")
    found = times(hours, at("2026-11-18T09:30Z"), at("2026-11-18T09:45Z"))
    assert found == between("2026-11-18T09:30Z/2026-11-18T09:45Z")


def test_holiday_closes_its_local_date_only() -> None:
    """A1, T4: a holiday in Auckland is over before it starts in Berlin."""
    range_asked = (at("2026-11-17T00:00Z"), at("2026-11-19T00:00Z"))
    hours = weekly("Pacific/Auckland", "daily 00:00-24:00", holidays=("2026-11-18",))
    assert times(hours, *range_asked) == between(
        "2026-11-17T00:00Z/2026-11-17T11:00Z", "2026-11-18T11:00Z/2026-11-19T00:00Z"
    )
    day_off = between("2026-11-17T11:00Z/2026-11-18T11:00Z")
    assert holiday_times(hours, *range_asked) == day_off


def test_skipped_midnight_shortens_the_day_and_starts_it_at_one() -> None:
    """T2, T4: in Cairo 2027-04-30 starts at 01:00, in Beirut 2027-03-28 does."""
    cairo, change = ZoneInfo("Africa/Cairo"), at("2027-04-29T22:00Z")
    assert start_of_day(cairo, day("2027-04-30")) == change
    assert midnights(cairo, change - 60, change + 60) == [change]
    hours = weekly("Asia/Beirut", "sat 23:00-24:00", "sun 00:00-02:00")
    found = times(hours, at("2027-03-27T12:00Z"), at("2027-03-28T12:00Z"))
    assert found == between("2027-03-27T21:00Z/2027-03-27T23:00Z")


def test_hour_repeated_before_midnight_changes_the_date_once() -> None:
    """T2: in Beirut 24:00 becomes 23:00 of the same Saturday."""
    change = at("2026-10-24T21:00Z")
    hours = weekly("Asia/Beirut", "sat 23:00-24:00")
    assert times(hours, change - DAY // 2, change + DAY // 2) == Intervals(
        [(change - 60, change + 60)]
    )
    assert midnights(ZoneInfo("Asia/Beirut"), change - 90, change + 90) == [change + 60]


def test_clock_turned_back_across_midnight_changes_the_date_three_times() -> None:
    """T2, T4: in St. John's the 7th had lasted a minute when it became the 6th again."""
    zone, change = ZoneInfo("America/St_Johns"), at("2010-11-07T02:31Z")
    assert midnights(zone, change - 90, change + 90) == [change - 1, change, change + 59]
    assert start_of_day(zone, day("2010-11-07")) == change - 1
    one_day = dates("America/St_Johns", "2010-11-07", "2010-11-07")
    assert days(one_day, change - 90, change + 90) == Intervals(
        [(change - 1, change), (change + 59, change + 90)]
    )


def test_dates_include_their_last_day_and_no_minute_more() -> None:
    """T4."""
    found = days(dates(BERLIN, "2026-10-25", "2026-10-25"), *AUTUMN)
    assert found == between("2026-10-24T22:00Z/2026-10-25T12:00Z")
    whole = days(dates(BERLIN, "2026-10-25", "2026-10-25"), AUTUMN[0] - DAY, AUTUMN[1] + DAY)
    assert len(whole) == 25 * 60


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, Intervals([SPRING])),
        ("2027-03-28", None, between("2027-03-27T23:00Z/2027-03-28T12:00Z")),
        (None, "2027-03-27", between("2027-03-27T12:00Z/2027-03-27T23:00Z")),
        ("2027-03-28", "2027-03-27", NOTHING),
    ],
)
def test_dates_may_be_open_on_either_side(
    first: str | None, last: str | None, expected: Intervals
) -> None:
    """T4."""
    assert days(dates(BERLIN, first, last), *SPRING) == expected


def test_midnights_lie_strictly_inside_the_range() -> None:
    """A5: a piece that starts at midnight needs no cut there."""
    midnight = at("2026-11-18T23:00Z")
    berlin = ZoneInfo(BERLIN)
    assert midnights(berlin, midnight, midnight + DAY) == []
    assert midnights(berlin, midnight - 1, midnight + DAY + 1) == [midnight, midnight + DAY]


def test_local_day_is_the_date_on_the_wall() -> None:
    """T4."""
    minute = at("2026-11-18T23:00Z")
    assert local_day(ZoneInfo(BERLIN), minute - 1) == day("2026-11-18")
    assert local_day(ZoneInfo(BERLIN), minute) == day("2026-11-19")
    assert local_day(ZoneInfo("America/New_York"), minute) == day("2026-11-18")


def test_wall_clock_shows_day_and_minutes_since_midnight() -> None:
    """T4."""
    assert wall_clock(ZoneInfo("Asia/Kathmandu"), at("2026-11-20T18:20Z")) == (day("2026-11-21"), 5)
    assert utc_offset(ZoneInfo("Asia/Kathmandu"), at("2026-11-20T18:20Z")) == 5 * 60 + 45
    assert utc_offset(ZoneInfo("America/St_Johns"), at("2026-11-20T18:20Z")) == -(3 * 60 + 30)


def test_time_on_a_wall_comes_once_never_or_twice() -> None:
    """T2."""
    half_past_two = 2 * 60 + 30
    berlin = ZoneInfo(BERLIN)
    assert instants(berlin, day("2026-11-18"), half_past_two) == [at("2026-11-18T01:30Z")]
    assert instants(berlin, day("2027-03-28"), half_past_two) == []
    assert instants(berlin, day("2026-10-25"), half_past_two) == [
        at("2026-10-25T00:30Z"),
        at("2026-10-25T01:30Z"),
    ]
    assert instants(ZoneInfo("Pacific/Apia"), day("2011-12-30"), half_past_two) == []


def test_week_lasts_from_local_monday_to_local_monday() -> None:
    """T6, A6: with the gained hour inside it is an hour longer."""
    week = (at("2026-10-18T22:00Z"), at("2026-10-25T23:00Z"))
    assert week_of(ZoneInfo(BERLIN), week[0]) == week
    assert week_of(ZoneInfo(BERLIN), week[1] - 1) == week
    assert week_of(ZoneInfo(BERLIN), week[1]) == (week[1], at("2026-11-01T23:00Z"))


def test_both_turns_of_a_gained_hour_are_repeated_times() -> None:
    """T5."""
    both = between("2026-10-25T00:00Z/2026-10-25T02:00Z")
    assert repeated(ZoneInfo(BERLIN), *AUTUMN) == both
    assert repeated(ZoneInfo(BERLIN), at("2026-10-25T01:59Z"), at("2026-10-25T02:00Z")) == both
    assert repeated(ZoneInfo(BERLIN), *SPRING) == NOTHING


def test_stretches_break_where_the_offset_changes() -> None:
    """T2."""
    change = at("2027-03-28T01:00Z")
    assert list(stretches(ZoneInfo(BERLIN), *SPRING)) == [
        (SPRING[0], change, 60),
        (change, SPRING[1], 120),
    ]


@pytest.mark.parametrize(
    ("zone", "change"),
    [("Africa/Cairo", "2005-09-29T21:00Z"), ("Asia/Amman", "2005-09-29T22:00Z")],
)
def test_change_in_the_last_hours_before_a_block_of_days_ends_is_seen(
    zone: str, change: str
) -> None:
    """T2: no other zones change so late on the eve of a multiple of 256 days."""
    start, end = at("2005-09-29T12:00Z"), at("2005-09-30T12:00Z")
    found = list(stretches(ZoneInfo(zone), start, end))
    assert found[0] == (start, at(change), 180)
    assert {offset for _, _, offset in found[1:]} == {120}


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_dates_at_the_ends_of_the_calendar_have_a_start(text: str) -> None:
    """L3: a link until 9999-12-31 is as good as one without an end."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert abs(start_of_day(ZoneInfo(zone), day(text)) - day(text) * DAY) < DAY


def test_empty_range_has_no_time_in_it() -> None:
    """T1."""
    start = SPRING[0]
    assert times(weekly(BERLIN, "daily 00:00-24:00"), start, start) == NOTHING
    assert days(Dates(ZoneInfo(BERLIN)), start, start) == NOTHING
    assert midnights(ZoneInfo(BERLIN), start, start) == []


def test_epoch_days_are_dates() -> None:
    assert day("1970-01-01") == 0
    assert f"{date_of(day('2028-02-29'))}" == "2028-02-29"
