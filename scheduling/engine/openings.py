"""The one function that says which starts may be booked.

Every rule is turned into a set of allowed starts. Work of ``d`` minutes lies inside a window
exactly if its start lies in the window with each piece cut short by ``d - 1`` minutes, and
keeps clear of a busy time exactly if its start lies outside that time padded by the work.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import and_

from scheduling.engine.bounds import bounds
from scheduling.engine.caps import capped
from scheduling.engine.grid import divides_the_hour, on_grid
from scheduling.engine.groups import starts_of, with_room
from scheduling.engine.hours import days, midnights, times
from scheduling.engine.intervals import DAY, Intervals, Minute, Pair
from scheduling.engine.rules import Host, Question, Work
from scheduling.engine.seats import blocked, full, places_left, too_close
from scheduling.engine.windows import common_window, host_window


def openings(question: Question, start: Minute, end: Minute) -> list[Minute]:
    """The open starts in ``[start, end)``, in order."""
    first, last = bounds(question)
    start, end = max(start, first), min(end, last)
    if start >= end or not question.hosts:
        return []
    span = span_of(question, start, end)
    asked = _asked(question, start, end, span)
    if not asked:
        return []
    if question.of_groups:
        found = starts_of(with_room(question)) & asked
        return [start for pair in found for start in range(*pair)]
    common = common_window(question, *span)
    if question.any_host:
        return _openings_of_any(question, common, span, asked)
    return _openings_of_all(question, common, span, asked)


def free_hosts(question: Question, start: Minute) -> list[int]:
    """The positions in ``question.hosts`` of those who could take a start, in order.

    Where all hosts are needed and one is not free, that is nobody.
    """
    if not question.any_host:
        return list(range(len(question.hosts))) if openings(question, start, start + 1) else []
    return [
        position
        for position, host in enumerate(question.hosts)
        if openings(alone(question, host), start, start + 1)
    ]


def places(question: Question, start: Minute) -> int:
    """How many more may book a start: of any host together, else with all of them (A7).

    None of a closed one.
    """
    if question.of_groups:
        if not openings(question, start, start + 1):
            return 0
        return sum(group.places for group in with_room(question) if group.start == start)
    free = [question.hosts[position] for position in free_hosts(question, start)]
    left = [places_left(question, host, start) for host in free]
    return sum(left) if question.any_host else min(left, default=0)


def alone(question: Question, host: Host) -> Question:
    """The same question about one host."""
    return replace(question, hosts=(host,), any_host=False)


def span_of(question: Question, start: Minute, end: Minute) -> Pair:
    """The real time that decides the starts in ``[start, end)``: whole pieces of the grid."""
    if not divides_the_hour(question.work.start_interval):
        before = midnights(question.place.zone, start - 3 * DAY, start + 1)
        start = before[-1]
    return start, end + question.work.duration


def _asked(question: Question, start: Minute, end: Minute, span: Pair) -> Intervals:
    """The starts that are asked for, whoever takes them."""
    asked = days(question.dates, start, end)
    if question.visiting_hours is not None:
        asked = asked & _inside(question.work, times(question.visiting_hours, *span))
    return asked - capped(question.starts, question.caps, question.place.zone, span)


def _openings_of_all(
    question: Question, common: Intervals, span: Pair, asked: Intervals
) -> list[Minute]:
    if not all(host.takes_part for host in question.hosts):
        return []
    windows = (host_window(question, host, common, span) for host in question.hosts)
    together = reduce(and_, windows)
    allowed = _skilled(question.hosts[0], _inside(question.work, together) & asked, span)
    for host in question.hosts:
        if not allowed:
            return []
        allowed = _free(question, host, allowed, span)
    return on_grid(question, together, allowed)


def _openings_of_any(
    question: Question, common: Intervals, span: Pair, asked: Intervals
) -> list[Minute]:
    if not divides_the_hour(question.work.start_interval):
        each = (
            _openings_of_all(alone(question, host), common, span, asked) for host in question.hosts
        )
        return sorted(set().union(*each))
    possible = missing = _inside(question.work, common) & asked
    for host in question.hosts:
        if not missing:
            break
        if not host.takes_part:
            continue
        # Each is asked only about starts that nobody before could take.
        present = host_window(question, host, common, span)
        starts = missing if present is common else _inside(question.work, present) & missing
        missing = missing - _free(question, host, _skilled(host, starts, span), span)
    return on_grid(question, common, possible - missing)


# Sets of allowed starts (rule A3)


def _inside(work: Work, allowed: Intervals) -> Intervals:
    """The starts from which the work stays inside one piece of the allowed time."""
    short = work.duration - 1
    return Intervals.trusted(
        (start, end - short) for start, end in allowed.pairs if start < end - short
    )


def _skilled(host: Host, starts: Intervals, span: Pair) -> Intervals:
    """Those on dates on which a host has all the skills needed."""
    for spells in host.skills:
        starts = starts & Intervals(pair for spell in spells for pair in days(spell, *span))
    return starts


def _free(question: Question, host: Host, starts: Intervals, span: Pair) -> Intervals:
    """Those at which a host has a place left, is not away, and has not enough already."""
    around = blocked(question.work, span)
    away = host.absent.clamp(*around) | host.elsewhere.clamp(*around)
    starts = starts - full(question, host, span) - too_close(question.work, away)
    return starts - capped(host.starts, question.host_caps, question.place.zone, span)
