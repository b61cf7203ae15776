"""The rules read aloud, one minute at a time: slow, plain, and without a line of the engine.

An instant is an aware datetime in UTC on a whole minute. Its place on a wall clock is looked up
for that one instant; nothing is ever added to a local time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MIDNIGHT = time(0)
LONGEST_DATE = timedelta(hours=27)
YEAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Slot:
    """A piece of one weekday (Monday is 0); an end of 00:00 is the end of the day."""

    weekday: int
    start: time
    end: time


@dataclass(frozen=True)
class Pattern:
    """Operating hours."""

    zone: str
    slots: tuple[Slot, ...]
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Period:
    """Dates on the wall calendar of a zone, both included."""

    zone: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Stay:
    """A membership; ``away`` are the relocations that suspend it."""

    period: Period
    pattern: Pattern | None = None
    away: tuple[Period, ...] = ()


Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Person:
    stays: tuple[Stay, ...]
    busy: tuple[Span, ...] = ()
    absent: tuple[Span, ...] = ()
    excluded: bool = False


@dataclass(frozen=True)
class Case:
    """A question in plain words; ``opened`` is when a form was opened (blank: now).

    ``visits`` are the hours in which the client can be met (blank: any time).
    """

    place_zone: str
    place: Pattern
    people: tuple[Person, ...]
    period: Period
    now: datetime
    length: timedelta
    interval: int = 15
    before: timedelta = timedelta()
    after: timedelta = timedelta()
    lead: timedelta = timedelta()
    horizon: timedelta | None = None
    work: Pattern | None = None
    anyone: bool = False
    opened: datetime | None = None
    visits: Pattern | None = None


def openings(case: Case, start: datetime, end: datetime) -> list[datetime]:
    """The starts in ``[start, end)`` that some, or all, of the people can take (A6)."""
    if not case.people:
        return []
    groups = [(person,) for person in case.people] if case.anyone else [case.people]
    return sorted(set().union(*(_open_together(case, group, start, end) for group in groups)))


def free_people(case: Case, instant: datetime) -> list[int]:
    """The positions of those who can take a start; all or nobody where all are needed (A6)."""
    everyone = range(len(case.people))
    if not case.anyone:
        return list(everyone) if openings(case, instant, instant + MINUTE) else []
    return [
        position
        for position in everyone
        if _open_together(case, (case.people[position],), instant, instant + MINUTE)
    ]


def _open_together(
    case: Case, people: tuple[Person, ...], start: datetime, end: datetime
) -> set[datetime]:
    pieces = _pieces(case, people, start - LONGEST_DATE, end + case.length)
    return {
        instant
        for instant in minutes(start, end)
        if instant in pieces
        and on_grid(case, instant, pieces[instant])
        and all(minute in pieces for minute in minutes(instant, instant + case.length))
        and in_time(case, instant)
        and suits_the_client(case, people, instant)
        and not any(taken(case, person, instant) for person in people)
    }


def _pieces(
    case: Case, people: tuple[Person, ...], start: datetime, end: datetime
) -> dict[datetime, datetime]:
    """For every minute of the window, where its piece began (A1; A5: cut at local midnight)."""
    began: dict[datetime, datetime] = {}
    for instant in minutes(start, end):
        if all(in_window(case, person, instant) for person in people):
            previous = instant - MINUTE
            same_date = today(case.place_zone, previous) == today(case.place_zone, instant)
            began[instant] = began[previous] if previous in began and same_date else instant
    return began


def in_window(case: Case, person: Person, instant: datetime) -> bool:
    """A1, *hours only*: work hours, place hours and a membership that holds, all at once."""
    return (
        holds(case.place, instant)
        and (case.work is None or holds(case.work, instant))
        and any(stays(stay, instant) for stay in person.stays)
    )


def stays(stay: Stay, instant: datetime) -> bool:
    """A1: within its dates, not suspended, and within its own hours if it has any."""
    return (
        on_dates(stay.period, instant)
        and not any(on_dates(away, instant) for away in stay.away)
        and (stay.pattern is None or holds(stay.pattern, instant))
    )


def holds(pattern: Pattern, instant: datetime) -> bool:
    """T2, and T4: holidays are dates in the zone of their hours."""
    clock = wall(pattern.zone, instant)
    return clock.date() not in pattern.holidays and any(
        slot.weekday == clock.weekday()
        and slot.start <= clock.time()
        and (slot.end == MIDNIGHT or clock.time() < slot.end)
        for slot in pattern.slots
    )


def on_dates(period: Period, instant: datetime) -> bool:
    """T4: the last day included."""
    current = today(period.zone, instant)
    return (period.first is None or period.first <= current) and (
        period.last is None or current <= period.last
    )


def taken(case: Case, person: Person, instant: datetime) -> bool:
    """A3: some minute from block before to block after is busy."""
    return any(
        start <= minute < end
        for start, end in person.busy + person.absent
        for minute in minutes(instant - case.before, instant + case.length + case.after)
    )


def on_grid(case: Case, instant: datetime, piece_start: datetime) -> bool:
    """A5: by the local clock if the interval divides 60, else real minutes from the piece."""
    if 60 % case.interval == 0:
        return wall(case.place_zone, instant).minute % case.interval == 0
    return (instant - piece_start) % timedelta(minutes=case.interval) == timedelta()


def in_time(case: Case, instant: datetime) -> bool:
    """A4 and A8: lead time, horizon, the year ahead, and the dates of the invitation."""
    end = instant + case.length
    return (
        instant >= case.now
        and instant >= (case.opened or case.now) + case.lead
        and end <= case.now + YEAR_AHEAD
        and (case.horizon is None or end <= _horizon_counts_from(case) + case.horizon)
        and on_dates(case.period, instant)
    )


def suits_the_client(case: Case, people: tuple[Person, ...], instant: datetime) -> bool:
    """A8: every minute of the work within the visiting hours, and nobody who is excluded."""
    work = minutes(instant, instant + case.length)
    return not any(person.excluded for person in people) and (
        case.visits is None or all(holds(case.visits, minute) for minute in work)
    )


@lru_cache(maxsize=64)
def _horizon_counts_from(case: Case) -> datetime:
    if case.period.first is None:
        return case.now
    return max(case.now, first_instant(case.period.zone, case.period.first))


def first_instant(zone: str, day: date) -> datetime:
    """The first minute whose date is ``day``, or a later one where that date was skipped."""
    instant = datetime.fromisoformat(f"{day}T00:00Z") - 2 * timedelta(days=1)
    while today(zone, instant) < day:
        instant += MINUTE
    return instant


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute of ``[start, end)``."""
    while start < end:
        yield start
        start += MINUTE


@lru_cache(maxsize=50_000)
def wall(zone: str, instant: datetime) -> datetime:
    """What a clock on a wall in the zone shows."""
    return instant.astimezone(ZoneInfo(zone))


def today(zone: str, instant: datetime) -> date:
    """What a calendar on a wall in the zone shows."""
    return wall(zone, instant).date()
