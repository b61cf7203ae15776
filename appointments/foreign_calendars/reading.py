"""When somebody is busy, by a calendar file (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from appointments.foreign_calendars.problems import CannotReadError, Problem
from appointments.foreign_calendars.trimming import trimmed
from scheduling.engine.intervals import Intervals, Minute, Pair, instant_of, minute_after, minute_of

MOST_PAIRS = 20_000
TOO_OFTEN = {"SECONDLY", "MINUTELY"}
FAR = 2400
"""A leap year, so that it has every date."""

A_DAY = dt.timedelta(days=1)
ANY_TIME = tuple(minute_of(dt.datetime(year, 1, 1, tzinfo=dt.UTC)) for year in (1900, FAR))
"""What lies in it has a date in each zone; of the first and the last years not all do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The span that is wanted, the zone of whoever's calendar it is, and which entries of it are
    known already, by their UIDs."""

    since: Minute
    until: Minute
    zone: ZoneInfo
    known: Collection[str] = ()


def busy_time(content: bytes, asked: Asked) -> Intervals:
    """Whatever meets the span that is asked for, from where it begins to where it ends; what goes
    on for centuries begins or ends within them.

    Times without a zone are those of the zone that is asked for; days too, unless the calendar
    says one. Raises CannotReadError; whatever else is raised is a file that can't be read either.
    """
    found = (pair for calendar in _calendars(content) for pair in _pairs(calendar, asked))
    near = (pair for pair in found if pair[0] < asked.until and pair[1] > asked.since)
    busy = Intervals(near).clamp(*ANY_TIME)
    if len(busy.pairs) > MOST_PAIRS:
        raise CannotReadError(Problem.SIZE)
    return busy


def _calendars(content: bytes) -> list[Calendar]:
    return Calendar.from_ical(trimmed(content), multiple=True)


def _pairs(calendar: Component, asked: Asked) -> Iterator[Pair]:
    zone = ZoneInfo(str(calendar["X-WR-TIMEZONE"])) if "X-WR-TIMEZONE" in calendar else asked.zone
    for start, end in _times(calendar, asked):
        yield (
            minute_of(_instant(start, asked.zone, zone)),
            minute_after(_instant(end, asked.zone, zone)),
        )


def _times(calendar: Component, asked: Asked) -> Iterator[tuple[dt.date, dt.date]]:
    events = calendar.walk("VEVENT")
    for event in events:
        _refuse_what_never_ends(event)
        _bring_within_reach(event)
    _tell_apart([event for event in events if str(event.get("UID")) not in asked.known])
    # Days and times without a zone begin up to a day earlier or later than in UTC.
    around = instant_of(asked.since) - A_DAY, instant_of(asked.until) + A_DAY
    for event in recurring_ical_events.of(calendar).between(*around):
        if _is_busy(event) and str(event.get("UID")) not in asked.known:
            yield event["DTSTART"].dt, event["DTEND"].dt
    for busy in calendar.walk("VFREEBUSY"):
        for period in _listed(busy.get("FREEBUSY")):
            if period.params.get("FBTYPE", "BUSY").upper() != "FREE":
                yield period.start, period.end


def _refuse_what_never_ends(event: Component) -> None:
    """Rules for every minute: nobody's calendar has them, and each day holds thousands."""
    for rule in _listed(event.get("RRULE")):
        if TOO_OFTEN.intersection(map(str.upper, rule.get("FREQ", ()))):
            raise CannotReadError(Problem.CONTENT)


def _bring_within_reach(event: Component) -> None:
    """“Until further notice” is written as the last day there is, behind which nothing is."""
    end = event.get("DTEND")
    if end is not None and end.dt.year > FAR:
        end.dt = end.dt.replace(year=FAR)


def _tell_apart(events: Collection[Component]) -> None:
    """Several of one UID would be read as one, though not all are copies or revisions of it."""
    seen: defaultdict[tuple[Any, Any], set[bytes]] = defaultdict(set)
    for event in events:
        if "UID" in event and "RECURRENCE-ID" not in event:
            before, written = seen[event["UID"], event.get("SEQUENCE")], event.to_ical()
            if before and written not in before:
                del event["UID"]
            before.add(written)


def _is_busy(event: Component) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() != "FREE"
    )


def _listed(value: Any) -> list[Any]:
    """What a property says that may stand once, several times, or not at all."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _instant(said: dt.date, zone: ZoneInfo, zone_of_days: ZoneInfo) -> dt.datetime:
    if not isinstance(said, dt.datetime):
        return dt.datetime.combine(said, dt.time.min, zone_of_days)
    return said if said.tzinfo else said.replace(tzinfo=zone)
