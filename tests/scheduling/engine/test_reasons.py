"""Why a start is closed: one example per reason (A9)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduling.engine.intervals import DAY
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Preference, Presence, Question, Reason
from tests.scheduling.engine.monday import (
    HOST,
    MONDAY,
    QUESTION,
    UTC,
    WORK,
    at_place,
    staying,
    with_hosts,
)
from tests.scheduling.engine.shorthand import between, dates, weekly

NINE = MONDAY + 9 * 60
AT_NINE = between("2026-11-16T09:00Z/2026-11-16T09:01Z")
ALL_DAY = "daily 00:00-24:00"
HOLIDAY = ("2026-11-16",)
BOOKED, ABSENT = replace(HOST, booked=AT_NINE), replace(HOST, absent=AT_NINE)
EXCLUDED = replace(HOST, preference=Preference.EXCLUDED)
PREFERRED = replace(HOST, preference=Preference.PREFERRED)
LATE = weekly(UTC, "daily 09:01-13:00")
LATER = dates(UTC, "2026-11-17")


def working(**changes: object) -> Question:
    return replace(QUESTION, work=replace(WORK, **changes))


def visited(*slots: str, holidays: tuple[str, ...] = ()) -> Question:
    return replace(QUESTION, visiting_hours=weekly(UTC, *slots, holidays=holidays))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (at_place(UTC, "daily 09:01-13:00"), Reason.OUTSIDE_PLACE_HOURS),
        (at_place(UTC, "daily 09:00-09:59"), Reason.OUTSIDE_PLACE_HOURS),
        (working(hours=LATE), Reason.OUTSIDE_WORK_HOURS),
        (staying(Presence(dates(UTC), LATE)), Reason.OUTSIDE_HOST_HOURS),
        (at_place(UTC, ALL_DAY, holidays=HOLIDAY), Reason.HOLIDAY),
        (working(hours=weekly(UTC, ALL_DAY, holidays=HOLIDAY)), Reason.HOLIDAY),
        (staying(Presence(dates(UTC), weekly(UTC, ALL_DAY, holidays=HOLIDAY))), Reason.HOLIDAY),
        (with_hosts(BOOKED), Reason.BOOKED),
        (with_hosts(ABSENT), Reason.ABSENT),
        (with_hosts(HOST, BOOKED), Reason.BOOKED),
        (replace(QUESTION, now=NINE + 1), Reason.TOO_SOON),
        (replace(working(lead_time=60), now=NINE - 59), Reason.TOO_SOON),
        (replace(working(horizon=60), now=NINE - 1), Reason.TOO_LATE),
        (replace(QUESTION, now=NINE + 59 - 366 * DAY), Reason.TOO_LATE),
        (replace(QUESTION, dates=LATER), Reason.OUTSIDE_DATES),
        (replace(QUESTION, dates=dates(UTC, None, "2026-11-15")), Reason.OUTSIDE_DATES),
        (visited("daily 09:01-13:00"), Reason.OUTSIDE_VISITING_HOURS),
        (visited("daily 09:00-09:59"), Reason.OUTSIDE_VISITING_HOURS),
        (visited("tue 00:00-24:00"), Reason.OUTSIDE_VISITING_HOURS),
        (visited(ALL_DAY, holidays=HOLIDAY), Reason.HOLIDAY),
        (visited("mon 09:00-10:00"), None),
        (with_hosts(EXCLUDED), Reason.EXCLUDED_HOST),
        (with_hosts(HOST, EXCLUDED), Reason.EXCLUDED_HOST),
        (with_hosts(HOST, EXCLUDED, any_host=True), None),
        (with_hosts(PREFERRED, HOST), None),
        (working(start_interval=7, hours=weekly(UTC, "daily 08:59-13:00")), None),
        (replace(QUESTION, dates=dates(UTC, "2026-11-16", "2026-11-16")), None),
        (replace(QUESTION, now=NINE), None),
        (replace(working(lead_time=60, horizon=120), now=NINE - 60), None),
        (replace(QUESTION, now=NINE + 60 - 366 * DAY), None),
        (QUESTION, None),
    ],
)
def test_start_at_nine_is_closed_for_one_reason_alone(
    question: Question, reason: Reason | None
) -> None:
    """A9."""
    assert reasons(question, NINE) == (frozenset() if reason is None else {reason})


def test_start_beside_the_grid_says_so() -> None:
    """A9, A5."""
    assert reasons(QUESTION, NINE + 15) == {Reason.OFF_GRID}
    assert reasons(working(start_interval=45), NINE + 44) == {Reason.OFF_GRID}


@pytest.mark.parametrize(
    "presence",
    [Presence(LATER), Presence(dates(UTC), suspended=(dates(UTC, None, "2026-11-16"),))],
)
def test_host_elsewhere_is_not_at_the_place(presence: Presence) -> None:
    """A9: of what is not there, hours say nothing."""
    assert reasons(staying(presence), NINE) == {Reason.NOT_AT_PLACE}


def test_reasons_add_up() -> None:
    """A9."""
    question = replace(with_hosts(BOOKED, ABSENT), now=NINE + 60, dates=LATER)
    assert reasons(question, NINE) == {
        Reason.BOOKED,
        Reason.ABSENT,
        Reason.TOO_SOON,
        Reason.OUTSIDE_DATES,
    }


def test_where_any_host_would_do_the_reasons_of_all_count_or_none() -> None:
    """A9, A6."""
    assert reasons(with_hosts(BOOKED, HOST, any_host=True), NINE) == frozenset()
    both = with_hosts(BOOKED, ABSENT, any_host=True)
    assert reasons(both, NINE) == {Reason.BOOKED, Reason.ABSENT}
    late = replace(with_hosts(BOOKED, HOST, any_host=True), now=NINE + 60)
    assert reasons(late, NINE) == {Reason.TOO_SOON}


@pytest.mark.parametrize("any_host", [True, False])
def test_without_hosts_that_is_the_reason(any_host: bool) -> None:
    """A9."""
    assert reasons(with_hosts(any_host=any_host), NINE) == {Reason.NO_HOST}
