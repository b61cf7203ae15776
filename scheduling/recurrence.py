"""Rules of RFC 5545: when something happens again and again, on a wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from scheduling.engine.hours import epoch_day, first_shown, last_shown
from scheduling.engine.intervals import DAY, Minute, instant_of

MOST_IN_A_YEAR = 1100
"""Three a day: more is a mistake, and rows that nobody could look through."""

A_YEAR = timedelta(days=366)
CALENDAR = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2200-01-01")
"""Between these a rule may begin and end."""

UTC_ZONE = ZoneInfo("UTC")

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAYS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYSETPOS"} | {
    f"BY{name}" for name in ("MINUTE", "HOUR", "DAY", "MONTHDAY", "YEARDAY", "WEEKNO", "MONTH")
}
_NUMBERS = r"[+-]?\d{1,4}(?:,[+-]?\d{1,4})*"
_NO_ZEROS = _NUMBERS.replace(r"\d", r"(?!0+\b)\d")  # days, weeks and months count from one
_PART = re.compile(
    r"(?:BYDAY|FREQ|UNTIL|WKST)=[A-Z0-9,+-]+"
    rf"|(?:BYHOUR|BYMINUTE|COUNT|INTERVAL)={_NUMBERS}|[A-Z]+={_NO_ZEROS}",
    re.ASCII,
)
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6}))?(Z?)")
# The calendar repeats after so many years, weekdays and all. dateutil looks for what never happens
# up to the year 9999, so it is asked near that end.
_CYCLE = 400
_LAST_YEAR = 9900


class Occurrence(NamedTuple):
    """Aware instants, and the naive local time it begins at by its rule."""

    shown: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """The parts of a rule, like ``{"FREQ": "WEEKLY", "BYDAY": "MO"}``."""

    parts: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValidationError for what is no rule, or one of seconds (rule T1)."""
        found = [_PART.fullmatch(part) for part in text.upper().removeprefix("RRULE:").split(";")]
        pairs = (match[0].partition("=") for match in found if match)
        parts = {name: value for name, _equals, value in pairs}
        is_known = len(parts) == len(found) and "FREQ" in parts and parts.keys() <= _KNOWN
        if not is_known or {"COUNT", "UNTIL"} <= parts.keys() or parts["FREQ"] == "SECONDLY":
            raise _no_rule()
        rule = cls(parts)
        rule.until(UTC_ZONE)
        # dateutil never comes back from an interval of nothing.
        if not parts.get("INTERVAL", "1").isdecimal() or not int(parts.get("INTERVAL", "1")):
            raise _no_rule()
        try:
            rule.starts(CALENDAR[0])
        except ValueError as error:
            raise _no_rule() from error
        return rule

    def __str__(self) -> str:
        return ";".join(f"{name}={value}" for name, value in self.parts.items())

    def starts(self, first: datetime) -> Iterator[datetime]:
        """On the wall clock, not before ``first``, whatever ``until`` says; all naive."""
        years = (_LAST_YEAR - first.year) // _CYCLE * _CYCLE
        parts = {name: value for name, value in self.parts.items() if name != "UNTIL"}
        found = rrulestr(str(Rule(parts)), dtstart=first.replace(year=first.year + years))
        return (each.replace(year=each.year - years) for each in found)

    def until(self, zone: ZoneInfo) -> datetime | None:
        """The last instant at which an occurrence may start; a date means its whole day."""
        if "UNTIL" not in self.parts:
            return None
        match = _UNTIL.fullmatch(self.parts["UNTIL"])
        if match is None or (match[3] and not match[2]):
            raise _no_rule()
        try:
            shown = datetime.fromisoformat(f"{match[1]}T{match[2] or '235959'}")
        except ValueError as error:
            raise _no_rule() from error
        shown = max(CALENDAR[0], min(shown, CALENDAR[1]))
        if match[3]:
            return shown.replace(tzinfo=UTC_ZONE)
        return instant_of(last_shown(zone, _local_minute(shown)))

    @property
    def is_by_days(self) -> bool:
        """Whether it goes by days, weeks, months or years, and not by hours or minutes."""
        return self.parts["FREQ"] in _BY_DAYS


class Weekly(NamedTuple):
    """The rules that most need: on weekdays (0 is Monday), every so many weeks, to a last day."""

    days: Sequence[int]
    weeks: int = 1
    last_day: date | None = None

    @classmethod
    def of(cls, text: str) -> Self | None:
        """What a rule says if it is one of these."""
        parts = Rule.parse(text).parts
        names = parts.get("BYDAY", "").split(",")
        until = parts.get("UNTIL", "")
        is_plain = parts["FREQ"] == "WEEKLY" and set(names) <= set(_DAYS) and "T" not in until
        if not is_plain or parts.keys() - {"FREQ", "INTERVAL", "BYDAY", "UNTIL"}:
            return None
        days = [_DAYS.index(name) for name in names]
        last_day = date.fromisoformat(until) if until else None
        return cls(days, int(parts.get("INTERVAL", "1")), last_day)

    def __str__(self) -> str:
        names = ",".join(_DAYS[day] for day in self.days)
        until = f";UNTIL={self.last_day:%Y%m%d}" if self.last_day else ""
        interval = f";INTERVAL={self.weeks}" if self.weeks > 1 else ""
        return f"FREQ=WEEKLY{interval};BYDAY={names}{until}"


def occurrences(
    rule: Rule, first: datetime, end_time: time, zone: ZoneInfo, *, ending_after: datetime
) -> Iterator[Occurrence]:
    """Those that end after an aware instant, in order; ``first`` is naive, on the wall clock.

    Each begins at the first instant that shows its start and ends at the last that shows its end,
    on the next date where that is not later; of a time that clocks skip it is the change. What
    falls into a skipped hour altogether is left out.
    """
    length = _length(first.time(), end_time)
    until, since = rule.until(zone), ending_after.astimezone(zone).replace(tzinfo=None)
    # Cheaper than to read them all as instants; two days are more than any offset.
    long_over = since - length - timedelta(days=2)
    recent = (shown for shown in rule.starts(first) if shown > long_over)
    spans = (_occurrence(shown, length, zone) for shown in recent)
    within = takewhile(lambda each: until is None or each.start <= until, spans)
    return (each for each in within if each.start < each.end and each.end > ending_after)


def check(text: str, first: datetime, end_time: time, zone: ZoneInfo) -> Rule:
    """The rule in a text, if rows can be made of it; raises ValidationError in kind words."""
    rule = Rule.parse(text)
    if not rule.is_by_days:
        raise ValidationError(_("Repeat by days, weeks, months or years."))
    if not CALENDAR[0] <= first < CALENDAR[1]:
        raise ValidationError(_("Enter a valid date."))
    begin = (first - timedelta(days=2)).replace(tzinfo=UTC_ZONE)
    found = occurrences(rule, first, end_time, zone, ending_after=begin)
    try:
        starts = [each.start for each in islice(found, MOST_IN_A_YEAR + 1)]
    except IndexError as error:  # dateutil's answer to the sixtieth Monday of a month
        raise _no_rule() from error
    if not starts:
        raise ValidationError(_("This never happens. Please check days and dates."))
    if len(starts) > MOST_IN_A_YEAR and starts[-1] - starts[0] < A_YEAR:
        raise ValidationError(_("This happens more than three times a day."))
    return rule


def _occurrence(shown: datetime, length: timedelta, zone: ZoneInfo) -> Occurrence:
    start = first_shown(zone, _local_minute(shown))
    end = last_shown(zone, _local_minute(shown + length))
    return Occurrence(shown, instant_of(start), instant_of(end))


def _length(start: time, end: time) -> timedelta:
    """On the wall clock: until the same date's end, or the next date's."""
    length = datetime.combine(date.min, end) - datetime.combine(date.min, start)
    return length if length > timedelta() else length + timedelta(days=1)


def _local_minute(shown: datetime) -> Minute:
    return epoch_day(shown.date()) * DAY + shown.hour * 60 + shown.minute


def _no_rule() -> ValidationError:
    return ValidationError(_("Enter a rule like FREQ=WEEKLY;BYDAY=MO,WE."))
