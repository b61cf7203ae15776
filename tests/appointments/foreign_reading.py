"""Reading calendar files in the tests' week."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from appointments.foreign_calendars.problems import CannotReadError, Problem
from appointments.foreign_calendars.reading import Asked, busy_time
from scheduling.engine.intervals import instant_of, minute_of
from tests.appointments.foreign_server import meeting
from tests.factories import BERLIN, at

SINCE, UNTIL = at("2026-11-23 00:00", "UTC"), at("2026-11-30 00:00", "UTC")


def busy(
    content: str | bytes, zone: ZoneInfo = BERLIN, known: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """In Berlin's time, as “24 10:00”."""
    text = content.encode() if isinstance(content, str) else content
    asked = Asked(minute_of(SINCE), minute_of(UNTIL), zone, known)
    return [(shown(start), shown(end)) for start, end in busy_time(text, asked)]


def shown(minute: int) -> str:
    return f"{instant_of(minute).astimezone(BERLIN):%d %H:%M}"


def problem_of(content: str) -> Problem:
    with pytest.raises(CannotReadError) as refused:
        busy(content)
    return refused.value.problem


TEN = meeting("20261124T090000Z", "20261124T100000Z")
AS_TEN = [("24 10:00", "24 11:00")]
