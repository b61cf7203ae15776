"""Windows of hosts, and several hosts at once (A1, A6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.engine.hours import Dates
from scheduling.engine.openings import free_hosts, openings
from scheduling.engine.rules import Host, Presence
from tests.scheduling.engine.monday import (
    HOST,
    MONDAY,
    QUESTION,
    UTC,
    asked,
    at_place,
    on_monday,
    staying,
    with_hosts,
)
from tests.scheduling.engine.shorthand import between, dates, weekly

NINE, TEN, ELEVEN = (MONDAY + hour * 60 for hour in (9, 10, 11))
BUSY_AT_NINE = replace(HOST, booked=between("2026-11-16T09:00Z/2026-11-16T10:00Z"))
BUSY_AT_TEN = replace(HOST, absent=between("2026-11-16T10:00Z/2026-11-16T11:00Z"))
TUESDAY = ["11-17 09:00", "11-17 10:00", "11-17 11:00", "11-17 12:00"]


def test_window_is_what_all_hours_share() -> None:
    """A1."""
    mine = Presence(dates(UTC), weekly(UTC, "mon 10:00-14:00"))
    work_hours = weekly(UTC, "mon 08:00-12:00")
    assert asked(staying(mine)) == on_monday("10:00", "11:00", "12:00")
    assert asked(staying(mine), hours=work_hours) == on_monday("10:00", "11:00")


def test_hours_of_several_memberships_add_up_within_the_place() -> None:
    """A1."""
    first = Presence(dates(UTC), weekly(UTC, "mon 08:00-10:30"))
    second = Presence(dates(UTC), weekly(UTC, "mon 10:30-12:00"))
    assert asked(staying(first, second)) == on_monday("09:00", "10:00", "11:00")
    assert asked(staying()) == []


@pytest.mark.parametrize(
    ("membership", "expected"),
    [
        (dates(UTC, None, "2026-11-16"), asked()),
        (dates(UTC, "2026-11-17", None), TUESDAY),
        (dates(UTC, "2026-11-17", "2026-11-17"), TUESDAY),
        (dates(UTC, "2026-11-18", None), []),
        # Kiritimati is fourteen hours ahead: its 17th starts on the 16th at 10:00Z.
        (dates("Pacific/Kiritimati", None, "2026-11-16"), on_monday("09:00")),
        (dates("Pacific/Kiritimati", "2026-11-18", None), TUESDAY[1:]),
    ],
)
def test_membership_holds_on_its_dates_only(membership: Dates, expected: list[str]) -> None:
    """A1, T4."""
    assert asked(staying(Presence(membership)), days=2) == expected


def test_work_may_not_outlast_the_membership() -> None:
    """A1, A3: unlike the invitation's, a membership's dates bound the whole work."""
    ending_at_ten = Presence(dates("Pacific/Kiritimati", None, "2026-11-16"))
    assert asked(staying(ending_at_ten), start_interval=30) == on_monday("09:00")


def test_relocation_suspends_a_membership_while_it_lasts() -> None:
    """A1."""
    away = Presence(dates(UTC), suspended=(dates(UTC, "2026-11-16", "2026-11-16"),))
    assert asked(staying(away), days=2) == TUESDAY
    twice = replace(away, suspended=(*away.suspended, dates(UTC, "2026-11-17", None)))
    assert asked(staying(twice), days=2) == []


def test_relocation_suspends_only_the_memberships_that_it_names() -> None:
    """A1."""
    away = Presence(dates(UTC), suspended=(dates(UTC, "2026-11-16", None),))
    relocated = Presence(dates(UTC, "2026-11-16", None), weekly(UTC, "mon 10:00-12:00"))
    assert asked(staying(away, relocated)) == on_monday("10:00", "11:00")


def test_holiday_of_any_hours_in_use_closes_its_date() -> None:
    """A1, T4: of the place, of the work, of the membership."""
    holidays = ("2026-11-16",)
    whole_day = weekly(UTC, "daily 00:00-24:00", holidays=holidays)
    assert asked(at_place(UTC, "daily 09:00-13:00", holidays=holidays), days=2) == TUESDAY
    assert asked(QUESTION, days=2, hours=whole_day) == TUESDAY
    assert asked(staying(Presence(dates(UTC), whole_day)), days=2) == TUESDAY


def test_holiday_of_one_membership_leaves_the_other_open() -> None:
    """A1."""
    closed = Presence(dates(UTC), weekly(UTC, "daily 09:00-13:00", holidays=("2026-11-16",)))
    afternoon = Presence(dates(UTC), weekly(UTC, "daily 11:00-13:00"))
    assert asked(staying(closed, afternoon)) == on_monday("11:00", "12:00")


def test_all_hosts_must_be_free_where_all_are_required() -> None:
    """A6."""
    question = with_hosts(BUSY_AT_NINE, BUSY_AT_TEN)
    assert asked(question) == on_monday("11:00", "12:00")
    assert free_hosts(question, NINE) == free_hosts(question, TEN) == []
    assert free_hosts(question, ELEVEN) == [0, 1]


def test_one_free_host_is_enough_where_any_will_do() -> None:
    """A6."""
    question = with_hosts(BUSY_AT_NINE, BUSY_AT_TEN, any_host=True)
    assert asked(question) == on_monday("09:00", "10:00", "11:00", "12:00")
    assert free_hosts(question, NINE) == [1]
    assert free_hosts(question, TEN) == [0]
    assert free_hosts(question, ELEVEN) == [0, 1]
    assert free_hosts(question, NINE + 1) == []


def test_hosts_of_whom_any_will_do_may_have_hours_of_their_own() -> None:
    """A6, A1."""
    early = Host((Presence(dates(UTC), weekly(UTC, "mon 09:00-10:00")),))
    late = Host((Presence(dates(UTC), weekly(UTC, "mon 11:00-12:00")),))
    assert asked(with_hosts(early, late, any_host=True)) == on_monday("09:00", "11:00")


def test_any_host_has_to_do_the_whole_work_alone() -> None:
    """A6: one is free for the first half and another for the second."""
    question = with_hosts(BUSY_AT_NINE, BUSY_AT_TEN, any_host=True)
    assert asked(question, duration=90)[0] == "11-16 10:00"


@pytest.mark.parametrize("any_host", [True, False])
def test_without_hosts_nothing_is_open(any_host: bool) -> None:
    """A6."""
    question = with_hosts(any_host=any_host)
    assert openings(question, MONDAY, MONDAY + 1440) == []
    assert free_hosts(question, NINE) == []
