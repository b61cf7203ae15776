"""How an instant reads on a page, in a mail and in a calendar file (rule T5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from appointments import formats
from appointments.models import AppointmentType
from scheduling.engine.hours import date_of, repeated, utc_offset, wall_clock
from scheduling.engine.intervals import Minute, instant_of


@dataclass(frozen=True, slots=True)
class TimeInWords:
    """One time in full: “Tuesday, 24 November 2026”, “10:00 – 10:30”, “Berlin time”.

    ``other`` is the other zone's start with its name, empty where the clocks agree. ``start``
    is ISO 8601 in UTC, ``duration`` reads “30 minutes”, ``short_label`` “Tuesday, 24 November,
    10:00”, ``brief_label`` “Tuesday, 10:00”.
    """

    start: str
    duration: str
    day: str
    label: str
    zone: str
    other: str
    short_label: str
    brief_label: str


@dataclass(frozen=True, slots=True)
class ClockNow:
    """What the clocks of a place show at this moment: “Berlin”, “14:05”."""

    place: str
    time: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock that leads, and the one that stands beside it, if any."""

    leading: ZoneInfo
    other: ZoneInfo | None = None

    @classmethod
    def of(cls, appointment_type: str, place: ZoneInfo, reader: ZoneInfo) -> Clocks:
        """The place's zone leads in-person appointments, else the reader's does."""
        if place.key == reader.key:
            return cls(place)
        if appointment_type == AppointmentType.IN_PERSON:
            return cls(place, reader)
        return cls(reader, place)

    def time(self, minute: Minute, *, ambiguous: bool = False) -> str:
        """The leading time; with its UTC offset where that time occurs twice."""
        text = formats.clock_of(wall_clock(self.leading, minute)[1])
        if not ambiguous:
            return text
        return f"{text} ({formats.utc_offset(utc_offset(self.leading, minute))})"

    def other_time(self, minute: Minute) -> str:
        """The other zone's time, with its weekday where that differs; empty where it is equal."""
        if self.other is None:
            return ""
        leading, other = wall_clock(self.leading, minute), wall_clock(self.other, minute)
        if leading == other:
            return ""
        text = formats.clock_of(other[1])
        if leading[0] == other[0]:
            return text
        return f"{formats.short_weekday(date_of(other[0]))} {text}"

    def in_words(self, minute: Minute, duration: int) -> TimeInWords:
        """A time of ``duration`` minutes in full."""
        end = minute + duration
        twice = repeated(self.leading, minute, end + 1)
        day = date_of(wall_clock(self.leading, minute)[0])
        start = self.time(minute, ambiguous=minute in twice)
        other = self.other_time(minute)
        return TimeInWords(
            start=iso(minute),
            duration=formats.duration(duration),
            day=formats.full_day(day),
            label=f"{start} – {self.time(end, ambiguous=end in twice)}",
            zone=formats.zone_time(self.leading),
            other=f"{other}, {formats.zone_time(self.other)}" if other and self.other else "",
            short_label=f"{formats.day_in_words(day)}, {start}",
            brief_label=f"{formats.weekday(day)}, {start}",
        )

    def now(self, minute: Minute) -> list[ClockNow]:
        """What both clocks show at this minute, the leading one first; one where they agree."""
        zones = [self.leading]
        if self.other and self.other_time(minute):
            zones.append(self.other)
        return [
            ClockNow(formats.zone_name(zone), formats.clock_of(wall_clock(zone, minute)[1]))
            for zone in zones
        ]


@lru_cache(maxsize=8192)
def iso(minute: Minute) -> SafeString:
    """“2026-11-23T09:00:00Z”, which a template need not escape hundreds of times a page."""
    return SafeString(instant_of(minute).isoformat().replace("+00:00", "Z"))
