"""Calendar weeks. Pure: no database, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduling.engine.hours import date_of, epoch_day, local_day, start_of_day
from scheduling.engine.intervals import Minute, Pair

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
