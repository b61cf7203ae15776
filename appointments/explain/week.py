"""A week of one question, drawn in rows and told in a table from the same values. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from appointments import formats
from appointments.agenda import Wall, in_sight
from appointments.clocks import Clocks, iso
from appointments.explain.axis import Axis, Stretch, Tick
from appointments.explain.rows import Band, Kind, Row, Seen, rows
from appointments.weeks import Week
from scheduling.engine.intervals import Intervals, Minute, Pair
from scheduling.engine.layers import Layers, Source, layers
from scheduling.engine.openings import openings
from scheduling.engine.rules import Question

HEAD, LINE = 54, 26
"""The measures of the picture downwards: above the rows, and each of them."""

PRESS = 30
"""So many minutes of the picture lead to one explanation; the form leads to any other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A band on the picture, with what it stands for in words."""

    stretch: Stretch
    kind: Kind
    words: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """What a row says of a day: its times, each with why."""

    day: str
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its height on the picture, its bars, and what it says of each day.

    One of several hosts has a line for the name alone.
    """

    label: Any
    y: int
    bars: Sequence[Bar] = ()
    cells: Sequence[Cell] = ()
    is_host: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A day above the picture and the table."""

    short_label: str
    x: float
    is_today: bool


@dataclass(frozen=True, slots=True)
class Press:
    """A part of the picture that leads to the explanation of a start."""

    stretch: Stretch
    start: SafeString
    label: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that the page shows of a week; ``chosen`` marks the start that is asked about."""

    week: Week
    label: str
    heads: Sequence[Head]
    ticks: Sequence[Tick]
    lines: Sequence[Line]
    presses: Sequence[Press]
    count: int
    chosen: Sequence[Stretch]
    width: int
    height: int


def explained(
    question: Question,
    week: Week,
    hosts: Sequence[str],
    seen: Seen,
    chosen: Minute | None = None,
) -> Explained:
    """A week on the calendar of the place; ``hosts`` are the names of the question's."""
    zone = question.place.zone
    span = week.span(zone)
    found = layers(question, *span)
    starts = openings(question, *span)
    axis = Axis(week, zone, *_sight(question, found, week, starts))
    lines = list(_lines([_free(question, starts), *rows(found, span, seen)], hosts, axis))
    last = lines[-1].y + LINE
    return Explained(
        week=week,
        label=formats.date_range(week.first_day, week.last_day),
        heads=_heads(axis, question.now),
        ticks=list(axis.ticks()),
        lines=lines,
        presses=list(_presses(axis)),
        count=len(starts),
        chosen=[] if chosen is None else list(axis.stretches([(chosen, chosen + PRESS)])),
        width=int(axis.left(7)),
        height=last,
    )


def _sight(
    question: Question, found: Layers, week: Week, starts: Sequence[Minute]
) -> tuple[int, int]:
    """The hours of the day in which anything could begin, and a usual working day in any case."""
    span = week.span(question.place.zone)
    booked = (host.booked.clamp(*span) for host in question.hosts)
    possible = Intervals((start, start + question.work.duration) for start in starts)
    possible = possible | Intervals(pair for each in booked for pair in each)
    for way in found.ways:
        times = (layer.time for layer in way if layer.source in OF_HOURS)
        window = reduce(and_, (Intervals([span]) - time for time in times), Intervals([span]))
        if window != Intervals([span]):
            possible = possible | window
    return in_sight(Wall(week, question.place.zone), possible)


OF_HOURS = frozenset({Source.PLACE, Source.WORK, Source.PRESENCE})


def _free(question: Question, starts: Sequence[Minute]) -> Row:
    """The starts that are open, run by run."""
    step = question.work.start_interval
    runs = Intervals((start, start + step) for start in starts).pairs
    return Row(pgettext("state of a start", "Open"), [_run(pair, starts) for pair in runs])


def _run(pair: Pair, starts: Sequence[Minute]) -> Band:
    count = bisect_left(starts, pair[1]) - bisect_left(starts, pair[0])
    words = ngettext("%(n)s start", "%(n)s starts", count) % {"n": count}
    return Band(Kind.FREE, Intervals([pair]), words)


def _lines(found: Sequence[Row], hosts: Sequence[str], axis: Axis) -> Iterator[Line]:
    """With a line of its own for the name of each of several hosts."""
    y = HEAD
    before: int | None = None
    for row in found:
        if row.host != before and row.host is not None and len(hosts) > 1:
            yield Line(hosts[row.host], y, is_host=True)
            y += LINE
        before = row.host
        bars = [
            Bar(stretch, band.kind, band.words)
            for band in row.bands
            for stretch in axis.stretches(band.time)
        ]
        yield Line(row.label, y, bars, list(_cells(row, axis)))
        y += LINE


def _cells(row: Row, axis: Axis) -> Iterator[Cell]:
    for each, day in zip(axis.week.days(), axis.days, strict=True):
        yield Cell(_short(each), _said(row, day, axis.zone))


def _said(row: Row, day: Pair, zone: ZoneInfo) -> list[str]:
    said = []
    for band in row.bands:
        for start, end in band.time.clamp(*day):
            words = _range(start, end, day, zone)
            said.append(f"{words}: {band.words}" if band.words else words)
    return said


def _range(start: Minute, end: Minute, day: Pair, zone: ZoneInfo) -> str:
    if (start, end) == day:
        return _("All day")
    return Clocks(zone).in_words(start, end - start).label


def _heads(axis: Axis, now: Minute) -> list[Head]:
    return [
        Head(
            short_label=_short(each),
            x=axis.left(column),
            is_today=day[0] <= now < day[1],
        )
        for column, (each, day) in enumerate(zip(axis.week.days(), axis.days, strict=True))
    ]


def _short(day: date) -> str:
    return f"{formats.short_weekday(day)} {formats.short_day_and_month(day)}"


def _presses(axis: Axis) -> Iterator[Press]:
    clocks = Clocks(axis.zone)
    for start, end in axis.sights:
        for minute in range(start, end, PRESS):
            [stretch] = axis.stretches([(minute, min(minute + PRESS, end))])
            yield Press(stretch, iso(minute), clocks.in_words(minute, 0).short_label)
