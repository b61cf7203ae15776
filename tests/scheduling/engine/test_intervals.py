"""The laws of the set algebra, over small integers (T1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.intervals import (
    ALWAYS,
    NOTHING,
    Intervals,
    instant_of,
    minute_after,
    minute_of,
)
from tests.scheduling.engine.cases import examples

small = st.integers(-12, 24)
raw_pairs = st.lists(st.tuples(small, small), max_size=7)
sets = raw_pairs.map(Intervals)
lengths = st.integers(0, 6)
instants = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.timezones(),
    allow_imaginary=False,
)


def minutes(intervals: Intervals) -> set[int]:
    """The set as Python knows it."""
    return {minute for start, end in intervals for minute in range(start, end)}


def is_normal(intervals: Intervals) -> bool:
    """Sorted, disjoint, non-touching, non-empty."""
    ends = [edge for pair in intervals.pairs for edge in pair]
    return ends == sorted(set(ends))


@examples(200)
@given(raw_pairs)
def test_made_from_any_pairs_it_holds_their_minutes_in_normal_form(
    pairs: list[tuple[int, int]],
) -> None:
    made = Intervals(pairs)
    assert is_normal(made)
    assert minutes(made) == {minute for start, end in pairs for minute in range(start, end)}


@examples(300)
@given(sets, sets)
def test_operators_are_the_set_operations(one: Intervals, other: Intervals) -> None:
    for found, expected in (
        (one & other, minutes(one) & minutes(other)),
        (one | other, minutes(one) | minutes(other)),
        (one - other, minutes(one) - minutes(other)),
    ):
        assert minutes(found) == expected
        assert is_normal(found)


@examples(100)
@given(sets, sets)
def test_operations_leave_their_operands_as_they_were(one: Intervals, other: Intervals) -> None:
    before = one.pairs, other.pairs
    _ = one & other, one | other, one - other, one.pad(1, 2), one.clamp(0, 5)
    assert (one.pairs, other.pairs) == before
    assert isinstance(one.pairs, tuple)


@examples(100)
@given(sets, sets)
def test_sets_are_equal_exactly_if_they_hold_the_same_minutes(
    one: Intervals, other: Intervals
) -> None:
    assert (one == other) == (minutes(one) == minutes(other))
    assert hash(one) == hash(Intervals(list(one)))
    assert one != minutes(one)


@examples(200)
@given(sets, small, small)
def test_clamp_is_the_part_inside_a_range(one: Intervals, start: int, end: int) -> None:
    assert one.clamp(start, end) == one & Intervals([(start, end)])


@examples(200)
@given(sets, lengths, lengths)
def test_padding_widens_each_piece_and_joins_what_meets(
    one: Intervals, before: int, after: int
) -> None:
    padded = one.pad(before, after)
    assert minutes(padded) == {
        minute + step for minute in minutes(one) for step in range(-before, after + 1)
    }
    assert is_normal(padded)


@examples(200)
@given(sets, st.integers(-6, 6), st.integers(-6, 6))
def test_negative_padding_narrows_each_piece_and_drops_what_vanishes(
    one: Intervals, before: int, after: int
) -> None:
    padded = one.pad(before, after)
    assert minutes(padded) == {
        minute for start, end in one for minute in range(start - before, end + after)
    }
    assert is_normal(padded)


@examples(300)
@given(sets, small, small)
def test_covers_and_meets_ask_for_all_and_for_any_minute(
    one: Intervals, start: int, end: int
) -> None:
    held = minutes(one)
    assert one.covers(start, end) == all(minute in held for minute in range(start, end))
    assert one.meets(start, end) == any(minute in held for minute in range(start, end))


@examples(100)
@given(sets, small)
def test_length_truth_and_membership_count_minutes(one: Intervals, minute: int) -> None:
    assert len(one) == len(minutes(one))
    assert bool(one) == bool(minutes(one))
    assert (minute in one) == (minute in minutes(one))


@examples(50)
@given(sets)
def test_nothing_and_always_are_the_smallest_and_the_largest_set(one: Intervals) -> None:
    assert one & ALWAYS == one | NOTHING == one - NOTHING == one
    assert one & NOTHING == one - ALWAYS == NOTHING
    assert one | ALWAYS == ALWAYS
    assert ALWAYS - (ALWAYS - one) == one


def test_repr_shows_the_pairs() -> None:
    assert repr(Intervals([(3, 5), (1, 2)])) == "Intervals([(1, 2), (3, 5)])"


@examples(100)
@given(instants)
def test_instant_lies_in_its_minute(instant: datetime) -> None:
    minute = minute_of(instant)
    assert instant_of(minute) <= instant < instant_of(minute) + timedelta(minutes=1)


@examples(100)
@given(instants)
def test_minute_after_is_the_first_that_does_not_start_earlier(instant: datetime) -> None:
    minute = minute_after(instant)
    assert instant_of(minute) - timedelta(minutes=1) < instant <= instant_of(minute)


@examples(100)
@given(st.integers(-(10**8), 10**8))
def test_minutes_survive_the_way_to_an_instant_and_back(minute: int) -> None:
    instant = instant_of(minute)
    assert instant.tzinfo is UTC
    assert minute_of(instant) == minute_after(instant) == minute


def test_both_turns_of_a_repeated_local_time_are_different_minutes() -> None:
    """T1: 02:30 comes twice in Berlin on 2026-10-25."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert minute_of(first.replace(fold=1)) - minute_of(first) == 60


@pytest.mark.parametrize("convert", [minute_of, minute_after])
def test_naive_datetime_is_refused(convert: object) -> None:
    """Without a zone it would be read in the server's zone (T1)."""
    with pytest.raises(TypeError):
        convert(datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001
