"""When somebody could work, whether busy then or not (rule A1)."""

from __future__ import annotations

from scheduling.engine.hours import days, times
from scheduling.engine.intervals import Intervals, Minute, Pair
from scheduling.engine.rules import Host, Place, Presence, Work


def window(work: Work, place: Place, host: Host, start: Minute, end: Minute) -> Intervals:
    """When a host could do the work between two instants, whether busy then or not (rule A1)."""
    return host_window(host, common_window(work, place, start, end), (start, end))


def common_window(work: Work, place: Place, start: Minute, end: Minute) -> Intervals:
    """When the work could be done at the place at all, whoever does it."""
    open_there = times(place.hours, start, end)
    if work.hours is not None:
        open_there = open_there & times(work.hours, start, end)
    return open_there


def host_window(host: Host, common: Intervals, span: Pair) -> Intervals:
    """When a host is there within the common window of a span."""
    pieces = [_presence_window(presence, common, span) for presence in host.presences]
    if len(pieces) == 1:
        return pieces[0]
    return Intervals(pair for piece in pieces for pair in piece)


def _presence_window(presence: Presence, common: Intervals, span: Pair) -> Intervals:
    there = common
    if presence.hours is not None:
        there = there & times(presence.hours, *span)
    if presence.dates.first is not None or presence.dates.last is not None:
        there = there & days(presence.dates, *span)
    for away in presence.suspended:
        there = there - days(away, *span)
    return there
