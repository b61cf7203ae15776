"""Dates and weeks on which as much has been booked as a policy allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from scheduling.engine.hours import Dates, EpochDay, days, local_day, monday_of
from scheduling.engine.intervals import NOTHING, Intervals, Minute, Pair
from scheduling.engine.rules import Caps


def capped(starts: Iterable[Minute], caps: Caps, zone: ZoneInfo, span: Pair) -> Intervals:
    """The part of a span on whose dates, or in whose weeks from Monday, no more may start.

    ``starts`` are those of what counts; their dates are those of ``zone``.
    """
    full = list(_full(starts, caps, zone))
    if not full:
        return NOTHING
    return Intervals(pair for spell in full for pair in days(spell, *span))


def _full(starts: Iterable[Minute], caps: Caps, zone: ZoneInfo) -> Iterator[Dates]:
    if caps.per_day is None and caps.per_week is None:
        return
    dates = [local_day(zone, start) for start in starts]
    yield from _reached(dates, caps.per_day, zone, length=1)
    yield from _reached(map(monday_of, dates), caps.per_week, zone, length=7)


def _reached(
    firsts: Iterable[EpochDay], cap: int | None, zone: ZoneInfo, length: int
) -> Iterator[Dates]:
    for first, number in Counter(firsts).items():
        if cap is not None and number >= cap:
            yield Dates(zone, first, first + length - 1)
