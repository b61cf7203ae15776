"""How a list went over time: by days of its zone, by weeks where it went on for long."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from invitations.prospects.timeline import HEIGHT, MOST_DAYS, timeline
from tests.factories import BERLIN, at

BEGIN = at("2026-11-23 10:00")
times = st.none() | st.integers(0, 200 * 24 * 60).map(lambda n: BEGIN + dt.timedelta(minutes=n))
rows = st.lists(st.tuples(times, times, times), max_size=40)


def test_nothing_yet_is_no_picture():
    assert timeline([], BERLIN) is None
    assert timeline([(None, None, None)], BERLIN) is None


def test_a_day_is_one_of_the_zone():
    late = at("2026-11-23 23:30")
    shown = timeline([(late, None, None), (late + dt.timedelta(hours=1), None, late)], BERLIN)
    assert shown is not None
    assert [(span.label, span.sent, span.booked) for span in shown.spans] == [
        ("Monday, 23 November 2026", 1, 1),
        ("Tuesday, 24 November 2026", 1, 0),
    ]


def test_quiet_days_are_drawn_but_not_told():
    shown = timeline([(BEGIN, None, BEGIN + dt.timedelta(days=3))], BERLIN)
    assert shown is not None
    assert (len(shown.spans), len(shown.eventful)) == (4, 2)


def test_what_went_on_for_long_is_told_by_week():
    shown = timeline([(BEGIN, None, BEGIN + dt.timedelta(days=MOST_DAYS))], BERLIN)
    assert shown is not None
    assert shown.by_week
    assert shown.first.label == "23 – 29 November 2026"
    assert len(shown.spans) == MOST_DAYS // 7 + 1


@given(rows)
def test_no_event_is_lost_or_counted_twice(told):
    shown = timeline(told, BERLIN)
    spans = shown.spans if shown else []
    columns = list(zip(*told, strict=True)) or [(), (), ()]
    expected = [sum(each is not None for each in column) for column in columns]
    found = [sum(getattr(span, name) for span in spans) for name in ("sent", "opened", "booked")]
    assert found == expected


@given(rows)
def test_bars_stand_in_the_picture_and_beside_each_other(told):
    shown = timeline(told, BERLIN)
    if shown is None:
        return
    assert all(0 <= span.y <= HEIGHT for span in shown.spans)
    assert all((span.height > 0) == (span.booked > 0) for span in shown.spans)
    end = shown.last.x + shown.bar
    assert end < shown.width if shown.is_short else end == shown.width
