"""Which of several free hosts takes the work (A6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.engine.assignment import assigned_hosts
from scheduling.engine.intervals import DAY, Intervals
from scheduling.engine.rules import Host, Preference
from tests.scheduling.engine.monday import HOST, MONDAY, with_hosts
from tests.scheduling.engine.shorthand import between

NINE = MONDAY + 9 * 60
WEEK = (MONDAY, MONDAY + 7 * DAY)
AT_NINE = between("2026-11-16T09:00Z/2026-11-16T10:00Z")


def booked(minutes: int, start: int = MONDAY + 2 * DAY) -> Host:
    """Booked for so long from Wednesday's midnight on."""
    return replace(HOST, booked=Intervals([(start, start + minutes)]))


def any_of(*hosts: Host) -> list[int]:
    return assigned_hosts(with_hosts(*hosts, any_host=True), NINE, WEEK)


def test_host_with_the_fewest_booked_minutes_takes_it() -> None:
    """A6."""
    assert any_of(booked(61), booked(60), booked(62)) == [1]
    assert any_of(booked(60), booked(61), booked(59)) == [2]


def test_among_equals_the_first_on_the_invitation_takes_it() -> None:
    """A6."""
    assert any_of(HOST, HOST, HOST) == [0]
    assert any_of(booked(90), booked(30), booked(30)) == [1]


def test_whom_the_client_prefers_takes_it_before_fewer_minutes_count() -> None:
    """A8, A6."""
    preferred = replace(booked(600), preference=Preference.PREFERRED)
    assert any_of(HOST, preferred) == [1]
    assert any_of(preferred, replace(booked(599), preference=Preference.PREFERRED)) == [1]
    busy = replace(HOST, booked=AT_NINE, preference=Preference.PREFERRED)
    assert any_of(busy, booked(60)) == [1]


def test_whom_the_client_excludes_never_takes_it() -> None:
    """A8, A6: nor does anybody where all are needed."""
    excluded = replace(HOST, preference=Preference.EXCLUDED)
    assert any_of(excluded, booked(600)) == [1]
    assert any_of(excluded) == []
    assert assigned_hosts(with_hosts(HOST, excluded), NINE, WEEK) == []


def test_minutes_count_and_not_appointments() -> None:
    """A6."""
    start = MONDAY + 2 * DAY
    three_short = Intervals([(start + at, start + at + 10) for at in (0, 60, 120)])
    assert any_of(booked(31), replace(HOST, booked=three_short)) == [1]


def test_absences_are_not_booked_minutes() -> None:
    """A6."""
    absent = replace(HOST, absent=Intervals([(MONDAY + 2 * DAY, MONDAY + 3 * DAY)]))
    assert any_of(booked(1), absent) == [1]


@pytest.mark.parametrize("start", [WEEK[0] - 300, WEEK[1]])
def test_bookings_of_other_weeks_do_not_count(start: int) -> None:
    """A6: those in the week of the start."""
    assert any_of(booked(10), booked(300, start)) == [1]


def test_booking_across_the_end_of_the_week_counts_with_its_part_inside() -> None:
    """A6."""
    over_the_end = booked(100, WEEK[1] - 10)
    assert any_of(booked(11), over_the_end) == [1]
    assert any_of(booked(9), over_the_end) == [0]


def test_host_who_is_not_free_never_takes_it() -> None:
    """A6: though their week be the emptiest."""
    busy = replace(HOST, booked=AT_NINE)
    away = replace(HOST, absent=AT_NINE)
    assert any_of(busy, booked(600), away) == [1]
    assert any_of(busy, away) == []
    assert any_of() == []


def test_all_required_hosts_take_it_together_or_nobody_does() -> None:
    """A6."""
    together = with_hosts(booked(60), HOST, booked(30))
    assert assigned_hosts(together, NINE, WEEK) == [0, 1, 2]
    one_is_busy = with_hosts(HOST, replace(HOST, booked=AT_NINE))
    assert assigned_hosts(one_is_busy, NINE, WEEK) == []
