"""Random cases for the oracle and the engine, crowded around the days on which clocks change."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.scheduling.engine.oracle import (
    MINUTE,
    Cap,
    Case,
    Course,
    Holiday,
    Pattern,
    Period,
    Person,
    Slot,
    Span,
    Stay,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2036, 1, 1, tzinfo=UTC)

ZONES = sorted(available_timezones())
ODD_ZONES = (
    "Africa/Cairo",  # midnight is skipped
    "Africa/Casablanca",  # four changes a year
    "America/Havana",  # the hour after midnight counts twice
    "America/Nuuk",  # changes in the evening before
    "Antarctica/Troll",  # two hours at once
    "Asia/Beirut",  # the hour before midnight counts twice
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour
    "Europe/Berlin",
    "Pacific/Chatham",
)
MODES = ("hours", "hours", "shifts", "intersection", "union")
INTERVALS = (1, 1, 1, 4, 5, 7, 10, 12, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120)


def examples(count: int) -> settings:
    """The same examples every time; ``EXAMPLES_TIMES=50`` draws fifty times as many at random."""
    times = int(os.environ.get("EXAMPLES_TIMES", "1"))
    return settings(
        max_examples=count * times,
        derandomize=times == 1,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@dataclass(frozen=True)
class Asked:
    """A case and the range of starts to ask about."""

    case: Case
    start: datetime
    end: datetime


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The instants from 2020 to 2035 at which a zone's offset changes."""
    found = []
    tz = ZoneInfo(zone)
    instant = BEGIN
    while instant < END:
        if _offset(tz, instant) != _offset(tz, instant + DAY):
            found.append(_change_within(tz, instant, instant + DAY))
        instant += DAY
    return tuple(found)


def _change_within(tz: ZoneInfo, before: datetime, after: datetime) -> datetime:
    while after - before > MINUTE:
        middle = before + (after - before) // 2 // MINUTE * MINUTE
        if _offset(tz, middle) == _offset(tz, before):
            before = middle
        else:
            after = middle
    return after


def _offset(tz: ZoneInfo, instant: datetime) -> timedelta | None:
    return instant.astimezone(tz).utcoffset()


one_to_eight = st.integers(1, 8)
ordinary = st.integers(0, (END - BEGIN) // DAY - 1).map(lambda days: BEGIN + days * DAY)
wall_times = st.builds(
    time,
    st.integers(0, 3) | st.integers(0, 23),
    st.sampled_from((0, 1, 30, 59)) | st.integers(0, 59),
)


@cache
def minutes(low: int, high: int) -> st.SearchStrategy[timedelta]:
    return st.integers(low, high).map(lambda count: count * MINUTE)


def seldom(draw: st.DrawFn, times_in_eight: int = 2) -> bool:
    """Whether to narrow a case: enough have to stay open to tell one rule from another."""
    return draw(one_to_eight) > 8 - times_in_eight


@st.composite
def zone_names(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(ZONES if seldom(draw, 4) else ODD_ZONES))


zones = zone_names()


@st.composite
def near(draw: st.DrawFn, zone: str) -> datetime:
    """An instant at which a zone's clocks change, or now and then an ordinary midnight."""
    if seldom(draw) or not changes(zone):
        return draw(ordinary)
    return draw(st.sampled_from(changes(zone)))


@st.composite
def slots(draw: st.DrawFn) -> list[Slot]:
    """A piece of the day, on one weekday or on all."""
    start, end = draw(pieces())
    days = [draw(st.integers(0, 6))] if seldom(draw) else range(7)
    kind = draw(st.sampled_from(("other topic", "extended"))) if seldom(draw) else "usual"
    places = draw(st.integers(1, 4)) if seldom(draw, 3) else None
    return [Slot(weekday, start, end, kind, places) for weekday in days]


@st.composite
def pieces(draw: st.DrawFn) -> tuple[time, time]:
    start, end = sorted((draw(wall_times), draw(wall_times)))
    return (start, time(0)) if start == end or draw(st.booleans()) else (start, end)


@st.composite
def holidays(draw: st.DrawFn, around: datetime) -> Holiday:
    """A whole date, or a part of it."""
    day = draw(days(around))
    return Holiday(day, *draw(pieces())) if draw(st.booleans()) else Holiday(day)


ALWAYS = [[Slot(weekday, time(0), time(0)) for weekday in range(7)]]
ALWAYS_TWO = [[Slot(weekday, time(0), time(0), places=2) for weekday in range(7)]]
always = st.sampled_from((ALWAYS, ALWAYS, ALWAYS_TWO))
slot_groups = st.lists(slots(), min_size=1, max_size=4)


@st.composite
def patterns(draw: st.DrawFn, zone: str, around: datetime) -> Pattern:
    groups = draw(slot_groups if seldom(draw, 5) else always)
    return Pattern(
        zone=draw(zones) if seldom(draw) else zone,
        slots=tuple(slot for group in groups for slot in group),
        holidays=tuple(draw(holidays(around)) for _ in range(2)) if seldom(draw) else (),
    )


def days(around: datetime) -> st.SearchStrategy[date]:
    return st.sampled_from([(around + count * DAY).date() for count in (0, -1, 1, -2, 2)])


@st.composite
def periods(draw: st.DrawFn, zone: str, around: datetime) -> Period:
    return Period(
        zone=draw(zones) if seldom(draw, 4) else zone,
        first=draw(days(around - DAY)) if seldom(draw, 4) else None,
        last=draw(days(around + DAY)) if seldom(draw, 4) else None,
    )


@st.composite
def stays(draw: st.DrawFn, zone: str, around: datetime) -> Stay:
    return Stay(
        period=draw(periods(zone, around)) if seldom(draw, 3) else Period(zone),
        pattern=draw(patterns(zone, around)) if seldom(draw, 4) else None,
        away=tuple(draw(periods(zone, around)) for _ in range(2) if seldom(draw, 1)),
    )


@st.composite
def spans(draw: st.DrawFn, around: datetime) -> Span:
    start = around + draw(minutes(-1500, 1500))
    return start, start + draw(minutes(1, 900) if seldom(draw, 4) else minutes(1, 90))


@st.composite
def shifts(draw: st.DrawFn, around: datetime) -> Span:
    start = around + draw(minutes(-1500, 900))
    return start, start + draw(minutes(60, 2000))


@st.composite
def courses(draw: st.DrawFn, around: datetime) -> tuple[Course, ...]:
    """What persons share; some at the same start."""
    starts = st.integers(-8, 8).map(lambda count: around + count * HOUR)
    found = draw(st.lists(st.tuples(starts, st.integers(0, 3)), max_size=8))
    return tuple(Course(name, start, room) for name, (start, room) in enumerate(found))


@st.composite
def people(draw: st.DrawFn, zone: str, around: datetime) -> Person:
    seats = st.lists(spans(around), max_size=3).map(tuple)
    skill = st.lists(periods(zone, around), min_size=1, max_size=2).map(tuple)
    return Person(
        stays=tuple(draw(st.lists(stays(zone, around), min_size=1, max_size=2))),
        seats=tuple(draw(st.lists(seats, min_size=1, max_size=3 if seldom(draw, 3) else 1))),
        absent=(draw(spans(around)),) if seldom(draw) else (),
        elsewhere=(draw(spans(around)),) if seldom(draw) else (),
        out=seldom(draw, 1),
        shifts=tuple(draw(st.lists(shifts(around), max_size=3))),
        skills=tuple(draw(st.lists(skill, max_size=2))) if seldom(draw) else (),
        booked=draw(booked(around)),
    )


@st.composite
def booked(draw: st.DrawFn, around: datetime) -> tuple[datetime, ...]:
    """Starts of the same days, mostly."""
    return tuple(around + draw(minutes(-2000, 2000)) for _ in range(draw(st.integers(0, 3))))


@st.composite
def caps(draw: st.DrawFn) -> Cap:
    number = st.none() | st.integers(1, 3)
    return Cap(draw(number), draw(number)) if seldom(draw, 3) else Cap()


@st.composite
def nows(draw: st.DrawFn, around: datetime) -> datetime:
    """Mostly a day before, now and then within the range or almost a year ahead of it."""
    days_before = draw(st.sampled_from((1, 1, 1, 0, 366)))
    return around - days_before * DAY + draw(minutes(-720, 900))


def until_near(draw: st.DrawFn, start: datetime, around: datetime) -> timedelta:
    """A length of time that mostly ends where it parts the starts asked about."""
    return max(timedelta(), around + draw(minutes(-720, 900)) - start)


@st.composite
def cases(draw: st.DrawFn, zone: str, around: datetime) -> Case:
    now = draw(nows(around))
    opened = now - draw(minutes(0, 30)) if seldom(draw, 4) else None
    return Case(
        place_zone=zone,
        place=draw(patterns(zone, around)),
        people=tuple(draw(st.lists(people(zone, around), min_size=1, max_size=3))),
        period=draw(periods(zone, around)) if seldom(draw, 4) else Period(zone),
        now=now,
        length=draw(minutes(1, 240) if seldom(draw) else minutes(1, 60)),
        interval=draw(st.sampled_from(INTERVALS)),
        before=draw(minutes(0, 90)) if seldom(draw, 4) else timedelta(),
        after=draw(minutes(0, 90)) if seldom(draw, 4) else timedelta(),
        lead=until_near(draw, opened or now, around) if seldom(draw, 4) else timedelta(),
        horizon=until_near(draw, now, around) if seldom(draw, 3) else None,
        work=draw(patterns(zone, around)) if seldom(draw) else None,
        anyone=draw(st.booleans()),
        opened=opened,
        visits=draw(patterns(zone, around)) if seldom(draw, 3) else None,
        mode=draw(st.sampled_from(MODES)),
        each=draw(caps()),
        cap=draw(caps()),
        booked=draw(booked(around)),
    )


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A case in any zone, with a range of up to a day around an instant, mostly a clock change."""
    zone = draw(zones)
    around = draw(near(zone))
    start = around - draw(minutes(0, 720))
    return Asked(draw(cases(zone, around)), start, around + draw(minutes(60, 900)))


@st.composite
def asked_of_courses(draw: st.DrawFn) -> Asked:
    """The same for groups: each is planned with some of the people."""
    found = draw(asked())
    planned = draw(courses(found.start + (found.end - found.start) // 2 // MINUTE * MINUTE))
    people = tuple(
        replace(person, courses=tuple(each for each in planned if not seldom(draw)))
        for person in found.case.people
    )
    case = replace(found.case, people=people, of_courses=True)
    return replace(found, case=case)
