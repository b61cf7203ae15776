"""What narrows a window, in steps that each name a reason (rules A1, A9).

Steps go from the widest to the narrowest: open to anybody, to this topic, at usual times, and no
holiday.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scheduling.engine.hours import WeeklyHours, holiday_times, weekly_times
from scheduling.engine.intervals import ALWAYS, Intervals, Pair
from scheduling.engine.rules import Host, Mode, Presence, Question, Reason
from scheduling.engine.windows import there_within

Step = tuple[Reason, Intervals]
"""A reason, and the time in which it does not apply."""

Restriction = tuple[Reason, Intervals]
"""A reason, and the time that it closes."""


def of_hours(reason: Reason, hours: WeeklyHours, span: Pair) -> list[Step]:
    """The steps of hours, the first of which is called ``reason``."""
    usual, others, extended = _by_purpose(hours, span)
    return [
        (reason, usual | others | extended),
        (Reason.OTHER_TOPIC, usual | extended),
        (Reason.EXTENDED_HOURS, usual),
        (Reason.HOLIDAY, ALWAYS - holiday_times(hours, *span)),
    ]


def of_presences(question: Question, host: Host, span: Pair) -> Iterator[Restriction]:
    """What keeps a host from the place, by all its memberships there."""
    if not host.presences:
        yield Reason.NOT_AT_PLACE, ALWAYS
    yield from united([_presence(question, host, each, span) for each in host.presences])


def united(several: Sequence[Sequence[Step]]) -> Iterator[Restriction]:
    """What the steps of several windows close for their union.

    Each says only what the steps before have left. So time is in none exactly if one of the
    windows holds it.
    """
    before = ALWAYS
    for step in zip(*(_narrowing(steps) for steps in several), strict=True):
        left = Intervals(pair for _, allowed in step for pair in allowed)
        yield step[0][0], before - left
        before = left


def _narrowing(steps: Sequence[Step]) -> Iterator[Step]:
    """Each within all before it."""
    left = ALWAYS
    for reason, allowed in steps:
        left = left & allowed
        yield reason, left


def _by_purpose(hours: WeeklyHours, span: Pair) -> list[Intervals]:
    weeks = (hours.week, hours.other_topics, hours.extended)
    return [weekly_times(hours.zone, week, *span) for week in weeks]


def _presence(question: Question, host: Host, presence: Presence, span: Pair) -> list[Step]:
    there = [(Reason.NOT_AT_PLACE, there_within(presence, ALWAYS, span))]
    if question.mode is Mode.UNION:
        return there + _hours_or_shifts(host, presence.hours or question.place.hours, span)
    if question.mode is not Mode.SHIFTS:
        there += _own_hours(presence, span)
    if question.mode is not Mode.HOURS:
        there += _shifts(host)
    return there


def _own_hours(presence: Presence, span: Pair) -> list[Step]:
    if presence.hours is None:
        return [(reason, ALWAYS) for reason in OF_OWN_HOURS]
    return of_hours(Reason.OUTSIDE_HOST_HOURS, presence.hours, span)


OF_OWN_HOURS = (
    Reason.OUTSIDE_HOST_HOURS,
    Reason.OTHER_TOPIC,
    Reason.EXTENDED_HOURS,
    Reason.HOLIDAY,
)


def _shifts(host: Host) -> list[Step]:
    return [
        (Reason.OUTSIDE_SHIFTS, host.shifts | host.other_shifts),
        (Reason.OTHER_TOPIC, host.shifts),
    ]


def _hours_or_shifts(host: Host, hours: WeeklyHours, span: Pair) -> list[Step]:
    usual, others, extended = _by_purpose(hours, span)
    open_now = usual | host.shifts
    return [
        (Reason.OUTSIDE_HOST_HOURS, open_now | others | extended | host.other_shifts),
        (Reason.OTHER_TOPIC, open_now | extended),
        (Reason.EXTENDED_HOURS, open_now),
        (Reason.HOLIDAY, ALWAYS - holiday_times(hours, *span)),
    ]
