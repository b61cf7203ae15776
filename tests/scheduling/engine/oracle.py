"""The rules read aloud, one minute at a time: slow, plain, and without a line of the engine.

An instant is an aware datetime in UTC on a whole minute. Its place on a wall clock is looked up
for that one instant; nothing is ever added to a local time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MIDNIGHT = time(0)
LONGEST_DATE = timedelta(hours=27)
YEAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Slot:
    """A piece of one weekday (Monday is 0); an end of 00:00 is the end of the day.

    ``kind`` says what it is for: "usual", "other topic" or "extended". ``places`` is how many
    appointments it lets run at once, if it says so.
    """

    weekday: int
    start: time
    end: time
    kind: str = "usual"
    places: int | None = None


@dataclass(frozen=True)
class Holiday:
    """A date of which a part is closed; an end of 00:00 is the end of the day."""

    day: date
    start: time = MIDNIGHT
    end: time = MIDNIGHT


@dataclass(frozen=True)
class Pattern:
    """Operating hours."""

    zone: str
    slots: tuple[Slot, ...]
    holidays: tuple[Holiday, ...] = ()


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
class Course:
    """A group that is planned, with room for so many more."""

    name: int
    start: datetime
    room: int


@dataclass(frozen=True)
class Person:
    """``seats`` are what is busy on each seat. ``out`` are who takes no part at all. ``skills``
    are, for each skill needed, the dates on which this person has it. ``booked`` are the starts of
    the appointments that count towards caps, ``courses`` the groups planned with this person."""

    stays: tuple[Stay, ...]
    seats: tuple[tuple[Span, ...], ...] = ()
    absent: tuple[Span, ...] = ()
    elsewhere: tuple[Span, ...] = ()
    out: bool = False
    shifts: tuple[Span, ...] = ()
    skills: tuple[tuple[Period, ...], ...] = ()
    booked: tuple[datetime, ...] = ()
    courses: tuple[Course, ...] = ()


@dataclass(frozen=True)
class Cap:
    """At most so many starts on one date and in one week, Monday first (blank: any number)."""

    day: int | None = None
    week: int | None = None


@dataclass(frozen=True)
class Case:
    """A question in plain words; ``opened`` is when a form was opened (blank: now).

    ``visits`` are the hours in which the client can be met (blank: any time). ``each`` caps what
    each person has, ``cap`` what was ``booked`` by the same invitation. ``of_courses`` asks for
    places in groups.
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
    mode: str = "hours"
    each: Cap = Cap()
    cap: Cap = Cap()
    booked: tuple[datetime, ...] = ()
    of_courses: bool = False


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
    if case.of_courses:
        return {instant for instant in minutes(start, end) if room(case, people, instant)}
    pieces = _pieces(case, people, start - LONGEST_DATE, end + case.length)
    return {
        instant
        for instant in minutes(start, end)
        if instant in pieces
        and on_grid(case, instant, pieces[instant])
        and all(minute in pieces for minute in minutes(instant, instant + case.length))
        and in_time(case, instant)
        and suits_the_client(case, instant)
        and not any(person.out for person in people)
        and within(case.cap, case.booked, case.place_zone, instant)
        and all(within(case.each, each.booked, case.place_zone, instant) for each in people)
        and all(has(skill, instant) for skill in people[0].skills)
        and not any(taken(case, person, instant) for person in people)
    }


def room(case: Case, people: tuple[Person, ...], instant: datetime) -> int:
    """A10: in the groups that begin there with all of the people, if anybody may book then."""
    if not (
        in_time(case, instant)
        and suits_the_client(case, instant)
        and within(case.cap, case.booked, case.place_zone, instant)
        and not any(person.out for person in people)
    ):
        return 0
    return sum(
        course.room
        for course in people[0].courses
        if course.start == instant and all(course in person.courses for person in people)
    )


def rooms(case: Case, instant: datetime) -> int:
    """A10, A6: with all of the people, or with any of them, each group counted once."""
    if not case.anyone:
        return room(case, case.people, instant)
    named = {
        course.name: room(case, (replace(person, courses=(course,)),), instant)
        for person in case.people
        for course in person.courses
        if not person.out
    }
    return sum(named.values())


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
    """A1: work hours, and a membership by which the person is at work."""
    return (case.work is None or holds(case.work, instant)) and any(
        there(stay, instant) and works(case, person, stay, instant) for stay in person.stays
    )


def there(stay: Stay, instant: datetime) -> bool:
    """A1: within its dates, and not suspended."""
    return on_dates(stay.period, instant) and not any(on_dates(away, instant) for away in stay.away)


def works(case: Case, person: Person, stay: Stay, instant: datetime) -> bool:
    """A1: by hours, by shifts, by both or by any of them."""
    on_shift = any(start <= instant < end for start, end in person.shifts)
    if case.mode == "shifts":
        return on_shift
    own = stay.pattern or case.place
    if case.mode == "union":
        return (is_open(own, instant) or on_shift) and not is_holiday(own, instant)
    in_hours = holds(own, instant) and holds(case.place, instant)
    return in_hours and (case.mode == "hours" or on_shift)


def holds(pattern: Pattern, instant: datetime) -> bool:
    return is_open(pattern, instant) and not is_holiday(pattern, instant)


def is_open(pattern: Pattern, instant: datetime) -> bool:
    """T2: by a slot that is for this question."""
    return any(slot.kind == "usual" for slot in slots_at(pattern, instant))


def slots_at(pattern: Pattern, instant: datetime) -> list[Slot]:
    """T2."""
    clock = wall(pattern.zone, instant)
    return [
        slot
        for slot in pattern.slots
        if slot.weekday == clock.weekday()
        and slot.start <= clock.time()
        and (slot.end == MIDNIGHT or clock.time() < slot.end)
    ]


def is_holiday(pattern: Pattern, instant: datetime) -> bool:
    """T4: holidays are dates in the zone of their hours."""
    clock = wall(pattern.zone, instant)
    return any(
        clock.date() == holiday.day
        and holiday.start <= clock.time()
        and (holiday.end == MIDNIGHT or clock.time() < holiday.end)
        for holiday in pattern.holidays
    )


def on_dates(period: Period, instant: datetime) -> bool:
    """T4: the last day included."""
    current = today(period.zone, instant)
    return (period.first is None or period.first <= current) and (
        period.last is None or current <= period.last
    )


def taken(case: Case, person: Person, instant: datetime) -> bool:
    """A3: some minute from block before to block after is busy; A7: or no seat is left."""
    around = list(minutes(instant - case.before, instant + case.length + case.after))
    away = any(meets(span, around) for span in person.absent + person.elsewhere)
    seats = [seat for seat in person.seats if any(meets(span, around) for span in seat)]
    work = minutes(instant, instant + case.length)
    return away or len(seats) >= min(places(case, person, minute) for minute in work)


def meets(span: Span, around: list[datetime]) -> bool:
    return any(span[0] <= minute < span[1] for minute in around)


def places(case: Case, person: Person, instant: datetime) -> int:
    """A7: the smallest number that hours in force state for a minute, else one."""
    used = [case.work] if case.work else []
    if case.mode in ("hours", "intersection"):
        used.append(case.place)
    for stay in person.stays:
        if case.mode != "shifts" and there(stay, instant):
            used.append(stay.pattern or case.place)
    slots = [slot for pattern in used for slot in slots_at(pattern, instant)]
    return min((slot.places for slot in slots if slot.kind == "usual" and slot.places), default=1)


def within(cap: Cap, booked: tuple[datetime, ...], zone: str, instant: datetime) -> bool:
    """Whether one more may start, counted by dates in a zone."""
    day, dates = today(zone, instant), [today(zone, start) for start in booked]
    same_week = [each for each in dates if each.isocalendar()[:2] == day.isocalendar()[:2]]
    return (cap.day is None or dates.count(day) < cap.day) and (
        cap.week is None or len(same_week) < cap.week
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


def suits_the_client(case: Case, instant: datetime) -> bool:
    """A8: every minute of the work within the visiting hours."""
    work = minutes(instant, instant + case.length)
    return case.visits is None or all(holds(case.visits, minute) for minute in work)


def has(skill: tuple[Period, ...], instant: datetime) -> bool:
    return any(on_dates(period, instant) for period in skill)


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
