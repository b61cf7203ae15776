"""Dates and times in words, in the language in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, update_wrapper
from typing import Generic, NamedTuple, TypeVar, TypeVarTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, get_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from scheduling.names import city

_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  a wall clock, in no zone

What = TypeVarTuple("What")
Words = TypeVar("Words")


class kept(Generic[*What, Words]):  # noqa: N801  a decorator
    """Decorator: keep what a function writes, in each language, as pages repeat it so often."""

    def __init__(self, write: Callable[[*What], Words]) -> None:
        @lru_cache(maxsize=8192)
        def written_in(language: str | None, *what: *What) -> Words:
            with override(language):
                return write(*what)

        self._written_in = written_in
        update_wrapper(self, write)

    def __call__(self, *what: *What) -> Words:
        return self._written_in(get_language(), *what)

    def at_once(self) -> Callable[[*What], Words]:
        """The function in the language now in force, whose look-up takes longer than the rest."""
        language, written_in = get_language(), self._written_in
        return lambda *what: written_in(language, *what)


class DayInWords(NamedTuple):
    """“Tuesday”, “Tue”, “24”, “24 November” and “Tuesday, 24 November”; all of it escaped."""

    weekday: SafeString
    short_weekday: SafeString
    number: SafeString
    day_and_month: SafeString
    in_full: SafeString


def clock(local: datetime) -> str:
    """The time of a wall clock: “14:05”, “2:05 PM”."""
    return clock_of(local.hour * 60 + local.minute)


@kept
def clock_of(minute_of_day: int) -> SafeString:
    """The same for the minutes since midnight."""
    # Escaped once: a page of free times prints hundreds of them.
    text = date_format(_ANY_DAY + timedelta(minutes=minute_of_day), "TIME_FORMAT")
    return conditional_escape(text)


@kept
def hour_of(minute_of_day: int) -> str:
    """An hour of an axis, as short as its clock lets it be: “9 AM”, “09:00”."""
    pattern = get_format("TIME_FORMAT").replace("g:i", "g")
    return date_format(_ANY_DAY + timedelta(minutes=minute_of_day), pattern)


def clock_range(start: datetime, end: datetime) -> str:
    """“10:00 – 10:30”."""
    return f"{clock(start)} – {clock(end)}"


@kept
def weekday(day: date) -> str:
    """“Tuesday”."""
    return date_format(day, "l")


@kept
def short_weekday(day: date) -> str:
    """“Tue”."""
    return date_format(day, "D")


@kept
def day_and_month(day: date) -> str:
    """“24 November”."""
    return date_format(day, "MONTH_DAY_FORMAT")


@kept
def short_day_and_month(day: date) -> str:
    """“24 Nov”."""
    return date_format(day, get_format("MONTH_DAY_FORMAT").replace("F", "M"))


@kept
def full_day(day: date) -> str:
    """“Tuesday, 24 November 2026”."""
    return f"{weekday(day)}, {full_date(day)}"


@kept
def day_in_words(day: date) -> str:
    """“Tuesday, 24 November”."""
    return f"{weekday(day)}, {day_and_month(day)}"


@kept
def every_way(day: date) -> DayInWords:
    """A day in all the ways that a calendar of days shows it."""
    # In German the day of a month is an ordinal: “24.”.
    number = "j." if "j." in get_format("MONTH_DAY_FORMAT") else "j"
    ways = (
        weekday(day),
        short_weekday(day),
        date_format(day, number),
        day_and_month(day),
        day_in_words(day),
    )
    return DayInWords(*map(conditional_escape, ways))


def utc_offset(minutes: int) -> str:
    """“UTC+2”, “UTC−3:30”."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


@kept
def zone_name(zone: ZoneInfo) -> str:
    """The place that a zone is named after: “Berlin”, “New York”."""
    return city(zone)


def zone_time(zone: ZoneInfo) -> str:
    """“Berlin time”."""
    name = zone_name(zone)
    return name if name == "UTC" else _("%(place)s time") % {"place": name}


def duration(minutes: int) -> str:
    """“30 minutes”, “1 hour”, “1 hour 30 minutes”."""
    hours, rest = divmod(minutes, 60)
    words = []
    if hours:
        words.append(_("1 hour") if hours == 1 else _("%(n)s hours") % {"n": hours})
    if rest:
        words.append(_("1 minute") if rest == 1 else _("%(n)s minutes") % {"n": rest})
    return " ".join(words)


def masked(address: str) -> str:
    """An e-mail address that its owner knows again, and nobody else: “g•••@example.com”."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"


def listed(names: Sequence[str], *, any_of: bool = False) -> str:
    """“Anna, Tom and Lea”; “Anna, Tom or Lea” where any one of them will do."""
    if len(names) < 2:
        return "".join(names)
    words = _("%(names)s or %(last)s") if any_of else _("%(names)s and %(last)s")
    return words % {"names": ", ".join(names[:-1]), "last": names[-1]}


@kept
def full_date(day: date) -> str:
    """“24 November 2026”."""
    return date_format(day, "DATE_FORMAT")


@kept
def date_range(first: date, last: date) -> str:
    """“23 – 29 November 2026”, with as much of the first date as differs."""
    if first.year != last.year:
        return f"{full_date(first)} – {full_date(last)}"
    start, end = get_format("MONTH_DAY_FORMAT"), get_format("DATE_FORMAT")
    if first.month == last.month:
        # The month is said once: at the end, or at the start where it comes first.
        start, end = start.removesuffix(" F"), end.removeprefix("F ")
    return f"{date_format(first, start)} – {date_format(last, end)}"
