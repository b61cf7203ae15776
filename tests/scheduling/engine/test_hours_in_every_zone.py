"""Hours, dates and midnights against the wall clock, minute by minute, in every zone (T2, T4)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import hours as engine
from scheduling.engine.intervals import Intervals, instant_of, minute_of
from tests.scheduling.engine import cases, oracle
from tests.scheduling.engine.cases import examples
from tests.scheduling.engine.translation import dates, weekly_hours

Range = tuple[datetime, datetime]


@st.composite
def ranges(draw: st.DrawFn) -> tuple[str, datetime, Range]:
    """A zone, mostly with a change of its clocks, and up to two days around that."""
    zone = draw(cases.zones)
    around = draw(cases.near(zone))
    before, after = draw(cases.minutes(0, 1500)), draw(cases.minutes(1, 1500))
    return zone, around, (around - before, around + after)


def intervals(minutes: list[datetime]) -> Intervals:
    return Intervals((minute_of(minute), minute_of(minute) + 1) for minute in minutes)


def edges(asked: Range) -> tuple[int, int]:
    return minute_of(asked[0]), minute_of(asked[1])


@examples(150)
@given(ranges(), st.data())
def test_minute_is_in_the_hours_exactly_if_the_wall_clock_says_so(
    drawn: tuple[str, datetime, Range], data: st.DataObject
) -> None:
    """T2; holidays are dates in the zone of their hours (T4)."""
    zone, around, asked = drawn
    pattern = data.draw(cases.patterns(zone, around))
    expected = [minute for minute in oracle.minutes(*asked) if oracle.holds(pattern, minute)]
    assert engine.times(weekly_hours(pattern), *edges(asked)) == intervals(expected)


@examples(100)
@given(ranges(), st.data())
def test_minute_is_on_the_dates_exactly_if_the_wall_calendar_says_so(
    drawn: tuple[str, datetime, Range], data: st.DataObject
) -> None:
    """T4: the last day included."""
    zone, around, asked = drawn
    period = data.draw(cases.periods(zone, around))
    expected = [minute for minute in oracle.minutes(*asked) if oracle.on_dates(period, minute)]
    assert engine.days(dates(period), *edges(asked)) == intervals(expected)


@examples(100)
@given(ranges())
def test_midnights_are_where_the_date_changes(drawn: tuple[str, datetime, Range]) -> None:
    """A5, T4."""
    zone, _, (start, end) = drawn
    expected = [
        minute_of(minute)
        for minute in oracle.minutes(start + oracle.MINUTE, end)
        if oracle.today(zone, minute) != oracle.today(zone, minute - oracle.MINUTE)
    ]
    assert engine.midnights(ZoneInfo(zone), *edges((start, end))) == expected


@examples(100)
@given(ranges())
def test_day_starts_at_the_first_minute_of_its_date(drawn: tuple[str, datetime, Range]) -> None:
    """T4."""
    zone, around, _ = drawn
    today = oracle.today(zone, around)
    found = engine.start_of_day(ZoneInfo(zone), engine.epoch_day(today))
    assert instant_of(found) == oracle.first_instant(zone, today)


@examples(100)
@given(ranges())
def test_stretches_make_up_the_range_and_keep_one_offset(
    drawn: tuple[str, datetime, Range],
) -> None:
    """T2."""
    zone, _, asked = drawn
    at, end = edges(asked)
    for since, until, offset in engine.stretches(ZoneInfo(zone), at, end):
        assert since == at < until
        for minute in range(since, until):
            wall = oracle.wall(zone, instant_of(minute))
            assert wall.utcoffset() == timedelta(minutes=offset)
        at = until
    assert at == end


@examples(100)
@given(ranges())
def test_local_day_is_the_date_on_the_wall_calendar(drawn: tuple[str, datetime, Range]) -> None:
    """T4."""
    zone, around, asked = drawn
    for instant in (around - oracle.MINUTE, around, *asked):
        found = engine.date_of(engine.local_day(ZoneInfo(zone), minute_of(instant)))
        assert found == oracle.today(zone, instant)


@examples(100)
@given(ranges())
def test_week_lasts_from_monday_to_monday(drawn: tuple[str, datetime, Range]) -> None:
    """T6."""
    zone, around, _ = drawn
    today = oracle.today(zone, around)
    monday = today - timedelta(days=today.weekday())
    edges_of_week = [oracle.first_instant(zone, monday + timedelta(days=ahead)) for ahead in (0, 7)]
    found = engine.week_of(ZoneInfo(zone), minute_of(around))
    assert [instant_of(minute) for minute in found] == edges_of_week


@examples(100)
@given(ranges())
def test_time_is_repeated_exactly_if_the_wall_clock_shows_it_twice(
    drawn: tuple[str, datetime, Range],
) -> None:
    """T5."""
    zone, _, (start, end) = drawn
    margin = timedelta(hours=4)
    shown = Counter(wall_time(zone, near) for near in oracle.minutes(start - margin, end + margin))
    expected = [
        minute for minute in oracle.minutes(start, end) if shown[wall_time(zone, minute)] == 2
    ]
    found = engine.repeated(ZoneInfo(zone), *edges((start, end)))
    assert found.clamp(*edges((start, end))) == intervals(expected)


@examples(100)
@given(ranges(), st.data())
def test_time_of_a_date_comes_whenever_the_wall_clock_shows_it(
    drawn: tuple[str, datetime, Range], data: st.DataObject
) -> None:
    """T2: the minutes just around a change most of all."""
    zone, around, (start, _) = drawn
    asked = data.draw(st.sampled_from((around - oracle.MINUTE, around)) | st.just(start))
    shown = wall_time(zone, asked) + data.draw(cases.minutes(-90, 90))
    margin = timedelta(hours=5)
    expected = [
        minute_of(minute)
        for minute in oracle.minutes(asked - margin, asked + margin)
        if wall_time(zone, minute) == shown
    ]
    day, minute_of_day = engine.epoch_day(shown.date()), shown.hour * 60 + shown.minute
    assert engine.instants(ZoneInfo(zone), day, minute_of_day) == expected


def wall_time(zone: str, instant: datetime) -> datetime:
    return oracle.wall(zone, instant).replace(tzinfo=None)
