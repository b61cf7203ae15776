"""When somebody could work, whether busy then or not (rule A1)."""

from __future__ import annotations

from scheduling.engine.hours import WeeklyHours, days, holiday_times, times
from scheduling.engine.intervals import Intervals, Minute, Pair
from scheduling.engine.rules import Host, Mode, Place, Presence, Question, Work

BY_PLACE_HOURS = frozenset({Mode.HOURS, Mode.INTERSECTION})
"""The modes in which nothing happens outside the hours of the place."""


def window(question: Question, host: Host, start: Minute, end: Minute) -> Intervals:
    """When a host could do the work between two instants, whether busy then or not (rule A1)."""
    return host_window(question, host, common_window(question, start, end), (start, end))


def common_window(question: Question, start: Minute, end: Minute) -> Intervals:
    """When the work could be done at the place at all, whoever does it."""
    hours = common_hours(question.work, question.place, question.mode)
    if not hours:
        return Intervals([(start, end)])
    found = times(hours[0], start, end)
    for other in hours[1:]:
        found = found & times(other, start, end)
    return found


def common_hours(work: Work, place: Place, mode: Mode) -> list[WeeklyHours]:
    """The hours that bound the work at a place, whoever does it."""
    of_place = [place.hours] if mode in BY_PLACE_HOURS else []
    return [*of_place, work.hours] if work.hours is not None else of_place


def host_window(question: Question, host: Host, common: Intervals, span: Pair) -> Intervals:
    """When a host is there within the common window of a span."""
    pieces = [
        _presence_window(question, host, presence, common, span) for presence in host.presences
    ]
    if len(pieces) == 1:
        return pieces[0]
    return Intervals(pair for piece in pieces for pair in piece)


def _presence_window(
    question: Question, host: Host, presence: Presence, common: Intervals, span: Pair
) -> Intervals:
    there = there_within(presence, common, span)
    mode = question.mode
    if mode is Mode.UNION:
        hours = presence.hours or question.place.hours
        working = times(hours, *span) | host.shifts.clamp(*span)
        return (there & working) - holiday_times(hours, *span)
    if mode is not Mode.SHIFTS and presence.hours is not None:
        there = there & times(presence.hours, *span)
    if mode is not Mode.HOURS:
        there = there & host.shifts.clamp(*span)
    return there


def there_within(presence: Presence, common: Intervals, span: Pair) -> Intervals:
    """The part of a span's common window on the dates of a membership, whatever its hours."""
    there = common
    if presence.dates.first is not None or presence.dates.last is not None:
        there = there & days(presence.dates, *span)
    for away in presence.suspended:
        there = there - days(away, *span)
    return there
