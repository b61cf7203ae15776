"""Layers: what a picture draws decides as the openings function and the reasons do (A9)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from scheduling.engine.hours import NEVER
from scheduling.engine.intervals import Intervals, minute_of
from scheduling.engine.layers import Layers, Source, layers
from scheduling.engine.openings import openings
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Mode, Presence, Reason
from tests.scheduling.engine import cases
from tests.scheduling.engine.cases import Asked, examples
from tests.scheduling.engine.monday import HOST, MONDAY, QUESTION, UTC, WORK, staying, with_hosts
from tests.scheduling.engine.shorthand import between, dates, weekly
from tests.scheduling.engine.translation import question

DAY = MONDAY, MONDAY + 24 * 60
NINE = MONDAY + 9 * 60


def the(found: Layers, reason: Reason) -> list[Intervals]:
    """The times of a reason's layers that close anything."""
    every = [*found.general, *(layer for way in found.ways for layer in way)]
    return [layer.time for layer in every if layer.reason is reason and layer.starts]


@examples(150)
@given(cases.asked())
def test_what_no_layer_closes_is_exactly_what_is_open(asked: Asked) -> None:
    """A9: at every minute of the range."""
    asked_of = question(asked.case)
    start, end = minute_of(asked.start), minute_of(asked.end)
    found = layers(asked_of, start, end)
    free = [minute for minute in range(start, end) if not found.reasons(minute)]
    assert free == openings(asked_of, start, end)


@examples(100)
@given(cases.asked())
def test_layers_of_a_long_span_say_of_each_start_what_its_own_say(asked: Asked) -> None:
    """A9, A5: nothing depends on where a picture is cut."""
    asked_of = question(asked.case)
    start, end = minute_of(asked.start), minute_of(asked.end)
    found = layers(asked_of, start, end)
    for minute in range(start, end, 17):
        assert found.reasons(minute) == reasons(asked_of, minute)


def test_work_stays_out_of_the_time_of_a_layer_and_blocks_out_of_busy_time() -> None:
    """A3: the time drawn is that of the rule, the starts closed are those that would meet it."""
    away = between("2026-11-16T10:00Z/2026-11-16T10:30Z")
    asked = replace(
        with_hosts(replace(HOST, absent=away)), work=replace(WORK, block_before=15, block_after=5)
    )
    [layer] = [each for each in layers(asked, *DAY).ways[0] if each.reason is Reason.ABSENT]
    assert (layer.time, layer.source, layer.host) == (away, Source.HOST, 0)
    hour, half_past_ten = WORK.duration, NINE + 90
    assert layer.starts == Intervals([(NINE + 60 - hour - 4, half_past_ten + 15)])


def test_a_union_of_memberships_closes_only_what_none_of_them_holds() -> None:
    """A1."""
    mornings = Presence(dates(UTC), weekly(UTC, "daily 09:00-10:00"))
    later = Presence(dates(UTC), weekly(UTC, "daily 09:30-12:00"))
    [closed] = the(layers(staying(mornings, later), *DAY), Reason.OUTSIDE_HOST_HOURS)
    assert not closed.meets(NINE, NINE + 180)
    assert closed.covers(DAY[0], NINE)


def test_each_host_has_layers_of_its_own_also_where_all_are_needed() -> None:
    """A6, A9."""
    busy = replace(HOST, booked=between("2026-11-16T09:00Z/2026-11-16T10:00Z"))
    for any_host in (True, False):
        found = layers(with_hosts(HOST, busy, any_host=any_host), *DAY)
        closing = [
            layer.host
            for way in found.ways
            for layer in way
            if layer.reason is Reason.BOOKED and layer.starts
        ]
        assert (closing, len(found.ways)) == ([1], 2 if any_host else 1)


def test_shifts_for_other_topics_say_so() -> None:
    """A1."""
    shift = between("2026-11-16T09:00Z/2026-11-16T12:00Z")
    host = replace(HOST, other_shifts=shift)
    asked = replace(with_hosts(host), mode=Mode.SHIFTS)
    assert the(layers(asked, *DAY), Reason.OTHER_TOPIC) == [shift]


def test_extended_hours_are_told_from_closed_ones() -> None:
    """A1."""
    hours = replace(QUESTION.place.hours, extended=QUESTION.place.hours.week, week=NEVER)
    asked = replace(QUESTION, place=replace(QUESTION.place, hours=hours))
    assert Reason.EXTENDED_HOURS in reasons(asked, NINE)
    assert Reason.OUTSIDE_PLACE_HOURS not in reasons(asked, NINE)
