"""A week explained: what is drawn and said of the layers that decide it (A9)."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from appointments.explain.axis import COLUMN, GAP, GUTTER, Axis
from appointments.explain.rows import Kind
from appointments.explain.verdict import neighbours
from appointments.explain.week import explained
from appointments.weeks import Week
from scheduling.engine.intervals import DAY, Intervals, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Place, Presence, Question, Work
from tests.factories import BERLIN, at
from tests.scheduling.engine.shorthand import dates, weekly

WEEK = Week.parse("2026-W48")
HOST = Host((Presence(dates("Europe/Berlin")),))
QUESTION = Question(
    work=Work(duration=60, start_interval=30),
    place=Place(BERLIN, weekly("Europe/Berlin", "daily 09:00-13:00")),
    hosts=(HOST,),
    dates=dates("Europe/Berlin", "2026-11-25"),
    now=minute_of(at("2026-11-20 12:00")),
)


def span(start, end):
    return Intervals([(minute_of(at(start)), minute_of(at(end)))])


def shown(question=QUESTION, week=WEEK, hosts=("Anna",), seen=lambda layer: True):
    return explained(question, week, hosts, seen)


def said(found):
    """What the table says, by row, day by day."""
    return {str(line.label): [list(cell.said) for cell in line.cells] for line in found.lines}


def test_each_row_says_its_times_and_what_closes_them():
    away = replace(HOST, absent=span("2026-11-26 00:00", "2026-11-27 00:00"))
    busy = replace(away, booked=span("2026-11-25 09:00", "2026-11-25 10:15"))
    rows = said(shown(replace(QUESTION, hosts=(busy,))))
    assert rows["Open"][2] == ["10:30 – 12:30: 4 starts"]
    assert rows["Days and lead time"][:3] == [
        ["All day: not on the days of the invitation"],
        ["All day: not on the days of the invitation"],
        [],
    ]
    assert rows["Hours of the place"] == [["09:00 – 13:00"]] * 7
    assert rows["Absences"][3] == ["All day: absent"]
    assert rows["Appointments with block times"][2] == ["09:00 – 10:15: booked already"]


def test_what_is_no_plain_closing_of_hours_is_named():
    hours = weekly("Europe/Berlin", "daily 09:00-13:00", holidays=("2026-11-25",))
    found = shown(replace(QUESTION, place=Place(BERLIN, hours)))
    assert said(found)["Hours of the place"][2] == ["09:00 – 13:00: a holiday"]
    [bar] = [
        bar
        for line in found.lines
        if line.label == "Hours of the place"
        for bar in line.bars
        if bar.kind is Kind.SPECIAL
    ]
    assert str(bar.words) == "a holiday"


def test_several_hosts_stand_under_their_names():
    away = replace(HOST, absent=span("2026-11-26 00:00", "2026-11-27 00:00"))
    found = shown(replace(QUESTION, hosts=(HOST, away), any_host=True), hosts=("Anna", "Tom"))
    labels = [str(line.label) for line in found.lines]
    assert labels[3:] == [
        "Anna",
        "Belongs to this place",
        "Tom",
        "Belongs to this place",
        "Absences",
    ]
    assert [line.is_host for line in found.lines][3:] == [True, False, True, False, False]


def test_what_the_reader_may_not_see_is_only_not_free():
    host = replace(
        HOST,
        absent=span("2026-11-26 10:00", "2026-11-26 11:00"),
        elsewhere=span("2026-11-26 11:00", "2026-11-26 12:00"),
    )
    found = shown(replace(QUESTION, hosts=(host,)), seen=lambda layer: layer.host is None)
    assert said(found)["not free"][3] == ["10:00 – 11:00: not free", "11:00 – 12:00: not free"]
    assert "Absences" not in said(found)


def test_an_empty_week_says_so_by_its_row():
    found = shown(replace(QUESTION, hosts=()))
    assert (found.count, said(found)["Open"]) == (0, [[]] * 7)


def test_the_open_row_is_what_the_openings_function_says():
    found = shown()
    starts = openings(QUESTION, *WEEK.span(BERLIN))
    [row] = [line for line in found.lines if line.label == "Open"]
    assert found.count == len(starts) == 7 * 5
    assert len(row.bars) == 5


@pytest.mark.parametrize(
    ("week", "ticks"),
    [
        ("2026-W43", ["00:00", "01:00", "02:00", "02:00", "03:00"]),
        ("2026-W13", ["00:00", "01:00", "03:00"]),
    ],
)
def test_an_hour_that_comes_twice_stands_there_twice_and_a_skipped_one_not_at_all(week, ticks):
    """T2."""
    axis = Axis(Week.parse(week), BERLIN, 0, 4 * 60)
    sunday = GUTTER + 6 * COLUMN
    start, end = axis.sights[6]
    assert end - start == (5 if len(ticks) == 5 else 3) * 60
    hours = [(start + 60 * n, start + 60 * n + 60) for n in range(len(ticks))]
    each = [list(axis.stretches([hour])) for hour in hours]
    width = round((COLUMN - GAP) / len(ticks), 1)
    assert [round(stretch.width, 0) for [stretch] in each] == [round(width, 0)] * len(ticks)
    assert each[0][0].x == sunday


def test_the_days_of_a_week_are_as_long_as_clocks_make_them():
    axis = Axis(Week.parse("2026-W43"), BERLIN, 0, DAY)
    assert [end - start for start, end in axis.days] == [DAY] * 6 + [DAY + 60]
    assert [end - start for start, end in axis.sights] == [DAY] * 6 + [DAY + 60]


def test_a_day_that_begins_late_is_shown_from_its_beginning():
    cairo = Axis(Week.parse("2026-W17"), ZoneInfo("Africa/Cairo"), 0, DAY)
    assert [end - start for start, end in cairo.sights] == [DAY] * 4 + [DAY - 60] + [DAY] * 2


def test_neighbours_are_the_next_starts_of_the_grid():
    quarter_past = minute_of(at("2026-11-25 10:15"))
    assert neighbours(QUESTION, quarter_past) == (quarter_past - 15, quarter_past + 15)
    odd = replace(QUESTION, work=Work(duration=30, start_interval=50))
    nine = minute_of(at("2026-11-25 09:00"))
    assert neighbours(odd, nine + 60) == (nine + 50, nine + 100)
