"""A calendar file without what nobody asked for: what events are about is never even read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from appointments.foreign_calendars.problems import CannotReadError, Problem

MOST_EVENTS = 30_000

PARTS = {
    b"": {b"VCALENDAR"},
    b"VCALENDAR": {b"VEVENT", b"VFREEBUSY", b"VTIMEZONE"},
    b"VTIMEZONE": {b"STANDARD", b"DAYLIGHT"},
}
"""What is read, inside of what."""

PROPERTIES = {
    *(b"DTSTART", b"DTEND", b"DURATION", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"),
    *(b"UID", b"SEQUENCE", b"STATUS", b"TRANSP", b"X-MICROSOFT-CDO-BUSYSTATUS", b"FREEBUSY"),
    *(b"TZID", b"TZOFFSETFROM", b"TZOFFSETTO", b"CALSCALE", b"X-WR-TIMEZONE"),
}
"""Those that say when somebody is busy."""

LINE = re.compile(rb"([A-Za-z0-9-]+)[;:](.*)", re.DOTALL)


def trimmed(content: bytes) -> bytes:
    """Raises CannotReadError for what is not a whole calendar, and for one of too many events."""
    return b"\r\n".join(_lines(content.removeprefix(b"\xef\xbb\xbf")))


def _lines(content: bytes) -> Iterator[bytes]:
    parts = Parts()
    is_kept = False
    for line in content.splitlines():
        if line[:1] not in (b" ", b"\t"):  # else it continues the one before it
            is_kept = parts.take(line)
        if is_kept:
            yield line
    if parts.skipped or len(parts.inside) > 1:
        raise CannotReadError(Problem.CONTENT)
    if not parts.are_any:
        raise CannotReadError(Problem.ANSWER)


@dataclass(slots=True)
class Parts:
    """Where in the file one is, and how deep in a part that is not read."""

    inside: list[bytes] = field(default_factory=lambda: [b""])
    skipped: int = 0
    events: int = 0
    are_any: bool = False

    def take(self, line: bytes) -> bool:
        """Whether the next line is kept."""
        found = LINE.match(line)
        if found is None:
            return False
        name, value = found[1].upper(), found[2].strip()
        if name == b"BEGIN":
            return self._begin(value.upper())
        if name == b"END":
            return self._end(value.upper())
        is_inside = not self.skipped and len(self.inside) > 1
        return is_inside and name in PROPERTIES and not _is_unknown_zone(name, value)

    def _begin(self, part: bytes) -> bool:
        if self.skipped or part not in PARTS.get(self.inside[-1], ()):
            self.skipped += 1
            return False
        self.inside.append(part)
        self.are_any = True
        self.events += part == b"VEVENT"
        if self.events > MOST_EVENTS:
            raise CannotReadError(Problem.SIZE)
        return True

    def _end(self, part: bytes) -> bool:
        if self.skipped:
            self.skipped -= 1
            return False
        if self.inside.pop() != part or not self.inside:
            raise CannotReadError(Problem.CONTENT)
        return True


def _is_unknown_zone(name: bytes, value: bytes) -> bool:
    """Whether it says that the calendar is of a zone that nobody knows."""
    return name == b"X-WR-TIMEZONE" and value.decode("utf-8", "replace") not in ZONES


ZONES = available_timezones()
