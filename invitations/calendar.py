"""Calendar weeks, and the search for those with openings. Pure: no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduling.engine.hours import date_of, epoch_day, local_day, start_of_day
from scheduling.engine.intervals import DAY, Minute, Pair
from scheduling.engine.openings import bounds, openings
from scheduling.engine.rules import Question

FIRST_DAY_OFFSET = {"monday": 0, "sunday": -1, "saturday": -2}


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A calendar week: the seven days from ``first_day``.

    It is named like the ISO week of its Monday, whichever weekday ``starts_on`` puts first.
    """

    first_day: date
    starts_on: str = "monday"

    @classmethod
    def parse(cls, text: str, starts_on: str = "monday") -> Week:
        """Read ``YYYY-Www``. Raises ValueError for a week that no calendar has."""
        match = re.fullmatch(r"(\d{4})-W(\d{2})", text, re.ASCII)
        if not match or not 1980 <= int(match[1]) <= 2200:
            raise ValueError(text)
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return cls(monday + timedelta(days=FIRST_DAY_OFFSET[starts_on]), starts_on)

    @classmethod
    def at(cls, minute: Minute, zone: ZoneInfo, starts_on: str = "monday") -> Week:
        """The week in ``zone`` that an instant belongs to."""
        offset = timedelta(days=FIRST_DAY_OFFSET[starts_on])
        day = date_of(local_day(zone, minute)) - offset
        return cls(day - timedelta(days=day.weekday()) + offset, starts_on)

    def __str__(self) -> str:
        monday = self.first_day - timedelta(days=FIRST_DAY_OFFSET[self.starts_on])
        year, number, _day = monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=6)

    def shifted(self, weeks: int) -> Week:
        return Week(self.first_day + timedelta(weeks=weeks), self.starts_on)

    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range(7)]

    def span(self, zone: ZoneInfo) -> Pair:
        """The week in ``zone`` as real time."""
        first = epoch_day(self.first_day)
        return start_of_day(zone, first), start_of_day(zone, first + 7)


def openings_in(week: Week, question: Question, zone: ZoneInfo) -> list[Minute]:
    """The open starts of a week in ``zone``."""
    return openings(question, *week.span(zone))


def first_open_week(
    question: Question, zone: ZoneInfo, starts_on: str, *, after: Week | None = None
) -> Week | None:
    """The first week in ``zone`` with an opening, later than ``after``; None without any."""
    weeks = _weeks_in_reach(question, zone, starts_on)
    later = (week for week in weeks if after is None or week > after)
    return next((week for week in later if openings_in(week, question, zone)), None)


def last_open_week(question: Question, zone: ZoneInfo, starts_on: str) -> Week | None:
    """The last week in ``zone`` with an opening; None without any."""
    weeks = reversed(list(_weeks_in_reach(question, zone, starts_on)))
    return next((week for week in weeks if openings_in(week, question, zone)), None)


def first_opening(question: Question, *, before: Minute | None = None) -> Minute | None:
    """The first open start, earlier than ``before``; None without any."""
    start, end = bounds(question)
    end = end if before is None else min(end, before)
    for since in range(start, end, 7 * DAY):
        if found := openings(question, since, min(since + 7 * DAY, end)):
            return found[0]
    return None


def nearest_openings(question: Question, start: Minute, count: int) -> list[Minute]:
    """Up to ``count`` open starts closest to an instant, in order of time."""
    first, end = bounds(question)
    reach = 7 * DAY
    while True:
        found = openings(question, start - reach, start + reach)
        if len(found) >= count or (start - reach <= first and end <= start + reach):
            return sorted(sorted(found, key=lambda minute: abs(minute - start))[:count])
        reach *= 4


def _weeks_in_reach(question: Question, zone: ZoneInfo, starts_on: str) -> Iterator[Week]:
    start, end = bounds(question)
    if start >= end:
        return
    week, last = Week.at(start, zone, starts_on), Week.at(end - 1, zone, starts_on)
    while week <= last:
        yield week
        week = week.shifted(1)
