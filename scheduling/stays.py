"""Memberships: who is where between which dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet

from scheduling.models import Membership
from scheduling.prepared import prepared


class Stay(NamedTuple):
    """A membership's row: who, where and when, and the ids of its own and the place's hours."""

    key: int
    resource: int
    territory: int
    type: str
    first_date: date | None
    last_date: date | None
    hours: int | None
    place_hours: int


def stays_of(
    resources: Collection[int], territories: Collection[int]
) -> defaultdict[int, list[Stay]]:
    """Memberships at the territories, and relocations wherever they lead, by resource."""
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in map(Stay._make, _membership_rows(resources)):
        if stay.territory in territories or stay.type == Membership.Type.RELOCATION:
            found[stay.resource].append(stay)
    return found


@prepared
def _membership_rows(resources: Collection[int]) -> QuerySet[Membership, tuple[Any, ...]]:
    # Few have more than these, and SQLite would plan a query anew that asks for a type.
    rows = Membership.objects.filter(service_resource__in=resources).values_list(
        "pk",
        "service_resource",
        "territory",
        "type",
        "start_date",
        "end_date",
        "operating_hours",
        "territory__operating_hours",
    )
    return rows.order_by("pk")
