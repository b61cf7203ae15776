"""The span in time outside which nothing can be open: lead time, horizon, dates (rule A4)."""

from __future__ import annotations

from scheduling.engine.hours import start_of_day
from scheduling.engine.intervals import DAY, Minute, Pair
from scheduling.engine.rules import FURTHEST, Question


def bounds(question: Question) -> Pair:
    """The span ``[start, end)`` outside which no start can be open, by dates and timeframe."""
    start, end = earliest(question), latest(question) + 1
    dates = question.dates
    if dates.first is not None:
        start = max(start, start_of_day(dates.zone, dates.first))
    if dates.last is not None:
        # A date may end more than once where a clock goes back at midnight: a day to spare.
        end = min(end, start_of_day(dates.zone, dates.last + 1) + DAY)
    return start, end


def earliest(question: Question) -> Minute:
    """The first start that is not too soon."""
    counted_from = question.now if question.lead_from is None else question.lead_from
    return max(question.now, counted_from + question.work.lead_time)


def latest(question: Question) -> Minute:
    """The last start from which the work still ends within the timeframe."""
    ends = question.now + FURTHEST
    if question.work.horizon is not None:
        opened = question.now
        if question.dates.first is not None:
            opened = max(opened, start_of_day(question.dates.zone, question.dates.first))
        ends = min(ends, opened + question.work.horizon)
    return ends - question.work.duration
