"""The one function that says which starts may be booked, and its twin that says why not.

Every rule is turned into a set of allowed starts. Work of ``d`` minutes lies inside a window
exactly if its start lies in the window with each piece cut short by ``d - 1`` minutes, and
keeps clear of a busy time exactly if its start lies outside that time padded by the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from operator import and_

from scheduling.engine.grid import divides_the_hour, on_grid
from scheduling.engine.hours import (
    Dates,
    WeeklyHours,
    days,
    local_day,
    midnights,
    start_of_day,
    times,
)
from scheduling.engine.intervals import ALWAYS, DAY, FOREVER, Intervals, Minute, Pair
from scheduling.engine.rules import FURTHEST, Host, Preference, Question, Reason, Work
from scheduling.engine.windows import common_window, host_window


def openings(question: Question, start: Minute, end: Minute) -> list[Minute]:
    """The open starts in ``[start, end)``, in order."""
    first, last = bounds(question)
    start, end = max(start, first), min(end, last)
    if start >= end or not question.hosts:
        return []
    span = _span(question, start, end)
    asked = days(question.dates, start, end)
    if question.visiting_hours is not None:
        asked = asked & _inside(question.work, times(question.visiting_hours, *span))
    if not asked:
        return []
    common = common_window(question.work, question.place, *span)
    if question.any_host:
        return _openings_of_any(question, common, span, asked)
    return _openings_of_all(question, common, span, asked)


def bounds(question: Question) -> Pair:
    """The span ``[start, end)`` outside which no start can be open, by dates and timeframe."""
    start, end = _earliest(question), _latest(question) + 1
    dates = question.dates
    if dates.first is not None:
        start = max(start, start_of_day(dates.zone, dates.first))
    if dates.last is not None:
        # A date may end more than once where a clock goes back at midnight: a day to spare.
        end = min(end, start_of_day(dates.zone, dates.last + 1) + DAY)
    return start, end


def free_hosts(question: Question, start: Minute) -> list[int]:
    """The positions in ``question.hosts`` of those who could take a start, in order.

    Where all hosts are needed and one is not free, that is nobody.
    """
    if not question.any_host:
        return list(range(len(question.hosts))) if openings(question, start, start + 1) else []
    return [
        position
        for position, host in enumerate(question.hosts)
        if openings(_alone(question, host), start, start + 1)
    ]


def reasons(question: Question, start: Minute) -> frozenset[Reason]:
    """What closes a start; empty exactly if it is open (rule A9).

    Where any host would do, the reasons of all of them, or none if one is free.
    """
    found = set(_reasons_of_time(question, start))
    if not question.hosts:
        return frozenset(found | {Reason.NO_HOST})
    if not question.any_host:
        return frozenset(found | _reasons_of_hosts(question, start))
    each = [_reasons_of_hosts(_alone(question, host), start) for host in question.hosts]
    if not all(each):
        return frozenset(found)
    return frozenset(found.union(*each))


def reasons_of_visit(question: Question, start: Minute) -> Iterator[Reason]:
    """What of the client's visiting hours closes a start: the hours or their holidays."""
    if question.visiting_hours is not None:
        span = start, start + question.work.duration
        hours = question.visiting_hours
        for reason, allowed in _hours_layers(Reason.OUTSIDE_VISITING_HOURS, hours, span):
            if not allowed.covers(*span):
                yield reason


def _openings_of_all(
    question: Question, common: Intervals, span: Pair, asked: Intervals
) -> list[Minute]:
    if any(_is_excluded(host) for host in question.hosts):
        return []
    windows = (host_window(host, common, span) for host in question.hosts)
    together = reduce(and_, windows)
    allowed = _inside(question.work, together) & asked
    for host in question.hosts:
        if not allowed:
            return []
        allowed = allowed - _too_close(question.work, _busy(question.work, host, span))
    return on_grid(question, together, allowed)


def _openings_of_any(
    question: Question, common: Intervals, span: Pair, asked: Intervals
) -> list[Minute]:
    if not divides_the_hour(question.work.start_interval):
        alone = (_alone(question, host) for host in question.hosts)
        each = (_openings_of_all(one, common, span, asked) for one in alone)
        return sorted(set().union(*each))
    possible = missing = _inside(question.work, common) & asked
    for host in question.hosts:
        if not missing:
            break
        if _is_excluded(host):
            continue
        # Each is asked only about starts that nobody before could take.
        present = host_window(host, common, span)
        starts = missing if present is common else _inside(question.work, present) & missing
        allowed = starts - _too_close(question.work, _busy(question.work, host, span))
        missing = missing - allowed
    return on_grid(question, common, possible - missing)


def _alone(question: Question, host: Host) -> Question:
    return replace(question, hosts=(host,), any_host=False)


def _is_excluded(host: Host) -> bool:
    return host.preference is Preference.EXCLUDED


def _span(question: Question, start: Minute, end: Minute) -> Pair:
    """The real time that decides the starts in ``[start, end)``: whole pieces of the grid."""
    if not divides_the_hour(question.work.start_interval):
        before = midnights(question.place.zone, start - 3 * DAY, start + 1)
        start = before[-1]
    return start, end + question.work.duration


# Sets of allowed starts (rule A3)


def _inside(work: Work, allowed: Intervals) -> Intervals:
    """The starts from which the work stays inside one piece of the allowed time."""
    short = work.duration - 1
    return Intervals.trusted(
        (start, end - short) for start, end in allowed.pairs if start < end - short
    )


def _too_close(work: Work, busy: Intervals) -> Intervals:
    """The starts from which the work, with its block times, would meet a busy time."""
    return busy.pad(work.duration + work.block_after - 1, work.block_before)


def _busy(work: Work, host: Host, span: Pair) -> Intervals:
    start, end = span[0] - work.block_before, span[1] + work.block_after
    return host.booked.clamp(start, end) | host.absent.clamp(start, end)


# Bounds in time (rule A4)


def _earliest(question: Question) -> Minute:
    counted_from = question.now if question.lead_from is None else question.lead_from
    return max(question.now, counted_from + question.work.lead_time)


def _latest(question: Question) -> Minute:
    """The last start from which the work still ends within the timeframe."""
    ends = question.now + FURTHEST
    if question.work.horizon is not None:
        opened = question.now
        if question.dates.first is not None:
            opened = max(opened, start_of_day(question.dates.zone, question.dates.first))
        ends = min(ends, opened + question.work.horizon)
    return ends - question.work.duration


# Reasons (rule A9): each rule asked by itself, about one start


def _reasons_of_time(question: Question, start: Minute) -> Iterator[Reason]:
    if start < _earliest(question):
        yield Reason.TOO_SOON
    if start > _latest(question):
        yield Reason.TOO_LATE
    if not _on_dates(question.dates, start):
        yield Reason.OUTSIDE_DATES
    yield from reasons_of_visit(question, start)


def _reasons_of_hosts(question: Question, start: Minute) -> set[Reason]:
    """What closes a start for all of the question's hosts taken together."""
    work = question.work
    end = start + work.duration
    span = _span(question, start, start + 1)
    layers = list(_common_layers(question, span))
    for host in question.hosts:
        layers.extend(_host_layers(question, host, span))
    found = {reason for reason, allowed in layers if not allowed.covers(start, end)}
    for host in question.hosts:
        if _is_excluded(host):
            found.add(Reason.EXCLUDED_HOST)
        blocked = (start - work.block_before, end + work.block_after)
        if host.absent.meets(*blocked):
            found.add(Reason.ABSENT)
        if host.booked.meets(*blocked):
            found.add(Reason.BOOKED)
    together = reduce(and_, (allowed for _, allowed in layers))
    just_this = Intervals([(start, start + 1)])
    if start not in on_grid(question, together, just_this):
        found.add(Reason.OFF_GRID)
    return found


Layer = tuple[Reason, Intervals]
"""A reason, and the time in which it does not apply."""


def _common_layers(question: Question, span: Pair) -> Iterator[Layer]:
    yield from _hours_layers(Reason.OUTSIDE_PLACE_HOURS, question.place.hours, span)
    if question.work.hours is not None:
        yield from _hours_layers(Reason.OUTSIDE_WORK_HOURS, question.work.hours, span)


def _hours_layers(reason: Reason, hours: WeeklyHours, span: Pair) -> Iterator[Layer]:
    any_day = times(hours, *span, with_holidays=True)
    yield reason, any_day
    yield Reason.HOLIDAY, ALWAYS - (any_day - times(hours, *span))


def _host_layers(question: Question, host: Host, span: Pair) -> Iterator[Layer]:
    """Dates, then hours within the dates, then holidays within the hours.

    Each layer is the union over the host's memberships, so that their intersection is the
    host's window, whichever membership it comes from.
    """
    dates, hours, open_hours = [], [], []
    for presence in host.presences:
        there = reduce(
            lambda left, away: left - days(away, *span),
            presence.suspended,
            days(presence.dates, *span),
        )
        dates.append(there)
        if presence.hours is None:
            hours.append(there)
            open_hours.append(there)
        else:
            hours.append(there & times(presence.hours, *span, with_holidays=True))
            open_hours.append(there & times(presence.hours, *span))
    yield Reason.NOT_AT_PLACE, _union(dates)
    yield Reason.OUTSIDE_HOST_HOURS, _union(hours)
    yield Reason.HOLIDAY, ALWAYS - (_union(hours) - _union(open_hours))


def _union(sets: Iterable[Intervals]) -> Intervals:
    return Intervals(pair for one in sets for pair in one)


def _on_dates(dates: Dates, minute: Minute) -> bool:
    day = local_day(dates.zone, minute)
    first = -FOREVER if dates.first is None else dates.first
    last = FOREVER if dates.last is None else dates.last
    return first <= day <= last
