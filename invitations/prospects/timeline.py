"""How a list went over time, as a picture and as lines of a table. Pure: no database, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointments import formats

MOST_DAYS = 42
"""A list that went on for longer is drawn week by week."""

FEWEST_COLUMNS = 14
"""There is room for as many, so that one day is a bar and no block."""

COLUMN, GAP, HEIGHT = 20, 4, 100
"""The measures of the picture."""

Times = tuple[datetime | None, datetime | None, datetime | None]
"""When a recipient was first sent the letter, opened the page, booked; None for never."""


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a week: what happened in it for the first time, and its bar of bookings."""

    label: str
    sent: int
    opened: int
    booked: int
    x: int
    height: int

    @property
    def y(self) -> int:
        return HEIGHT - self.height

    @property
    def is_eventful(self) -> bool:
        return bool(self.sent or self.opened or self.booked)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every day, or week, from the first letter to the last booking. ``most`` is the top bar."""

    spans: Sequence[Span]
    most: int
    by_week: bool
    bar: int = COLUMN - GAP
    height: int = HEIGHT

    @property
    def width(self) -> int:
        return COLUMN * max(len(self.spans), FEWEST_COLUMNS) - GAP

    @property
    def is_short(self) -> bool:
        return len(self.spans) < FEWEST_COLUMNS

    @property
    def first(self) -> Span:
        return self.spans[0]

    @property
    def last(self) -> Span:
        return self.spans[-1]

    @property
    def eventful(self) -> list[Span]:
        return [span for span in self.spans if span.is_eventful]


def timeline(times: Iterable[Times], zone: ZoneInfo) -> Timeline | None:
    """By the days of a zone; None where nothing has happened yet."""
    sent, opened, booked = (_by_day(column, zone) for column in _columns(times))
    days = {*sent, *opened, *booked}
    if not days:
        return None
    first, last = min(days), max(days)
    step = 1 if (last - first).days < MOST_DAYS else 7
    firsts = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    bookings = [_within(booked, day, step) for day in firsts]
    most = max(bookings)
    spans = [
        Span(
            label=_label(day, step),
            sent=_within(sent, day, step),
            opened=_within(opened, day, step),
            booked=number,
            x=n * COLUMN,
            height=_height(number, most),
        )
        for n, (day, number) in enumerate(zip(firsts, bookings, strict=True))
    ]
    return Timeline(spans, most, by_week=step == 7)


def _columns(times: Iterable[Times]) -> Iterable[Sequence[datetime | None]]:
    return zip(*times, strict=True) if (times := list(times)) else ((), (), ())


def _by_day(instants: Iterable[datetime | None], zone: ZoneInfo) -> Counter[date]:
    return Counter(each.astimezone(zone).date() for each in instants if each is not None)


def _within(counts: Counter[date], first: date, days: int) -> int:
    return sum(counts[first + timedelta(days=n)] for n in range(days))


def _height(count: int, most: int) -> int:
    """Of a bar; whatever there is can be seen."""
    return max(round(HEIGHT * count / most), 2) if count else 0


def _label(day: date, days: int) -> str:
    if days == 1:
        return formats.full_day(day)
    return formats.date_range(day, day + timedelta(days=days - 1))
