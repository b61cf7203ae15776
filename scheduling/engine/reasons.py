"""The twin of the openings function, which says what closes a start (rule A9).

Each rule is asked by itself, about one start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import and_

from scheduling.engine.bounds import earliest, latest
from scheduling.engine.caps import capped
from scheduling.engine.grid import on_grid
from scheduling.engine.hours import (
    Dates,
    WeeklyHours,
    holiday_times,
    local_day,
    weekly_times,
)
from scheduling.engine.intervals import ALWAYS, FOREVER, NOTHING, Intervals, Minute, Pair
from scheduling.engine.openings import alone, span_of
from scheduling.engine.rules import Host, Mode, Preference, Presence, Question, Reason
from scheduling.engine.seats import blocked, full
from scheduling.engine.windows import BY_PLACE_HOURS, there_within


def reasons(question: Question, start: Minute) -> frozenset[Reason]:
    """What closes a start; empty exactly if it is open.

    Where any host would do, the reasons of all of them, or none if one is free.
    """
    found = set(_reasons_of_time(question, start))
    if not question.hosts:
        return frozenset(found | {Reason.NO_HOST})
    if not question.any_host:
        return frozenset(found | _reasons_of_hosts(question, start))
    each = [_reasons_of_hosts(alone(question, host), start) for host in question.hosts]
    if not all(each):
        return frozenset(found)
    return frozenset(found.union(*each))


def reasons_of_visit(question: Question, start: Minute) -> Iterator[Reason]:
    """What of the client's visiting hours closes a start: the hours or their holidays."""
    if question.visiting_hours is not None:
        span = start, start + question.work.duration
        hours = _hours(Reason.OUTSIDE_VISITING_HOURS, question.visiting_hours, span)
        for reason, allowed in _united([hours]):
            if not allowed.covers(*span):
                yield reason


def _reasons_of_time(question: Question, start: Minute) -> Iterator[Reason]:
    if start < earliest(question):
        yield Reason.TOO_SOON
    if start > latest(question):
        yield Reason.TOO_LATE
    if not _on_dates(question.dates, start):
        yield Reason.OUTSIDE_DATES
    span = start, start + 1
    if capped(question.starts, question.caps, question.place.zone, span):
        yield Reason.INVITATION_CAP
    yield from reasons_of_visit(question, start)


def _reasons_of_hosts(question: Question, start: Minute) -> set[Reason]:
    """What closes a start for all of the question's hosts taken together."""
    end = start + question.work.duration
    span = span_of(question, start, start + 1)
    layers = list(_window_layers(question, span))
    found = {reason for reason, allowed in layers if not allowed.covers(start, end)}
    for host in question.hosts:
        found.update(_reasons_of_host(question, host, start))
    if not all(_has(spells, start) for spells in question.hosts[0].skills):
        found.add(Reason.UNSKILLED)
    together = reduce(and_, (allowed for _, allowed in layers)).clamp(*span)
    just_this = Intervals([(start, start + 1)])
    if start not in on_grid(question, together, just_this):
        found.add(Reason.OFF_GRID)
    return found


def _reasons_of_host(question: Question, host: Host, start: Minute) -> Iterator[Reason]:
    """What takes a host's time away, whatever the window."""
    around = blocked(question.work, (start, start + question.work.duration))
    if host.preference is Preference.EXCLUDED:
        yield Reason.EXCLUDED_HOST
    if host.is_outdated:
        yield Reason.CALENDAR_OUTDATED
    if host.absent.meets(*around):
        yield Reason.ABSENT
    if host.elsewhere.meets(*around):
        yield Reason.BUSY_ELSEWHERE
    if full(question, host, (start, start + question.work.duration)).covers(start, start + 1):
        yield Reason.BOOKED
    if capped(host.starts, question.host_caps, question.place.zone, (start, start + 1)):
        yield Reason.HOST_CAP


def _has(spells: Iterable[Dates], start: Minute) -> bool:
    return any(_on_dates(spell, start) for spell in spells)


def _on_dates(dates: Dates, minute: Minute) -> bool:
    day = local_day(dates.zone, minute)
    first = -FOREVER if dates.first is None else dates.first
    last = FOREVER if dates.last is None else dates.last
    return first <= day <= last


# The window in layers (rule A1)

Layer = tuple[Reason, Intervals]
"""A reason, and the time in which it does not apply."""


def _window_layers(question: Question, span: Pair) -> Iterator[Layer]:
    """Those whose intersection is the window of the question's hosts together."""
    if question.mode in BY_PLACE_HOURS:
        yield from _united([_hours(Reason.OUTSIDE_PLACE_HOURS, question.place.hours, span)])
    if question.work.hours is not None:
        yield from _united([_hours(Reason.OUTSIDE_WORK_HOURS, question.work.hours, span)])
    for host in question.hosts:
        if not host.presences:
            yield Reason.NOT_AT_PLACE, NOTHING
        yield from _united([_presence(question, host, each, span) for each in host.presences])


def _united(several: Sequence[Sequence[Layer]]) -> Iterator[Layer]:
    """The layers of several windows, step by step, as the layers of their union.

    Each step says only what the steps before have left: outside of those it does not apply. So
    time belongs to all layers exactly if one of the windows holds it.
    """
    before = ALWAYS
    for step in zip(*(_narrowing(layers) for layers in several), strict=True):
        left = Intervals(pair for _, allowed in step for pair in allowed)
        yield step[0][0], ALWAYS - (before - left)
        before = left


def _narrowing(layers: Sequence[Layer]) -> Iterator[Layer]:
    """Each within all before it."""
    left = ALWAYS
    for reason, allowed in layers:
        left = left & allowed
        yield reason, left


def _hours(reason: Reason, hours: WeeklyHours, span: Pair) -> list[Layer]:
    """Open to anybody, to this topic, at usual times, and no holiday."""
    usual, others, extended = _by_purpose(hours, span)
    return [
        (reason, usual | others | extended),
        (Reason.OTHER_TOPIC, usual | extended),
        (Reason.EXTENDED_HOURS, usual),
        (Reason.HOLIDAY, ALWAYS - holiday_times(hours, *span)),
    ]


def _by_purpose(hours: WeeklyHours, span: Pair) -> list[Intervals]:
    weeks = (hours.week, hours.other_topics, hours.extended)
    return [weekly_times(hours.zone, week, *span) for week in weeks]


def _presence(question: Question, host: Host, presence: Presence, span: Pair) -> list[Layer]:
    there = [(Reason.NOT_AT_PLACE, there_within(presence, ALWAYS, span))]
    if question.mode is Mode.UNION:
        return there + _hours_or_shifts(host, presence.hours or question.place.hours, span)
    if question.mode is not Mode.SHIFTS:
        there += _own_hours(presence, span)
    if question.mode is not Mode.HOURS:
        there += _shifts(host)
    return there


def _own_hours(presence: Presence, span: Pair) -> list[Layer]:
    if presence.hours is None:
        return [(reason, ALWAYS) for reason in OF_OWN_HOURS]
    return _hours(Reason.OUTSIDE_HOST_HOURS, presence.hours, span)


OF_OWN_HOURS = (
    Reason.OUTSIDE_HOST_HOURS,
    Reason.OTHER_TOPIC,
    Reason.EXTENDED_HOURS,
    Reason.HOLIDAY,
)


def _shifts(host: Host) -> list[Layer]:
    return [
        (Reason.OUTSIDE_SHIFTS, host.shifts | host.other_shifts),
        (Reason.OTHER_TOPIC, host.shifts),
    ]


def _hours_or_shifts(host: Host, hours: WeeklyHours, span: Pair) -> list[Layer]:
    usual, others, extended = _by_purpose(hours, span)
    open_now = usual | host.shifts
    return [
        (Reason.OUTSIDE_HOST_HOURS, open_now | others | extended | host.other_shifts),
        (Reason.OTHER_TOPIC, open_now | extended),
        (Reason.EXTENDED_HOURS, open_now),
        (Reason.HOLIDAY, ALWAYS - holiday_times(hours, *span)),
    ]
