"""Dates and times in words, in the language in force."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  a wall clock, in no zone


def clock(local: datetime) -> str:
    """The time of a wall clock: “14:05”, “2:05 PM”."""
    return clock_of(local.hour * 60 + local.minute)


def clock_of(minute_of_day: int) -> str:
    """The same for the minutes since midnight."""
    return _clock(minute_of_day, get_language())


@lru_cache(maxsize=8192)
def _clock(minute_of_day: int, language: str | None) -> str:
    return date_format(_ANY_DAY + timedelta(minutes=minute_of_day), "TIME_FORMAT")


def clock_range(start: datetime, end: datetime) -> str:
    """“10:00 – 10:30”."""
    return f"{clock(start)} – {clock(end)}"


def weekday(day: date) -> str:
    """“Tuesday”."""
    return date_format(day, "l")


def short_weekday(day: date) -> str:
    """“Tue”."""
    return date_format(day, "D")


def day_and_month(day: date) -> str:
    """“24 November”."""
    return date_format(day, get_format("MONTH_DAY_FORMAT"))


def short_day_and_month(day: date) -> str:
    """“24 Nov”."""
    return date_format(day, get_format("MONTH_DAY_FORMAT").replace("F", "M"))


def full_day(day: date) -> str:
    """“Tuesday, 24 November 2026”."""
    return f"{weekday(day)}, {date_format(day, 'DATE_FORMAT')}"


def day_in_words(day: date) -> str:
    """“Tuesday, 24 November”."""
    return f"{weekday(day)}, {day_and_month(day)}"


def utc_offset(minutes: int) -> str:
    """“UTC+2”, “UTC−3:30”."""
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def zone_name(zone: ZoneInfo) -> str:
    """The place that a zone is named after: “Berlin”, “New York”."""
    return zone.key.rsplit("/", 1)[-1].replace("_", " ")


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


def full_date(day: date) -> str:
    """“24 November 2026”."""
    return date_format(day, "DATE_FORMAT")


def date_range(first: date, last: date) -> str:
    """“23 – 29 November 2026”, with as much of the first date as differs."""
    if first.year != last.year:
        return f"{full_date(first)} – {full_date(last)}"
    month_day = get_format("MONTH_DAY_FORMAT")
    if first.month == last.month and month_day.endswith(" F"):
        month_day = month_day.removesuffix(" F")
    return f"{date_format(first, month_day)} – {full_date(last)}"
