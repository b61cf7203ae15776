"""A plain case as a question to the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.engine.hours import Dates, Week, WeeklyHours, epoch_day
from scheduling.engine.intervals import DAY, Intervals, minute_of
from scheduling.engine.rules import (
    Caps,
    Group,
    Host,
    Mode,
    Place,
    Preference,
    Presence,
    Question,
    Work,
)
from tests.scheduling.engine.oracle import Case, Pattern, Period, Person, Slot, Span, Stay


def question(case: Case) -> Question:
    return Question(
        work=work(case),
        place=Place(ZoneInfo(case.place_zone), weekly_hours(case.place)),
        hosts=tuple(host(person) for person in case.people),
        dates=dates(case.period),
        now=minute_of(case.now),
        any_host=case.anyone,
        lead_from=None if case.opened is None else minute_of(case.opened),
        visiting_hours=case.visits and weekly_hours(case.visits),
        mode=Mode(case.mode),
        host_caps=Caps(case.each.day, case.each.week),
        caps=Caps(case.cap.day, case.cap.week),
        starts=starts(case.booked),
        of_groups=case.of_courses,
    )


def work(case: Case) -> Work:
    return Work(
        duration=whole_minutes(case.length),
        start_interval=case.interval,
        block_before=whole_minutes(case.before),
        block_after=whole_minutes(case.after),
        lead_time=whole_minutes(case.lead),
        horizon=None if case.horizon is None else whole_minutes(case.horizon),
        hours=case.work and weekly_hours(case.work),
    )


def host(person: Person) -> Host:
    """Who takes no part is excluded by the client, or by a calendar that is too old."""
    seats = tuple(intervals(seat) for seat in person.seats)
    return Host(
        presences=tuple(presence(stay) for stay in person.stays),
        booked=intervals(span for seat in person.seats for span in seat),
        seats=seats if len(seats) > 1 else (),
        absent=intervals(person.absent),
        elsewhere=intervals(person.elsewhere),
        shifts=intervals(person.shifts),
        preference=Preference.EXCLUDED if person.out and person.shifts else Preference.NONE,
        is_outdated=person.out and not person.shifts,
        skills=tuple(tuple(map(dates, skill)) for skill in person.skills),
        starts=starts(person.booked),
        groups=tuple(
            Group(each.name, minute_of(each.start), 60, each.room) for each in person.courses
        ),
    )


def starts(instants: Iterable[datetime]) -> tuple[int, ...]:
    return tuple(map(minute_of, instants))


def presence(stay: Stay) -> Presence:
    return Presence(
        dates=dates(stay.period),
        hours=stay.pattern and weekly_hours(stay.pattern),
        suspended=tuple(dates(away) for away in stay.away),
    )


def weekly_hours(pattern: Pattern) -> WeeklyHours:
    usual = [slot for slot in pattern.slots if slot.kind == "usual"]
    numbers = {slot.places for slot in usual if slot.places}
    holidays: defaultdict[int, Intervals] = defaultdict(Intervals)
    for holiday in pattern.holidays:
        holidays[epoch_day(holiday.day)] |= local_minutes(holiday.start, holiday.end)
    return WeeklyHours(
        zone=ZoneInfo(pattern.zone),
        week=week_of(usual),
        holidays=dict(holidays),
        other_topics=week_of(slot for slot in pattern.slots if slot.kind == "other topic"),
        extended=week_of(slot for slot in pattern.slots if slot.kind == "extended"),
        places={
            number: week_of(slot for slot in usual if slot.places == number) for number in numbers
        },
    )


def week_of(slots: Iterable[Slot]) -> Week:
    week = [Intervals() for _ in range(7)]
    for slot in slots:
        week[slot.weekday] |= local_minutes(slot.start, slot.end)
    return tuple(week)


def local_minutes(start: time, end: time) -> Intervals:
    return Intervals([(start.hour * 60 + start.minute, end.hour * 60 + end.minute or DAY)])


def dates(period: Period) -> Dates:
    return Dates(
        zone=ZoneInfo(period.zone),
        first=None if period.first is None else epoch_day(period.first),
        last=None if period.last is None else epoch_day(period.last),
    )


def intervals(spans: Iterable[Span]) -> Intervals:
    return Intervals((minute_of(start), minute_of(end)) for start, end in spans)


def whole_minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)
