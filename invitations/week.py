"""Openings shaped for the week page. Pure: no database, no clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, pairwise
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments import formats
from appointments.clocks import Clocks, iso
from appointments.weeks import Week
from invitations.calendar import first_open_week, last_open_week, openings_in
from invitations.emptiness import Empty, why_empty
from invitations.places import places_of
from invitations.slots import Slot, slots_of
from invitations.strip import StripWeek, strip_of, weeks_around
from scheduling.engine.groups import duration_at
from scheduling.engine.hours import EpochDay, date_of, epoch_day, wall_clock
from scheduling.engine.intervals import Minute
from scheduling.engine.openings import openings
from scheduling.engine.rules import Question

FOLD_AFTER = 12
"""A day's openings past this many are folded away, after the part of the day that holds it."""

NOON, EVENING = 12 * 60, 17 * 60

LocalStart = tuple[Minute, int]
"""A start, and the minutes since midnight that the leading clock shows then."""


@dataclass(frozen=True, slots=True)
class DayPart:
    """The openings of a morning, an afternoon or an evening.

    ``present`` is the start among them that a guest has already and is about to move.
    """

    name: str
    slots: Sequence[Slot]
    present: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the leading zone, with the parts shown at once and those folded away.

    ``count`` is that of all its openings.
    """

    words: formats.DayInWords
    shown: Sequence[DayPart]
    folded: Sequence[DayPart]
    count: int
    is_empty: ClassVar = False


@dataclass(frozen=True, slots=True)
class EmptyDays:
    """Neighbouring days without openings; the label reads “Wed 25 – Thu 26”."""

    is_empty: ClassVar = True
    days: Sequence[Day]
    label: str


@dataclass(frozen=True, slots=True)
class Urls:
    """Where a week page leads: to a week, to a slot by the address up to its start, and to the
    choice of a time zone from a week (empty for none).
    """

    week: Callable[[Week], str]
    slot: str
    zone: Callable[[Week], str]


@dataclass(frozen=True, slots=True)
class WeekPage:
    """A week as its page shows it.

    ``first`` and ``last`` are the ends of availability; their URLs are empty on these very weeks.
    The URLs of the weeks to either side are empty past those ends. ``elsewhere_url`` is where an
    empty week sends people, ``elsewhere_day`` the first day with openings there: “Tuesday,
    24 November”; ``empty`` says why, of a week without openings.
    """

    week: Week
    title: str
    entries: Sequence[Day | EmptyDays]
    count: int
    first: Week
    last: Week
    first_url: str
    last_url: str
    previous_url: str
    next_url: str
    elsewhere_url: str
    elsewhere_day: str
    zone_url: str
    strip: Sequence[StripWeek]
    empty: Empty | None


def week_page(
    question: Question,
    week: Week | None,
    clocks: Clocks,
    *,
    starts_on: str,
    urls: Urls,
    present: Minute | None = None,
) -> WeekPage | None:
    """The page of a week, or of the first one with openings; None where nothing is free at all.

    ``present`` is the time that a guest has already, marked where it is an opening.
    """
    zone = clocks.leading
    first = first_open_week(question, zone, starts_on)
    last = last_open_week(question, zone, starts_on)
    if first is None or last is None:
        return None
    week = week or first
    around = _starts_by_week(question, weeks_around(week, first), zone)
    # A week before the first open one is not among them, nor has it any.
    starts = around.get(week, [])
    elsewhere = None if starts else first_open_week(question, zone, starts_on, after=week) or last
    # Of the time that a guest has already, nobody else gets a place.
    others = [start for start in starts if start != present]
    places, durations = places_of(question, others), partial(duration_at, question)
    days = days_of_week(week, starts, durations, clocks, urls.slot, present, places)
    return WeekPage(
        week=week,
        title=formats.date_range(week.first_day, week.last_day),
        entries=list(with_gaps(days)),
        count=len(starts),
        first=first,
        last=last,
        first_url=urls.week(first) if week != first else "",
        last_url=urls.week(last) if week != last else "",
        previous_url=urls.week(week.shifted(-1)) if week > first else "",
        next_url=urls.week(week.shifted(1)) if week < last else "",
        elsewhere_url=urls.week(elsewhere) if elsewhere else "",
        elsewhere_day=_first_day(question, elsewhere, zone) if elsewhere else "",
        zone_url=urls.zone(week),
        strip=strip_of({each: len(found) for each, found in around.items()}, week, urls.week),
        empty=None if starts else why_empty(question, week.span(zone)),
    )


def days_of_week(
    week: Week,
    starts: Sequence[Minute],
    durations: Callable[[Minute], int],
    clocks: Clocks,
    slot_url: str,
    present: Minute | None,
    places: Mapping[Minute, int],
) -> list[Day]:
    """The seven days of a week in the leading zone, each with its openings.

    ``starts`` are the open starts of that week in order, ``durations`` says how many minutes each
    takes, ``slot_url`` is what a slot links to, up to the start; ``places`` is how many are left at
    starts that have more than one.
    """
    by_day: dict[EpochDay, list[LocalStart]] = {epoch_day(day): [] for day in week.days()}
    for minute in starts:
        day, local = wall_clock(clocks.leading, minute)
        by_day[day].append((minute, local))
    slot = slots_of(week, durations, clocks, slot_url, places)
    in_words = formats.every_way.at_once()
    names = (_("Morning"), _("Afternoon"), _("Evening"))

    def shaped(day: date, local_starts: Sequence[LocalStart]) -> Day:
        words = in_words(day)
        parts = []
        for part, group in groupby(local_starts, _part_of_day):
            minutes = [minute for minute, _local in group]
            has_present = present is not None and present in minutes
            slots = [slot(minute, words.in_full) for minute in minutes]
            parts.append(DayPart(names[part], slots, iso(present) if has_present else ""))
        return _folded(words, parts)

    return [shaped(date_of(day), local_starts) for day, local_starts in by_day.items()]


def with_gaps(days: Sequence[Day]) -> Iterator[Day | EmptyDays]:
    """The days with openings, and one entry for each run of days without."""
    for is_open, run in groupby(days, lambda day: bool(day.shown)):
        if is_open:
            yield from run
        else:
            empty = list(run)
            ends = empty if len(empty) == 1 else [empty[0], empty[-1]]
            label = " – ".join(f"{day.words.short_weekday} {day.words.number}" for day in ends)
            yield EmptyDays(empty, label)


def _first_day(question: Question, week: Week, zone: ZoneInfo) -> str:
    """The day of a week's first opening, in words."""
    start = openings_in(week, question, zone)[0]
    return formats.day_in_words(date_of(wall_clock(zone, start)[0]))


def _starts_by_week(
    question: Question, weeks: Sequence[Week], zone: ZoneInfo
) -> dict[Week, list[Minute]]:
    """The open starts of each of neighbouring weeks."""
    starts = openings(question, weeks[0].span(zone)[0], weeks[-1].span(zone)[1])
    ends = [bisect_left(starts, each.span(zone)[1]) for each in weeks]
    return {
        each: starts[start:end]
        for each, (start, end) in zip(weeks, pairwise([0, *ends]), strict=True)
    }


def _folded(words: formats.DayInWords, parts: Sequence[DayPart]) -> Day:
    shown, count = 0, 0
    while shown < len(parts) and count < FOLD_AFTER:
        count += len(parts[shown].slots)
        shown += 1
    return Day(
        words=words,
        shown=parts[:shown],
        folded=parts[shown:],
        count=sum(len(part.slots) for part in parts),
    )


def _part_of_day(start: LocalStart) -> int:
    """0 in the morning, 1 in the afternoon, 2 in the evening."""
    return bisect_right((NOON, EVENING), start[1])
