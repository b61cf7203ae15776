"""The search for calendar weeks with openings. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from appointments.weeks import Week
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import DAY, Minute
from scheduling.engine.openings import openings
from scheduling.engine.rules import Question


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
    weeks = _weeks_in_reach(question, zone, starts_on, backwards=True)
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


def _weeks_in_reach(
    question: Question, zone: ZoneInfo, starts_on: str, *, backwards: bool = False
) -> Iterator[Week]:
    start, end = bounds(question)
    if start >= end:
        return
    first, last = Week.at(start, zone, starts_on), Week.at(end - 1, zone, starts_on)
    week, step = (last, -1) if backwards else (first, 1)
    while first <= week <= last:
        yield week
        week = week.shifted(step)
