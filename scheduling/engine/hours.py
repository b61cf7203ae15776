"""The only place where wall clock becomes UTC (rule T2).

A zone is read as *stretches*: spans of real time in which its offset from UTC stays the same.
Inside a stretch local time is UTC plus a constant, so a weekly pattern is laid over each
stretch by adding, and what falls into a skipped hour vanishes while a repeated hour counts
twice, without a case for either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from scheduling.engine.intervals import DAY, FOREVER, NOTHING, Intervals, Minute, Pair

EpochDay = int
"""A calendar date as days since 1970-01-01."""

MINUTE = timedelta(minutes=1)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Python's calendar, less some days for offsets: no zone is asked about what lies beyond.
_CALENDAR = (-1_000_000_000, 4_223_000_000)
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, and Monday is 0
_BLOCK = 256 * DAY
# Between 1972 and 2037 no zone changes its offset twice within this many minutes.
_PROBE = 6 * 60

Stretch = tuple[Minute, Minute, int]
"""Start and end in UTC minutes, and the offset from UTC in minutes that holds between them."""


Week = tuple[Intervals, ...]
"""For Monday to Sunday, the local minutes of the day as a set in 0…1440."""

Holidays = Mapping[EpochDay, Intervals]
"""Dates, and the local minutes of each that are closed."""

WHOLE_DAY = Intervals([(0, DAY)])
EVERY_DAY: Week = (WHOLE_DAY,) * 7
NO_HOLIDAYS: Holidays = {}
NEVER: Week = (NOTHING,) * 7


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """A weekly pattern in one zone, as far as it holds for one question.

    ``week`` is when it is open, but for ``holidays``, which are dates in ``zone``. ``other_topics``
    and ``extended`` are when it is open for other topics, or beyond the usual, and so not for this
    question. ``places`` are the numbers of appointments that may run at once (rule A7), and when
    each is stated.
    """

    zone: ZoneInfo
    week: Week
    holidays: Holidays = field(default_factory=dict)
    other_topics: Week = NEVER
    extended: Week = NEVER
    places: Mapping[int, Week] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dates:
    """The days from ``first`` to ``last``, both included, in one zone; None leaves a side open."""

    zone: ZoneInfo
    first: EpochDay | None = None
    last: EpochDay | None = None


def epoch_day(day: date) -> EpochDay:
    """A date as days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(day: EpochDay) -> date:
    """The date that ``epoch_day`` counted. Raises ValueError or OverflowError past year 9999."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def local_day(zone: ZoneInfo, minute: Minute) -> EpochDay:
    """The date on a wall calendar in ``zone`` at an instant."""
    return (minute + utc_offset(zone, minute)) // DAY


def wall_clock(zone: ZoneInfo, minute: Minute) -> tuple[EpochDay, int]:
    """What calendar and clock on a wall in ``zone`` show: the day, and minutes since midnight."""
    return divmod(minute + utc_offset(zone, minute), DAY)


@lru_cache(maxsize=16_384)
def utc_offset(zone: ZoneInfo, minute: Minute) -> int:
    """How many minutes ``zone`` is ahead of UTC at an instant."""
    on_calendar = max(_CALENDAR[0], min(minute, _CALENDAR[1]))
    offset = datetime.fromtimestamp(on_calendar * 60, zone).utcoffset() or timedelta()
    return offset // MINUTE


def times(hours: WeeklyHours, start: Minute, end: Minute) -> Intervals:
    """The part of ``[start, end)`` inside the hours."""
    return weekly_times(hours.zone, hours.week, start, end, hours.holidays)


def holiday_times(hours: WeeklyHours, start: Minute, end: Minute) -> Intervals:
    """The part of ``[start, end)`` that is a holiday of the hours, whether open else or not."""
    if not hours.holidays:
        return NOTHING
    open_days = weekly_times(hours.zone, EVERY_DAY, start, end, hours.holidays)
    return Intervals([(start, end)]) - open_days


def weekly_times(
    zone: ZoneInfo, week: Week, start: Minute, end: Minute, holidays: Holidays = NO_HOLIDAYS
) -> Intervals:
    """The part of ``[start, end)`` inside a weekly pattern in a zone, but for holidays."""
    parts = [_laid_over(stretch, week, holidays) for stretch in stretches(zone, start, end)]
    if len(parts) == 1:
        return parts[0]
    return Intervals.in_order(pair for part in parts for pair in part.pairs)


def _laid_over(stretch: Stretch, week: Week, holidays: Holidays) -> Intervals:
    since, until, offset = stretch
    first, last = (since + offset) // DAY, (until - 1 + offset) // DAY
    return Intervals.in_order(
        [
            (day * DAY - offset + opens, day * DAY - offset + closes)
            for day in range(first, last + 1)
            for opens, closes in _open_on(day, week, holidays).pairs
        ]
    ).clamp(since, until)


def _open_on(day: EpochDay, week: Week, holidays: Holidays) -> Intervals:
    usual = week[(day + _EPOCH_WEEKDAY) % 7]
    return usual - holidays[day] if day in holidays else usual


def days(dates: Dates, start: Minute, end: Minute) -> Intervals:
    """The part of ``[start, end)`` that lies on the given dates of their zone's wall calendar."""
    if dates.first is None and dates.last is None:
        return Intervals([(start, end)])
    opens = -FOREVER if dates.first is None else dates.first * DAY
    closes = FOREVER if dates.last is None else (dates.last + 1) * DAY
    return Intervals(
        (max(since, opens - offset), min(until, closes - offset))
        for since, until, offset in stretches(dates.zone, start, end)
    )


@lru_cache(maxsize=4096)
def start_of_day(zone: ZoneInfo, day: EpochDay) -> Minute:
    """The first instant of a date in ``zone``; of the next date if that one was skipped."""
    return first_shown(zone, day * DAY)


def first_shown(zone: ZoneInfo, shown: Minute) -> Minute:
    """The first instant at which a wall clock in ``zone`` shows a local minute, or a later one.

    Local minutes count from the midnight that began 1970. Where clocks skip it, that is the change.
    """
    return next(
        max(since, shown - offset)
        for since, until, offset in stretches(zone, shown - 2 * DAY, shown + 3 * DAY)
        if shown - offset < until
    )


def last_shown(zone: ZoneInfo, shown: Minute) -> Minute:
    """The last instant at which a wall clock in ``zone`` shows a local minute, or its change."""
    return next(
        min(until, shown - offset)
        for since, until, offset in reversed(
            list(stretches(zone, shown - 3 * DAY, shown + 2 * DAY))
        )
        if since <= shown - offset
    )


def instants(zone: ZoneInfo, day: EpochDay, minute_of_day: int) -> list[Minute]:
    """When a wall clock in ``zone`` shows a time of a date: once, never (skipped) or twice."""
    shown = day * DAY + minute_of_day
    return [
        shown - offset
        for since, until, offset in stretches(zone, shown - 2 * DAY, shown + 2 * DAY)
        if since <= shown - offset < until
    ]


def week_of(zone: ZoneInfo, minute: Minute) -> Pair:
    """The calendar week in ``zone``, Monday first, that an instant belongs to, in real time."""
    monday = monday_of(local_day(zone, minute))
    return start_of_day(zone, monday), start_of_day(zone, monday + 7)


def monday_of(day: EpochDay) -> EpochDay:
    """The Monday of a date's week."""
    return day - (day + _EPOCH_WEEKDAY) % 7


def midnights(zone: ZoneInfo, start: Minute, end: Minute) -> list[Minute]:
    """The instants after ``start`` and before ``end`` at which the date in ``zone`` changes."""
    changes: list[Minute] = []
    day_before = None
    for since, until, offset in stretches(zone, start, end):
        first_day = (since + offset) // DAY
        if day_before is not None and first_day != day_before:
            changes.append(since)
        day_before = (until - 1 + offset) // DAY
        changes.extend(day * DAY - offset for day in range(first_day + 1, day_before + 1))
    return changes


def repeated(zone: ZoneInfo, start: Minute, end: Minute) -> Intervals:
    """The instants near ``[start, end)`` whose wall-clock time occurs twice in ``zone``."""
    parts = list(stretches(zone, start - DAY, end + DAY))
    return Intervals(
        (change - (before - after), change + (before - after))
        for (_, change, before), (_, _, after) in pairwise(parts)
        if before > after
    )


def stretches(zone: ZoneInfo, start: Minute, end: Minute) -> Iterator[Stretch]:
    """The spans of constant offset that make up ``[start, end)``, in order."""
    for block in range(start // _BLOCK, (end - 1) // _BLOCK + 1):
        for since, until, offset in _block_stretches(zone, block):
            if since < end and start < until:
                yield max(since, start), min(until, end), offset


@lru_cache(maxsize=4096)
def _block_stretches(zone: ZoneInfo, block: int) -> tuple[Stretch, ...]:
    start, end = block * _BLOCK, (block + 1) * _BLOCK
    found: list[Stretch] = []
    since, offset = start, utc_offset(zone, start)
    for probe in range(start + _PROBE, end + 1, _PROBE):
        if (new_offset := utc_offset(zone, probe)) != offset:
            change = _change_between(zone, probe - _PROBE, probe)
            found.append((since, change, offset))
            since, offset = change, new_offset
    if since < end:
        found.append((since, end, offset))
    return tuple(found)


def _change_between(zone: ZoneInfo, before: Minute, after: Minute) -> Minute:
    """The first minute with the offset of ``after``, by bisection."""
    offset = utc_offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if utc_offset(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after
