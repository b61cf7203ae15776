"""Where an instant stands in a picture with a column for each day. Pure.

A column is as wide as every other and as long as its day really is: on the days on which clocks
change, an hour is a little wider or narrower, one that is skipped is not there, and one that
comes twice stands there twice (rule T2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from appointments import formats
from appointments.weeks import Week
from scheduling.engine.hours import epoch_day, instants, start_of_day
from scheduling.engine.intervals import DAY, Minute, Pair

HOUR = 60
GUTTER, COLUMN, GAP = 210, 122, 8
"""The measures of the picture across: its labels, a day, and the space before the next."""

WIDE_AFTER = 12 * HOUR


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the picture from left to right."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """An hour on the axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Axis:
    """The days of a week in a zone, from ``top`` to ``bottom`` in minutes of its wall clock."""

    week: Week
    zone: ZoneInfo
    top: int
    bottom: int

    @cached_property
    def days(self) -> list[Pair]:
        """Each day in real time."""
        first = epoch_day(self.week.first_day)
        ends = [start_of_day(self.zone, first + n) for n in range(8)]
        return list(pairwise(ends))

    @cached_property
    def sights(self) -> list[Pair]:
        """What is shown of each day in real time."""
        first = epoch_day(self.week.first_day)
        return [
            (
                min(instants(self.zone, first + n, self.top), default=day[0]),
                max(instants(self.zone, first + n, self.bottom), default=day[1])
                if self.bottom < DAY
                else day[1],
            )
            for n, day in enumerate(self.days)
        ]

    def stretches(self, spans: Iterable[Pair]) -> Iterator[Stretch]:
        """Where spans of real time are in sight, cut into days."""
        spans = list(spans)
        for column, (start, end) in enumerate(self.sights):
            for since, until in spans:
                if max(since, start) < min(until, end):
                    left = self._x(column, max(since, start))
                    yield Stretch(left, round(self._x(column, min(until, end)) - left, 1))

    def ticks(self) -> Iterator[Tick]:
        """Every third hour of each day, or every sixth of long ones."""
        step = 3 if self.bottom - self.top <= WIDE_AFTER else 6
        first = epoch_day(self.week.first_day)
        for column, (start, end) in enumerate(self.sights):
            for shown in range(0, DAY, step * HOUR):
                for minute in instants(self.zone, first + column, shown):
                    if start <= minute < end:
                        yield Tick(self._x(column, minute), formats.hour_of(shown))

    def left(self, column: int) -> float:
        """The side of a column."""
        return GUTTER + column * COLUMN

    def _x(self, column: int, minute: Minute) -> float:
        start, end = self.sights[column]
        return round(self.left(column) + (minute - start) / (end - start) * (COLUMN - GAP), 1)
