"""The engine against the oracle, on random cases in every zone (T1–T4, A1–A9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine import openings as engine
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Preference, Reason
from tests.scheduling.engine import cases, oracle
from tests.scheduling.engine.cases import Asked, examples
from tests.scheduling.engine.translation import question

OF_VISITING_HOURS = {Reason.OTHER_TOPIC, Reason.EXTENDED_HOURS, Reason.HOLIDAY}


def engine_openings(asked: Asked) -> list[datetime]:
    start, end = minute_of(asked.start), minute_of(asked.end)
    return [instant_of(minute) for minute in engine.openings(question(asked.case), start, end)]


@examples(250)
@given(cases.asked())
def test_engine_and_oracle_find_the_same_openings(asked: Asked) -> None:
    """T2–T4, A1, A3–A8."""
    assert engine_openings(asked) == oracle.openings(asked.case, asked.start, asked.end)


@examples(80)
@given(cases.asked(), st.data())
def test_engine_and_oracle_find_the_same_free_hosts(asked: Asked, data: st.DataObject) -> None:
    """A6: at an opening if there is one, else at any minute."""
    found = engine_openings(asked) or list(oracle.minutes(asked.start, asked.end))
    instant = data.draw(st.sampled_from(found))
    free = engine.free_hosts(question(asked.case), minute_of(instant))
    assert free == oracle.free_people(asked.case, instant)


@examples(200)
@given(cases.asked())
def test_start_is_open_exactly_if_no_reason_closes_it(asked: Asked) -> None:
    """A9: at every opening, the minutes beside it, the ends of the range and between them."""
    asked_of = question(asked.case)
    start, end = minute_of(asked.start), minute_of(asked.end)
    found = set(engine.openings(asked_of, start, end))
    beside = {minute + step for minute in sorted(found)[:40] for step in (-1, 0, 1)}
    checked = {
        minute for minute in beside | {*range(start, end, 13), end - 1} if start <= minute < end
    }
    assert {minute for minute in checked if not reasons(asked_of, minute)} == found & checked


@examples(100)
@given(cases.asked())
def test_wishes_of_a_client_only_ever_close_starts(asked: Asked) -> None:
    """A8, A5: what is open with them is just what is open without, less what they close."""
    asked_of = question(asked.case)
    start, end = minute_of(asked.start), minute_of(asked.end)
    anybody = (replace(host, preference=Preference.NONE) for host in asked_of.hosts)
    without = replace(asked_of, hosts=tuple(anybody), visiting_hours=None)
    wishes = {Reason.EXCLUDED_HOST, Reason.OUTSIDE_VISITING_HOURS, *OF_VISITING_HOURS}
    met = set(engine.openings(asked_of, start, end))
    for minute in engine.openings(without, start, end):
        closed = reasons(asked_of, minute)
        assert (minute in met) == (not closed)
        assert not closed or closed & wishes
        met.discard(minute)
    assert met == set()


@examples(200)
@given(cases.asked(), st.data())
def test_openings_do_not_depend_on_where_the_query_is_cut(
    asked: Asked, data: st.DataObject
) -> None:
    """A5: what a page shows for a week is what booking finds when it asks for one minute."""
    asked_of = question(asked.case)
    start, end = minute_of(asked.start), minute_of(asked.end)
    at_once = engine.openings(asked_of, start, end)
    minute = data.draw(st.integers(start, end - 1) | st.sampled_from(at_once or [start]))
    cuts = [(start, minute), (minute, minute + 1), (minute + 1, end)]
    assert [found for cut in cuts for found in engine.openings(asked_of, *cut)] == at_once
