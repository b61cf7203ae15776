"""Visiting hours of a client narrow what is open (A8)."""

from __future__ import annotations

from dataclasses import replace

from scheduling.engine.openings import openings
from scheduling.engine.rules import Question
from tests.scheduling.engine.monday import (
    BERLIN,
    QUESTION,
    UTC,
    WORK,
    asked,
    at_place,
    on_monday,
    with_hosts,
)
from tests.scheduling.engine.shorthand import at, spell, weekly


def visited(zone: str, *slots: str, holidays: tuple[str, ...] = ()) -> Question:
    return replace(QUESTION, visiting_hours=weekly(zone, *slots, holidays=holidays))


def test_work_lies_inside_the_visiting_hours_with_all_its_time() -> None:
    """A8, A3."""
    assert asked(visited(UTC, "mon 10:00-12:00")) == on_monday("10:00", "11:00")
    assert asked(visited(UTC, "mon 10:01-12:00")) == on_monday("11:00")
    assert asked(visited(UTC, "mon 10:00-11:59")) == on_monday("10:00")
    assert asked(visited(UTC, "mon 10:00-11:00", "mon 11:00-12:00")) == on_monday("10:00", "11:00")
    assert asked(visited(UTC)) == []


def test_block_times_may_lie_outside_the_visiting_hours() -> None:
    """A8, A3: nobody is visited in them."""
    ten = visited(UTC, "mon 10:00-11:00")
    assert asked(ten, block_before=60, block_after=60) == on_monday("10:00")


def test_visiting_hours_are_read_on_their_own_wall_clock() -> None:
    """A8, T2: eleven in Berlin is ten in UTC."""
    assert asked(visited(BERLIN, "mon 11:00-12:00")) == on_monday("10:00")


def test_holidays_of_the_visiting_hours_close_their_dates() -> None:
    """A8, A1."""
    all_day = visited(UTC, "daily 00:00-24:00", holidays=("2026-11-16",))
    assert asked(all_day, days=2)[0] == "11-17 09:00"


def test_grid_of_pieces_is_laid_before_the_visiting_hours() -> None:
    """A8, A5: a client is offered no start that others are not."""
    afternoon = visited(UTC, "mon 10:00-13:00")
    everybody = asked(start_interval=50, duration=30)
    assert everybody == on_monday("09:00", "09:50", "10:40", "11:30", "12:20")
    assert asked(afternoon, start_interval=50, duration=30) == everybody[2:]


def test_visiting_hours_count_for_any_host_alike() -> None:
    """A8, A6."""
    ten = visited(UTC, "mon 10:00-11:00").visiting_hours
    either = with_hosts(*QUESTION.hosts * 2, any_host=True)
    assert asked(replace(either, visiting_hours=ten)) == on_monday("10:00")


def night_of(day: str) -> list[str]:
    """Starts of half an hour's work at a place that never closes, met from one to three."""
    place = at_place(BERLIN, "daily 00:00-24:00")
    work = replace(WORK, duration=30, start_interval=30)
    hours = weekly(BERLIN, "sun 01:00-03:00")
    question = replace(place, work=work, visiting_hours=hours, now=at(f"{day}T00:00Z") - 2880)
    return spell(openings(question, at(f"{day}T00:00Z") - 120, at(f"{day}T04:00Z")))


def test_visiting_hours_lose_the_hour_that_clocks_skip() -> None:
    """A8, T2: on 2027-03-28 Berlin goes from 02:00 to 03:00."""
    assert night_of("2027-03-28") == ["03-28 00:00", "03-28 00:30"]


def test_visiting_hours_have_the_repeated_hour_twice() -> None:
    """A8, T2: on 2026-10-25 Berlin sees 02:00 twice."""
    assert night_of("2026-10-25") == [
        "10-24 23:00",
        "10-24 23:30",
        "10-25 00:00",
        "10-25 00:30",
        "10-25 01:00",
        "10-25 01:30",
    ]
