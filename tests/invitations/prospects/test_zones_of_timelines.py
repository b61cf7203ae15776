"""A list's picture over time counts by the days of its zone, also where clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from invitations.prospects.timeline import HEIGHT, timeline

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)]
)
def test_a_day_on_which_clocks_change_has_all_of_its_hours(day, hours):
    midnight = dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC)
    every_hour = [(None, None, midnight + n * HOUR) for n in range(-1, hours + 1)]
    shown = timeline(every_hour, BERLIN)
    assert shown is not None
    assert [span.booked for span in shown.spans] == [1, hours, 1]


def test_the_same_instant_is_another_day_elsewhere():
    instant = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)
    labels = {
        zone: shown.first.label
        for zone in ("Europe/Berlin", "America/New_York")
        if (shown := timeline([(instant, None, None)], ZoneInfo(zone)))
    }
    assert labels == {
        "Europe/Berlin": "Tuesday, 24 November 2026",
        "America/New_York": "Monday, 23 November 2026",
    }


@pytest.mark.parametrize("number", [1, 10_000])
def test_any_number_on_one_day_is_one_full_bar(number):
    instant = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    shown = timeline([(instant, instant, instant)] * number, BERLIN)
    assert shown is not None
    [span] = shown.spans
    assert (span.sent, span.opened, span.booked) == (number, number, number)
    assert (span.height, shown.most) == (HEIGHT, number)
