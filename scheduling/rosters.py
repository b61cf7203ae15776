"""Shifts as values of the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from scheduling.engine.intervals import Intervals, Pair, minute_after, minute_of
from scheduling.models import COUNTING, Shift
from scheduling.patterns import Topics, serves
from scheduling.prepared import prepared


@dataclass(slots=True)
class Worked:
    """A shift in minutes; ``topics`` are those it is only for."""

    pair: Pair
    topics: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Roster:
    """The shifts of one resource at one place."""

    shifts: dict[int, Worked] = field(default_factory=dict)

    def times(self, topics: Topics) -> tuple[Intervals, Intervals]:
        """The shifts for any of these topics, and those for others."""
        shifts = self.shifts.values()
        ours = (shift.pair for shift in shifts if serves(shift.topics, topics))
        others = (shift.pair for shift in shifts if not serves(shift.topics, topics))
        return Intervals(ours), Intervals(others)


Rosters = defaultdict[tuple[int, int], Roster]
"""By the keys of resource and territory."""


def rosters_of(
    resources: Collection[int], territories: Collection[int], start: datetime, end: datetime
) -> Rosters:
    """What counts of the shifts that meet a span between two aware instants, in one query.

    None where there is nobody to ask about, or nowhere.
    """
    found: Rosters = defaultdict(Roster)
    if not resources or not territories:
        return found
    rows = _shift_rows(resources, territories, COUNTING, start, end)
    for key, resource, territory, since, until, topic in rows:
        pair = minute_of(since), minute_after(until)
        shift = found[resource, territory].shifts.setdefault(key, Worked(pair))
        if topic is not None:
            shift.topics.add(topic)
    return found


@prepared
def _shift_rows(
    resources: Collection[int],
    territories: Collection[int],
    statuses: Collection[str],
    start: datetime,
    end: datetime,
) -> QuerySet[Shift, tuple[Any, ...]]:
    rows = Shift.objects.filter(
        service_resource__in=resources, territory__in=territories, status__in=statuses
    )
    fields = ("pk", "service_resource", "territory", "start", "end", "topics")
    return rows.overlapping(start, end).values_list(*fields).order_by()
