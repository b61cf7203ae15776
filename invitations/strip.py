"""The strip of weeks that helps to jump. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.html import conditional_escape as escape
from django.utils.translation import ngettext

from appointments import formats
from appointments.weeks import Week

LENGTH = 8


class StripWeek(NamedTuple):
    """A week in the strip that helps to jump; ``url`` is empty where it has no openings.

    ``height`` is that of its bar in percent, written for a picture and not for a reader.
    """

    url: str
    label: str
    full_label: str
    height: str
    is_current: bool


def weeks_around(week: Week, first: Week) -> list[Week]:
    """Eight weeks, in blocks counted from the first open one, so that it rests while one reads."""
    away = max(week.first_day - first.first_day, timedelta(0)).days // 7
    start = first.shifted(away // LENGTH * LENGTH)
    return [start.shifted(n) for n in range(LENGTH)]


def strip_of(
    counts: Mapping[Week, int], current: Week, url_of: Callable[[Week], str]
) -> list[StripWeek]:
    """Weeks by the number of their openings, the bar of the one with most being the highest."""
    most, in_words = max(counts.values()) or 1, _week_in_words.at_once()
    return [
        StripWeek(
            url_of(each) if count else "",
            *in_words(each.first_day, each.last_day, count),
            height=str(round(100 * count / most)),
            is_current=each == current,
        )
        for each, count in counts.items()
    ]


@formats.kept
def _week_in_words(first: date, last: date, count: int) -> tuple[str, str]:
    """“23 Nov”, and “23 – 29 November 2026: 5 free times”."""
    words = ngettext("%(week)s: %(n)s free time", "%(week)s: %(n)s free times", count)
    label, week = formats.short_day_and_month(first), formats.date_range(first, last)
    return escape(label), escape(words % {"week": week, "n": count})
