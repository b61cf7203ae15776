"""A plain case as a question to the engine."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from scheduling.engine.hours import Dates, WeeklyHours, epoch_day
from scheduling.engine.intervals import DAY, Intervals, minute_of
from scheduling.engine.rules import Host, Place, Preference, Presence, Question, Work
from tests.scheduling.engine.oracle import Case, Pattern, Period, Person, Span, Stay


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
    return Host(
        presences=tuple(presence(stay) for stay in person.stays),
        booked=intervals(person.busy),
        absent=intervals(person.absent),
        preference=Preference.EXCLUDED if person.excluded else Preference.NONE,
    )


def presence(stay: Stay) -> Presence:
    return Presence(
        dates=dates(stay.period),
        hours=stay.pattern and weekly_hours(stay.pattern),
        suspended=tuple(dates(away) for away in stay.away),
    )


def weekly_hours(pattern: Pattern) -> WeeklyHours:
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for slot in pattern.slots:
        start = slot.start.hour * 60 + slot.start.minute
        end = slot.end.hour * 60 + slot.end.minute
        week[slot.weekday].append((start, end or DAY))
    return WeeklyHours(
        zone=ZoneInfo(pattern.zone),
        week=tuple(Intervals(pairs) for pairs in week),
        holidays=frozenset(epoch_day(holiday) for holiday in pattern.holidays),
    )


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
