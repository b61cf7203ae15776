"""Lengths of time in calendar units."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitations.spans import Span, SpanField, Unit


@given(st.integers(0, 999), st.sampled_from(Unit))
def test_a_span_reads_what_it_writes(number, unit):
    assert Span.parse(str(Span(number, unit))) == Span(number, unit)


@pytest.mark.parametrize("text", ["", "P", "3M", "P3Y", "P-1M", "P3M ", "P1000D", "P٣M", "p3m"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  it says no more than the text
        Span.parse(text)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("text", "day", "later"),
    [
        ("P3M", "2026-11-21", "2027-02-21"),
        ("P3M", "2026-11-30", "2027-02-28"),
        ("P1M", "2028-01-31", "2028-02-29"),
        ("P6W", "2026-11-21", "2027-01-02"),
        ("P10D", "2026-12-25", "2027-01-04"),
        ("P0D", "2026-11-21", "2026-11-21"),
    ],
)
def test_a_month_too_short_ends_on_its_last_day(text, day, later):
    assert Span.parse(text).after(dt.date.fromisoformat(day)) == dt.date.fromisoformat(later)


def test_a_field_without_a_number_is_empty():
    assert SpanField(required=False).clean(["", "W"]) == ""
    assert SpanField(required=False).clean(["6", "W"]) == "P6W"


def test_a_span_is_said_in_words():
    assert Span.parse("P1M").in_words == "1 month"
    assert Span.parse("P6W").in_words == "6 weeks"
