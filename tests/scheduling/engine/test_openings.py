"""Which starts are open: one example per rule (A3-A5, A8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import DAY
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Presence, Work
from tests.scheduling.engine.monday import (
    BERLIN,
    HOST,
    MONDAY,
    QUESTION,
    UTC,
    WORK,
    asked,
    at_place,
    on_monday,
    with_hosts,
)
from tests.scheduling.engine.shorthand import at, between, dates, spell, weekly


def test_work_fits_if_it_ends_with_the_window() -> None:
    """A3."""
    assert asked() == on_monday("09:00", "10:00", "11:00", "12:00")
    assert asked(duration=61) == on_monday("09:00", "10:00", "11:00")
    assert asked(duration=240) == on_monday("09:00")
    assert asked(duration=241) == []


def test_range_includes_its_start_and_not_its_end() -> None:
    """T1."""
    nine = MONDAY + 9 * 60
    assert openings(QUESTION, nine, nine + 60) == [nine]
    assert openings(QUESTION, nine + 1, nine + 60) == []
    assert openings(QUESTION, nine, nine) == []


def test_work_does_not_bridge_a_gap_in_the_window() -> None:
    """A3."""
    lunch = at_place(UTC, "daily 09:00-11:00", "daily 11:30-13:30")
    assert asked(lunch, start_interval=30) == on_monday(
        "09:00", "09:30", "10:00", "11:30", "12:00", "12:30"
    )


def test_work_crosses_midnight_where_the_hours_do() -> None:
    """A3, T2."""
    night = at_place(UTC, "mon 22:00-24:00", "tue 00:00-01:00")
    assert asked(night) == on_monday("22:00", "23:00")
    assert asked(night, days=2) == [*on_monday("22:00", "23:00"), "11-17 00:00"]


def test_duration_is_real_time_across_a_change_of_clocks() -> None:
    """T3: two hours by Berlin's clock are one on 2027-03-28 and three on 2026-10-25."""
    sunday = replace(at_place(BERLIN, "sun 01:00-03:00"), work=replace(WORK, duration=61))
    spring = replace(sunday, now=at("2027-03-20T00:00Z"))
    assert openings(spring, at("2027-03-27T12:00Z"), at("2027-03-28T12:00Z")) == []
    autumn = replace(sunday, now=at("2026-10-20T00:00Z"))
    found = openings(autumn, at("2026-10-24T12:00Z"), at("2026-10-25T12:00Z"))
    assert spell(found) == ["10-24 23:00", "10-25 00:00"]


@pytest.mark.parametrize("kind", ["booked", "absent"])
def test_work_may_touch_busy_time_but_not_meet_it(kind: str) -> None:
    """A2, A3."""
    ten_to_eleven = between("2026-11-16T10:00Z/2026-11-16T11:00Z")
    assert asked(with_hosts(replace(HOST, **{kind: ten_to_eleven}))) == on_monday(
        "09:00", "11:00", "12:00"
    )
    one_minute_more = ten_to_eleven.pad(1, 1)
    assert asked(with_hosts(replace(HOST, **{kind: one_minute_more}))) == on_monday("12:00")


def test_block_times_keep_their_distance_from_busy_time() -> None:
    """A3: before and after are not the same, and each is whole."""
    busy = with_hosts(replace(HOST, booked=between("2026-11-16T10:30Z/2026-11-16T11:00Z")))
    work = {"duration": 15, "start_interval": 15}
    assert asked(busy, **work)[:7] == on_monday(
        "09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "11:00"
    )
    assert asked(busy, **work, block_before=15)[5:7] == on_monday("10:15", "11:15")
    assert asked(busy, **work, block_after=15)[4:6] == on_monday("10:00", "11:00")
    assert asked(busy, **work, block_after=16)[3:5] == on_monday("09:45", "11:00")
    assert asked(busy, **work, block_before=16)[5:7] == on_monday("10:15", "11:30")


def test_block_times_may_lie_outside_the_window() -> None:
    """A3."""
    assert asked(block_before=90, block_after=90) == asked()


def test_busy_time_outside_the_window_counts_for_block_times() -> None:
    """A3."""
    busy = between("2026-11-16T08:00Z/2026-11-16T08:50Z", "2026-11-16T13:05Z/2026-11-16T14:00Z")
    question = with_hosts(replace(HOST, booked=busy))
    assert asked(question, block_before=10, block_after=5) == asked()
    assert asked(question, block_before=11, block_after=6) == on_monday("10:00", "11:00")


def test_busy_time_outside_the_range_counts_for_block_times() -> None:
    """A3: also where a single start is asked about."""
    busy = between("2026-11-16T08:00Z/2026-11-16T08:50Z", "2026-11-16T11:10Z/2026-11-16T12:00Z")
    question = replace(with_hosts(replace(HOST, booked=busy)), work=replace(WORK, block_before=11))
    assert openings(question, MONDAY + 9 * 60, MONDAY + 9 * 60 + 1) == []
    after = replace(question, work=replace(WORK, block_after=11))
    assert openings(after, MONDAY + 10 * 60, MONDAY + 10 * 60 + 1) == []


def test_lead_time_includes_its_minute() -> None:
    """A4."""
    question = replace(QUESTION, now=MONDAY + 8 * 60)
    assert asked(question, lead_time=120)[0] == "11-16 10:00"
    assert asked(question, lead_time=121)[0] == "11-16 11:00"
    assert asked(replace(question, now=MONDAY + 9 * 60))[0] == "11-16 09:00"


def test_lead_time_counts_also_after_the_from_date() -> None:
    """A4, A8."""
    question = replace(QUESTION, now=MONDAY + 8 * 60, dates=dates(UTC, "2026-11-16"))
    assert asked(question, lead_time=120)[0] == "11-16 10:00"


def test_lead_time_counts_from_the_opened_form_but_never_reaches_the_past() -> None:
    """A4."""
    ten = MONDAY + 10 * 60
    opened_earlier = replace(QUESTION, now=ten - 5, lead_from=ten - 30)
    assert asked(opened_earlier, lead_time=30)[0] == "11-16 10:00"
    assert asked(replace(opened_earlier, now=ten + 1), lead_time=30)[0] == "11-16 11:00"


def test_horizon_includes_work_that_ends_with_it() -> None:
    """A4: counted from now."""
    question = replace(QUESTION, now=MONDAY)
    assert asked(question, horizon=11 * 60) == on_monday("09:00", "10:00")
    assert asked(question, horizon=11 * 60 - 1) == on_monday("09:00")


def test_horizon_counts_from_the_from_date_if_that_is_later() -> None:
    """A4, T4: the from date starts at 22:00Z the day before in its own zone."""
    question = replace(QUESTION, dates=dates("Africa/Harare", "2026-11-16"))
    assert asked(question, horizon=13 * 60) == on_monday("09:00", "10:00")
    passed = replace(question, now=MONDAY)
    assert asked(passed, horizon=13 * 60) == asked()


def test_nothing_ends_later_than_366_days_from_now() -> None:
    """A4: also where the horizon or the from date would allow it."""
    question = replace(QUESTION, now=MONDAY + 12 * 60 - 366 * DAY)
    assert asked(question) == on_monday("09:00", "10:00", "11:00")
    assert asked(question, horizon=500 * DAY) == on_monday("09:00", "10:00", "11:00")
    later = replace(question, dates=dates(UTC, "2026-11-16"))
    assert asked(later, horizon=DAY) == on_monday("09:00", "10:00", "11:00")


def test_dates_bound_the_date_of_the_start_in_their_own_zone() -> None:
    """A8, T4: in Tokyo 11-16 ends at 15:00Z."""
    question = at_place(UTC, "daily 13:00-17:00")
    until = replace(question, dates=dates("Asia/Tokyo", None, "2026-11-16"))
    assert asked(until, days=2, duration=120) == on_monday("13:00", "14:00")
    since = replace(question, dates=dates("Asia/Tokyo", "2026-11-17", "2026-11-17"))
    assert asked(since, days=2) == [*on_monday("15:00", "16:00"), "11-17 13:00", "11-17 14:00"]


def test_bounds_span_dates_and_timeframe() -> None:
    """A4, A8: outside them no start can be open; a spare day at the end does no harm."""
    timeframe = replace(QUESTION, work=replace(WORK, lead_time=90, horizon=3 * DAY))
    assert bounds(timeframe) == (MONDAY - DAY + 90, MONDAY + 2 * DAY - 59)
    dated = replace(timeframe, dates=dates("Africa/Harare", "2026-11-16", "2026-11-17"))
    start, end = bounds(dated)
    assert start == at("2026-11-15T22:00Z")
    assert at("2026-11-17T22:00Z") <= end <= at("2026-11-18T22:00Z")
    assert bounds(QUESTION)[1] == MONDAY + 365 * DAY - 59


def test_grid_of_a_divisor_of_60_follows_the_local_clock() -> None:
    """A5: at +05:45 a full hour starts at a quarter past in UTC."""
    question = at_place("Asia/Kathmandu", "mon 09:05-12:00")
    assert asked(question) == on_monday("04:15", "05:15")
    assert asked(question, start_interval=20, duration=100) == on_monday(
        "03:35", "03:55", "04:15", "04:35"
    )


def test_grid_of_another_interval_counts_from_the_start_of_the_piece() -> None:
    """A5."""
    question = at_place(UTC, "daily 09:05-11:00", "daily 12:00-13:00")
    assert asked(question, start_interval=25, duration=20) == on_monday(
        "09:05", "09:30", "09:55", "10:20", "12:00", "12:25"
    )


def test_grid_of_pieces_is_cut_at_the_midnight_of_the_place() -> None:
    """A5: round the clock in Berlin the 50 minutes start anew at 23:00Z."""
    question = at_place(BERLIN, "daily 00:00-24:00")
    found = openings(
        replace(question, work=Work(duration=30, start_interval=50)), MONDAY + 21 * 60, MONDAY + DAY
    )
    assert spell(found) == on_monday("21:30", "22:20", "23:00", "23:50")


def test_grid_of_pieces_is_laid_before_busy_time_dates_and_lead_time() -> None:
    """A5: none of them moves it."""
    busy = with_hosts(replace(HOST, booked=between("2026-11-16T09:00Z/2026-11-16T09:10Z")))
    limits = replace(busy, now=MONDAY + 9 * 60, dates=dates("Etc/GMT-14", "2026-11-16"))
    assert asked(limits, start_interval=45, lead_time=7) == on_monday(
        "09:45", "10:30", "11:15", "12:00"
    )


def test_grid_of_pieces_counts_from_the_common_window_or_from_each_hosts_own() -> None:
    """A5."""
    early = Host((Presence(dates(UTC), weekly(UTC, "mon 09:00-11:00")),))
    late = Host((Presence(dates(UTC), weekly(UTC, "mon 09:10-11:00")),))
    together = with_hosts(early, late)
    assert asked(together, start_interval=50, duration=10) == on_monday("09:10", "10:00", "10:50")
    anyone = with_hosts(early, late, any_host=True)
    assert asked(anyone, start_interval=50, duration=10) == on_monday(
        "09:00", "09:10", "09:50", "10:00", "10:40", "10:50"
    )
