"""Time zones for calendar files, as every reader understands them.

Programs differ over repeated dates (``RDATE``, ``RRULE``) in a zone, and a wrong reading shows an
appointment an hour off. So each change of the clocks near an appointment is a part of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

from scheduling.engine.hours import repeated, stretches
from scheduling.engine.intervals import DAY, Minute, instant_of, minute_of

A_YEAR = 366 * DAY


def zone_near(zone: ZoneInfo, instant: datetime) -> Timezone:
    """A zone with its changes of the clocks within a year of an aware instant."""
    minute = minute_of(instant)
    calendar_zone = Timezone()
    calendar_zone.add("tzid", zone.key)
    before: int | None = None
    for since, _until, offset in stretches(zone, minute - A_YEAR, minute + A_YEAR):
        if offset != before:
            until_then = offset if before is None else before
            calendar_zone.add_component(_part(zone, since, until_then, offset))
        before = offset
    return calendar_zone


def in_zone(zone: ZoneInfo, instants: Sequence[datetime]) -> list[datetime]:
    """Instants on a zone's wall clock, or all in UTC where one of these times occurs twice.

    A calendar file cannot say which of the two it means.
    """
    minutes = [minute_of(instant) for instant in instants]
    twice = any(minute in repeated(zone, minute, minute + 1) for minute in minutes)
    return [instant.astimezone(UTC if twice else zone) for instant in instants]


def _part(zone: ZoneInfo, since: Minute, until_then: int, offset: int) -> Component:
    """What counts from a change on, which is named by the clock that counted until then."""
    local = instant_of(since).astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", instant_of(since + until_then).replace(tzinfo=None))
    part.add("tzoffsetfrom", timedelta(minutes=until_then))
    part.add("tzoffsetto", timedelta(minutes=offset))
    part.add("tzname", local.tzname())
    return part
