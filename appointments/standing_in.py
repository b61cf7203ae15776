"""Who could stand in for a host who cannot be where they are booked, the best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from django.db.models import QuerySet

from appointments.conflicts import Conflict
from appointments.openings import questions_within
from appointments.own_terms import all_own_terms
from appointments.reassigning import is_reassignable
from appointments.terms import Terms
from appointments.wishes import NO_WISHES, Wishes, wishes_of_all
from scheduling.engine.assignment import in_order_of_rank
from scheduling.engine.hours import week_of
from scheduling.engine.intervals import Pair, instant_of, minute_of
from scheduling.engine.openings import alone
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Question, Reason
from scheduling.models import Membership, ServiceResource

FOR_GUESTS = frozenset(
    {
        Reason.OFF_GRID,
        Reason.TOO_SOON,
        Reason.TOO_LATE,
        Reason.EXTENDED_HOURS,
        Reason.INVITATION_CAP,
    }
)
"""What closes a start to guests, but is no matter where another host takes over."""

StandIns = list[ServiceResource]


def stand_ins(
    found: Sequence[Conflict], candidates: QuerySet[ServiceResource], most: int, now: datetime
) -> list[StandIns]:
    """For each conflict the best who are free, fit, and are not needed in it already: so many.

    They fit by place, skills and whom the client would meet. Read in the same queries for any
    number of conflicts.
    """
    possible = [each for each in found if is_reassignable(each.appointment, now)]
    if not possible:
        return [[] for _ in found]
    terms = _terms(possible, candidates)
    weeks = [_week(each) for each in possible]
    spans = [_needed(*each) for each in zip(possible, terms, weeks, strict=True)]
    since = instant_of(min(start for start, _end in spans))
    until = instant_of(max(end for _start, end in spans))
    asked = questions_within(terms, since, until, now)
    each = zip(possible, terms, asked, weeks, strict=True)
    ranked = iter([_ranked(*one, most) for one in each])
    return [next(ranked) if is_reassignable(one.appointment, now) else [] for one in found]


def _terms(found: Sequence[Conflict], candidates: QuerySet[ServiceResource]) -> list[Terms]:
    """Those of each appointment, with whoever else works at its place, and its client's wishes."""
    there = _by_place({each.appointment.territory_id for each in found}, candidates)
    wishes = wishes_of_all(
        {each.appointment.client_id for each in found if each.appointment.client_id is not None}
    )
    hosts = [_others(each, there[each.appointment.territory_id]) for each in found]
    own = all_own_terms([(each.appointment, its) for each, its in zip(found, hosts, strict=True)])
    return [
        replace(terms, wishes=_about_hosts(wishes.get(each.appointment.client_id or 0, NO_WISHES)))
        for terms, each in zip(own, found, strict=True)
    ]


def _by_place(
    territories: set[int], candidates: QuerySet[ServiceResource]
) -> defaultdict[int, StandIns]:
    rows = Membership.objects.filter(
        territory__in=territories, service_resource__in=candidates.filter(is_active=True)
    ).select_related("service_resource")
    found: defaultdict[int, StandIns] = defaultdict(list)
    for row in rows.order_by("service_resource__name", "service_resource"):
        if row.service_resource not in found[row.territory_id]:
            found[row.territory_id].append(row.service_resource)
    return found


def _others(conflict: Conflict, candidates: StandIns) -> StandIns:
    needed = conflict.appointment.hosts
    return [each for each in candidates if each not in needed]


def _about_hosts(wishes: Wishes) -> Wishes:
    """Without the client's hours: the time is settled."""
    return replace(wishes, visiting_hours=None)


def _week(conflict: Conflict) -> Pair:
    appointment = conflict.appointment
    return week_of(appointment.territory.time_zone, minute_of(appointment.start))


def _needed(conflict: Conflict, terms: Terms, week: Pair) -> Pair:
    """The week that ranks them, and what it would block of the next one."""
    start, work = minute_of(conflict.appointment.start), terms.work_type
    end = start + work.duration + work.block_time_after
    return min(week[0], start - work.block_time_before), max(week[1], end)


def _ranked(conflict: Conflict, terms: Terms, asked: Question, week: Pair, most: int) -> StandIns:
    # Whoever is best is asked first, as telling who is free takes longer than the order.
    best_first = in_order_of_rank(asked, range(len(asked.hosts)), week)
    free = (position for position in best_first if _is_free(conflict, asked, position))
    return [terms.hosts[position] for position in islice(free, most)]


def _is_free(conflict: Conflict, asked: Question, position: int) -> bool:
    start = minute_of(conflict.appointment.start)
    # Skills are asked of the primary host alone.
    leads = conflict.appointment.hosts[0] == conflict.host
    passed_over = FOR_GUESTS if leads else FOR_GUESTS | {Reason.UNSKILLED}
    return not reasons(alone(asked, asked.hosts[position]), start) - passed_over
