"""Short ways to write instants and weekly hours in examples."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduling.engine.hours import WHOLE_DAY, Dates, WeeklyHours, epoch_day
from scheduling.engine.intervals import Intervals, Minute, instant_of, minute_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(text: str) -> Minute:
    """The minute of an ISO 8601 instant: ``at("2027-03-28T01:00Z")``."""
    return minute_of(datetime.fromisoformat(text))


def spell(minutes: list[Minute]) -> list[str]:
    """Minutes as ``"03-28 01:00"`` in UTC, so that a failing test can be read."""
    return [f"{instant_of(minute):%m-%d %H:%M}" for minute in minutes]


def between(*spans: str) -> Intervals:
    """Real time: ``between("2027-03-28T00:00Z/2027-03-28T02:00Z")``."""
    pairs = (span.split("/") for span in spans)
    return Intervals((at(start), at(end)) for start, end in pairs)


def day(text: str) -> int:
    """The epoch day of an ISO date."""
    return epoch_day(date.fromisoformat(text))


def dates(zone: str, first: str | None = None, last: str | None = None) -> Dates:
    """Dates in a zone, each side open where no ISO date is given."""
    return Dates(ZoneInfo(zone), first and day(first), last and day(last))


def weekly(zone: str, *slots: str, holidays: tuple[str, ...] = ()) -> WeeklyHours:
    """Weekly hours from slots such as ``"sun 02:00-03:00"`` or ``"daily 09:00-24:00"``."""
    week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for slot in slots:
        name, span = slot.split()
        start, end = (_minutes_of_day(text) for text in span.split("-"))
        for weekday in range(7) if name == "daily" else [WEEKDAYS.index(name)]:
            week[weekday].append((start, end))
    closed = {day(holiday): WHOLE_DAY for holiday in holidays}
    return WeeklyHours(ZoneInfo(zone), tuple(Intervals(pairs) for pairs in week), closed)


def _minutes_of_day(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
