"""Skills as values of the engine: what work needs, and when each resource has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from scheduling.engine.hours import Dates, epoch_day
from scheduling.engine.rules import Spells
from scheduling.models import SkillRequirement
from scheduling.prepared import prepared


class Held(NamedTuple):
    """A skill that a work type needs, and one resource's spell of it, if anybody has it."""

    work_type: int
    skill: int
    needed: int
    resource: int | None
    level: int
    first_date: date | None
    last_date: date | None


Spelled = dict[int | None, list[Held]]
"""Who has one skill, by the key of the resource."""

Needed = dict[int, dict[int, Spelled]]
"""Skills that work needs, by the keys of work type and skill."""


def skills_needed(work_types: Collection[int]) -> Needed:
    """What work needs, and who has it, whoever that is; in one query, none for no work."""
    found: defaultdict[int, dict[int, Spelled]] = defaultdict(dict)
    for held in map(Held._make, _rows(work_types) if work_types else ()):
        spelled = found[held.work_type].setdefault(held.skill, {})
        spelled.setdefault(held.resource, []).append(held)
    return dict(found)


def spells_of(
    resource: int, needed: dict[int, Spelled], zone: ZoneInfo, *, with_levels: bool
) -> tuple[Spells, ...]:
    """For each skill needed, when a resource has it; its dates are those of the place's zone."""
    return tuple(
        tuple(
            _dates(held, zone)
            for held in spelled.get(resource, ())
            if held.level >= held.needed or not with_levels
        )
        for spelled in needed.values()
    )


def _dates(held: Held, zone: ZoneInfo) -> Dates:
    return Dates(
        zone,
        first=None if held.first_date is None else epoch_day(held.first_date),
        last=None if held.last_date is None else epoch_day(held.last_date),
    )


@prepared
def _rows(work_types: Collection[int]) -> QuerySet[SkillRequirement, tuple[Any, ...]]:
    rows = SkillRequirement.objects.filter(work_type__in=work_types).values_list(
        "work_type",
        "skill",
        "level",
        "skill__resources__service_resource",
        "skill__resources__level",
        "skill__resources__start_date",
        "skill__resources__end_date",
    )
    return rows.order_by("skill")
