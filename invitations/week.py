"""Openings shaped for the week page. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments import formats
from appointments.clocks import Clocks, iso
from invitations.calendar import Week, first_open_week, last_open_week, openings_in
from scheduling.engine.hours import date_of, repeated, wall_clock
from scheduling.engine.intervals import Minute
from scheduling.engine.rules import Question

FOLD_AFTER = 12
"""A day's openings past this many are folded away, after the part of the day that holds it."""

STRIP_LENGTH = 8
NOON, EVENING = 12 * 60, 17 * 60


@dataclass(frozen=True, slots=True)
class Slot:
    """How a page shows an opening. ``other`` is the other zone's time, empty where equal."""

    start: str
    label: str
    full_label: str
    other: str
    url: str


@dataclass(frozen=True, slots=True)
class DayPart:
    """The openings of a morning, an afternoon or an evening."""

    name: str
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the leading zone, with the parts shown at once and those folded away."""

    date: date
    weekday: str
    short_weekday: str
    day_and_month: str
    shown: Sequence[DayPart]
    folded: Sequence[DayPart]


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Neighbouring days without openings; the label reads “Wed 25 – Thu 26”."""

    days: Sequence[Day]
    label: str


@dataclass(frozen=True, slots=True)
class StripWeek:
    """A week in the strip that helps to jump. ``height`` is that of its bar, in percent."""

    week: Week
    label: str
    full_label: str
    count: int
    height: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A week as its page shows it.

    ``first`` and ``last`` are the ends of availability, ``previous`` and ``next`` the weeks to
    either side while they lie between those. ``elsewhere`` is where an empty week sends people.
    """

    week: Week
    title: str
    entries: Sequence[Day | EmptyDays]
    count: int
    first: Week
    last: Week
    previous: Week | None
    next: Week | None
    elsewhere: Week | None
    strip: Sequence[StripWeek]


def week_page(
    question: Question, week: Week | None, clocks: Clocks, *, starts_on: str, url: str
) -> WeekPage | None:
    """The page of a week, or of the first one with openings; None where nothing is free at all.

    ``url`` is what a slot links to, up to its start.
    """
    zone = clocks.leading
    first = first_open_week(question, zone, starts_on)
    last = last_open_week(question, zone, starts_on)
    if first is None or last is None:
        return None
    week = week or first
    starts = openings_in(week, question, zone)
    elsewhere = None if starts else first_open_week(question, zone, starts_on, after=week) or last
    days = days_of_week(week, starts, question.work.duration, clocks, url)
    return WeekPage(
        week=week,
        title=formats.date_range(week.first_day, week.last_day),
        entries=list(with_gaps(days)),
        count=len(starts),
        first=first,
        last=last,
        previous=week.shifted(-1) if week > first else None,
        next=week.shifted(1) if week < last else None,
        elsewhere=elsewhere,
        strip=_strip(question, week, first, zone),
    )


def days_of_week(
    week: Week, starts: Sequence[Minute], duration: int, clocks: Clocks, url: str
) -> list[Day]:
    """The seven days of a week in the leading zone, each with its openings.

    ``starts`` are the open starts of that week in order, ``duration`` is in minutes, ``url`` is
    what a slot links to, up to the start.
    """
    twice = repeated(clocks.leading, *week.span(clocks.leading))
    zone = formats.zone_time(clocks.leading)
    sentence = _("%(day)s, %(start)s to %(end)s, %(zone)s")
    by_day: dict[date, list[Minute]] = {day: [] for day in week.days()}
    for minute in starts:
        by_day[date_of(wall_clock(clocks.leading, minute)[0])].append(minute)

    def slot(minute: Minute, day: str) -> Slot:
        label = clocks.time(minute, ambiguous=minute in twice)
        end = clocks.time(minute + duration, ambiguous=minute + duration in twice)
        start = iso(minute)
        words = sentence % {"day": day, "start": label, "end": end, "zone": zone}
        return Slot(start, label, words, clocks.other_time(minute), url + start)

    def shaped(day: date, minutes: Sequence[Minute]) -> Day:
        words = formats.day_in_words(day)
        parts = [
            DayPart(name, [slot(minute, words) for minute in group])
            for name, group in groupby(minutes, lambda minute: _part_of_day(clocks, minute))
        ]
        return _folded(day, parts)

    return [shaped(day, minutes) for day, minutes in by_day.items()]


def with_gaps(days: Sequence[Day]) -> Iterator[Day | EmptyDays]:
    """The days with openings, and one entry for each run of days without."""
    for is_open, run in groupby(days, lambda day: bool(day.shown)):
        if is_open:
            yield from run
        else:
            empty = list(run)
            ends = [empty[0]] if len(empty) == 1 else [empty[0], empty[-1]]
            yield EmptyDays(empty, " – ".join(f"{e.short_weekday} {e.date.day}" for e in ends))


def _strip(question: Question, week: Week, first: Week, zone: ZoneInfo) -> list[StripWeek]:
    """Eight weeks in blocks counted from the first open one, so that it rests while one reads."""
    away = (week.first_day - first.first_day).days // 7
    block = first.shifted(away // STRIP_LENGTH * STRIP_LENGTH)
    weeks = [block.shifted(n) for n in range(STRIP_LENGTH)]
    counts = [len(openings_in(each, question, zone)) for each in weeks]
    most = max(counts) or 1
    return [
        StripWeek(
            week=each,
            label=formats.short_day_and_month(each.first_day),
            full_label=formats.date_range(each.first_day, each.last_day),
            count=count,
            height=round(100 * count / most),
            is_current=each == week,
        )
        for each, count in zip(weeks, counts, strict=True)
    ]


def _folded(day: date, parts: Sequence[DayPart]) -> Day:
    shown, count = 0, 0
    while shown < len(parts) and count < FOLD_AFTER:
        count += len(parts[shown].slots)
        shown += 1
    return Day(
        date=day,
        weekday=formats.weekday(day),
        short_weekday=formats.short_weekday(day),
        day_and_month=formats.day_and_month(day),
        shown=parts[:shown],
        folded=parts[shown:],
    )


def _part_of_day(clocks: Clocks, minute: Minute) -> str:
    local = wall_clock(clocks.leading, minute)[1]
    if local < NOON:
        return _("Morning")
    return _("Afternoon") if local < EVENING else _("Evening")
