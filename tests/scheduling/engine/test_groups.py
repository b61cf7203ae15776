"""Groups against the oracle, and read aloud (A10)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scheduling.engine.groups import best_group
from scheduling.engine.hours import Dates
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.openings import openings, places
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Caps, Group, Host, Preference, Question, Reason
from tests.scheduling.engine import cases, oracle
from tests.scheduling.engine.cases import Asked, examples
from tests.scheduling.engine.monday import HOST, MONDAY, QUESTION, asked
from tests.scheduling.engine.shorthand import at, between, day
from tests.scheduling.engine.translation import question

NIGHT = at("2026-11-16T03:07Z")
YOGA = Group(1, NIGHT, 60, 3)


def of_groups(*groups: Group, **fields: object) -> Question:
    hosts = (replace(HOST, groups=groups),)
    return replace(QUESTION, hosts=hosts, of_groups=True, **fields)


@examples(150)
@given(cases.asked_of_courses())
def test_engine_and_oracle_find_the_same_groups(asked: Asked) -> None:
    start, end = minute_of(asked.start), minute_of(asked.end)
    found = [instant_of(each) for each in openings(question(asked.case), start, end)]
    assert found == oracle.openings(asked.case, asked.start, asked.end)


@examples(150)
@given(cases.asked_of_courses(), st.data())
def test_start_is_open_exactly_if_no_reason_closes_it(asked: Asked, data: st.DataObject) -> None:
    asked_of = question(asked.case)
    planned = [each.start for host in asked_of.hosts for each in host.groups]
    start = data.draw(st.sampled_from(planned or [minute_of(asked.start)]))
    for minute in (start - 1, start, start + 1):
        is_open = bool(openings(asked_of, minute, minute + 1))
        assert is_open == (not reasons(asked_of, minute))
        assert not is_open or places(asked_of, minute) > 0
        assert not is_open or best_group(asked_of, minute) is not None


@examples(100)
@given(cases.asked_of_courses(), st.data())
def test_engine_and_oracle_count_the_same_places(asked: Asked, data: st.DataObject) -> None:
    found = oracle.openings(asked.case, asked.start, asked.end)
    instant = data.draw(st.sampled_from(found or [asked.start]))
    assert places(question(asked.case), minute_of(instant)) == oracle.rooms(asked.case, instant)


def test_group_is_open_outside_all_hours_off_the_grid_and_over_its_own_time() -> None:
    held = between("2026-11-16T03:07Z/2026-11-16T04:07Z")
    host = replace(HOST, groups=(YOGA,), booked=held, absent=held, starts=(NIGHT,))
    planned = replace(QUESTION, hosts=(host,), of_groups=True, host_caps=Caps(1, 1))
    assert asked(planned) == ["11-16 03:07"]


def test_group_that_begins_too_soon_has_no_places() -> None:
    assert places(of_groups(YOGA), NIGHT) == 3
    assert places(of_groups(YOGA, now=NIGHT + 1), NIGHT) == 0


def test_full_group_is_closed_and_says_so() -> None:
    full = of_groups(replace(YOGA, places=0))
    assert asked(full) == []
    assert reasons(full, NIGHT) == {Reason.GROUP_FULL}
    assert reasons(full, NIGHT + 1) == {Reason.NO_GROUP}


def test_lead_time_dates_and_caps_of_the_invitation_count() -> None:
    only_tuesday = Dates(QUESTION.dates.zone, first=day("2026-11-17"))
    assert reasons(of_groups(YOGA, dates=only_tuesday), NIGHT) == {Reason.OUTSIDE_DATES}
    assert reasons(of_groups(YOGA, now=NIGHT + 1), NIGHT) == {Reason.TOO_SOON}
    capped = of_groups(YOGA, caps=Caps(per_day=1), starts=(MONDAY,))
    assert reasons(capped, NIGHT) == {Reason.INVITATION_CAP}


def test_all_hosts_are_needed_in_the_same_group_or_any_of_them() -> None:
    """A6."""
    alone, other = replace(YOGA, key=2), replace(YOGA, key=3, places=5)
    hosts = (replace(HOST, groups=(alone,)), replace(HOST, groups=(other,)))
    together = replace(QUESTION, hosts=hosts, of_groups=True)
    assert reasons(together, NIGHT) == {Reason.NO_GROUP}
    assert places(replace(together, any_host=True), NIGHT) == 8


def test_preferred_host_goes_first_and_an_excluded_one_takes_no_part() -> None:
    """A8, A6."""

    def hosts(*preferences: Preference) -> Question:
        each = [
            Host((), preference=preference, groups=(replace(YOGA, key=key),))
            for key, preference in enumerate(preferences)
        ]
        return replace(QUESTION, hosts=tuple(each), of_groups=True, any_host=True)

    some, first, never = Preference.NONE, Preference.PREFERRED, Preference.EXCLUDED
    assert best_group(hosts(some, some), NIGHT) == replace(YOGA, key=0)
    assert best_group(hosts(some, first), NIGHT) == replace(YOGA, key=1)
    assert best_group(hosts(never, some), NIGHT) == replace(YOGA, key=1)
    assert reasons(hosts(never, never), NIGHT) == {Reason.EXCLUDED_HOST}
