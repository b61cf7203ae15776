"""The reference for the engine: the same answers, written out by hand for one narrow case.

One pass over plain integers per host, as somebody would write it who needs no more than weekly
hours, busy times and a grid of starts that divides the hour. It shares nothing with the engine
but its table of zone offsets, so that both do the same work on zones.
"""

from __future__ import annotations

from scheduling.engine.hours import WeeklyHours, stretches
from scheduling.engine.intervals import Minute, Pair
from scheduling.engine.rules import Host, Question

DAY = 24 * 60
EPOCH_WEEKDAY = 3


def starts_of_one(question: Question, start: Minute, end: Minute) -> list[Minute]:
    """The open starts of the only host in ``[start, end)``."""
    start = max(start, question.now)
    return starts(question, question.hosts[0], pieces(question, None, start, end), start, end)


def starts_of_any(question: Question, start: Minute, end: Minute) -> list[Minute]:
    """The open starts of any of the hosts in ``[start, end)``."""
    start = max(start, question.now)
    common = pieces(question, None, start, end)
    found: set[Minute] = set()
    for host in question.hosts:
        own = host.presences[0].hours
        windows = common if own is None else both(common, pieces(question, own, start, end))
        found.update(starts(question, host, windows, start, end))
    return sorted(found)


def pieces(question: Question, hours: WeeklyHours | None, start: Minute, end: Minute) -> list[Pair]:
    """The weekly hours as real time, from ``start`` to the end of the last start's work."""
    hours = hours or question.place.hours
    end += question.work.duration
    found: list[Pair] = []
    for since, until, offset in stretches(hours.zone, start, end):
        for day in range((since + offset) // DAY, (until - 1 + offset) // DAY + 1):
            if day in hours.holidays:
                continue
            midnight = day * DAY - offset
            for opens, closes in hours.week[(day + EPOCH_WEEKDAY) % 7].pairs:
                first, last = midnight + opens, midnight + closes
                first = since if first < since else first
                last = until if last > until else last
                if first >= last:
                    continue
                if found and found[-1][1] == first:
                    found[-1] = (found[-1][0], last)
                else:
                    found.append((first, last))
    return found


def both(ours: list[Pair], theirs: list[Pair]) -> list[Pair]:
    """What two lists of pieces have in common."""
    found: list[Pair] = []
    at = 0
    for start, end in ours:
        while at < len(theirs) and theirs[at][1] <= start:
            at += 1
        reached = at
        while reached < len(theirs) and theirs[reached][0] < end:
            other_start, other_end = theirs[reached]
            found.append((max(start, other_start), min(end, other_end)))
            reached += 1
    return found


def starts(
    question: Question, host: Host, windows: list[Pair], start: Minute, end: Minute
) -> list[Minute]:
    """The starts on the grid from which the work stays inside a window and clear of busy."""
    work = question.work
    interval, needed = work.start_interval, work.duration + work.block_after
    [(_, _, offset)] = stretches(question.place.zone, start, end)
    busy = merged(host.booked.pairs, host.absent.pairs)
    found: list[Minute] = []
    at = 0
    for opens, closes in windows:
        free_from, last = opens, min(closes - work.duration, end - 1)
        while at < len(busy) and busy[at][1] + work.block_before <= opens:
            at += 1
        reached = at
        while reached < len(busy) and busy[reached][0] - needed < last:
            until = busy[reached][0] - needed
            found.extend(range(free_from + -(free_from + offset) % interval, until + 1, interval))
            free_from = max(free_from, busy[reached][1] + work.block_before)
            reached += 1
        found.extend(range(free_from + -(free_from + offset) % interval, last + 1, interval))
    return found


def merged(ours: tuple[Pair, ...], theirs: tuple[Pair, ...]) -> list[Pair]:
    """Two sorted lists of busy times as one sorted list."""
    if not theirs:
        return list(ours)
    return sorted(ours + theirs)
