"""The border: rows become values of the engine, in a fixed number of queries.

Four queries, for any number of meetings, resources and rows: memberships, time slots, holidays
and absences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from scheduling.engine.hours import Dates, EpochDay, WeeklyHours, epoch_day
from scheduling.engine.intervals import DAY, Intervals, Pair, minute_after, minute_of
from scheduling.engine.rules import Host, Place, Presence, Work
from scheduling.engine.windows import window
from scheduling.models import (
    Absence,
    Holiday,
    Membership,
    OperatingHours,
    ServiceResource,
    Territory,
    TimeSlot,
    WorkType,
)
from scheduling.prepared import prepared

A_DAY = timedelta(days=1)
HoursById = dict[int, WeeklyHours]


class Meeting(NamedTuple):
    """Work at a place with resources in order.

    ``work_type`` comes from ``with_rules()``, ``territory`` with its hours. ``visiting_hours`` is
    the key of the client's, None for any time.
    """

    work_type: WorkType
    territory: Territory
    resources: Sequence[ServiceResource]
    visiting_hours: int | None = None


class Known(NamedTuple):
    """What the engine needs to know of a meeting, all but appointments."""

    work: Work
    place: Place
    hosts: list[Host]
    visiting_hours: WeeklyHours | None


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


def windows(meetings: Sequence[Meeting], start: datetime, end: datetime) -> list[Known]:
    """What the engine needs to know of each between two aware instants, all but appointments.

    The hosts are in the order of the meeting's resources; one who is not active is never
    present. Without absences outside the span, the values are only good for questions inside it.
    """
    everybody = (resource for meeting in meetings for resource in meeting.resources)
    active = {resource.pk for resource in everybody if resource.is_active}
    stays = _stays(active, {meeting.territory.pk for meeting in meetings})
    hours = _hours(_hours_used(meetings, stays), start, end)
    absences = _absences(active, start, end)

    def host(resource: ServiceResource, territory: Territory) -> Host:
        presences = _presences(stays[resource.pk], territory, hours)
        return Host(presences, absent=absences[resource.pk])

    return [
        Known(
            _work(work_type, hours),
            Place(territory.time_zone, hours[territory.operating_hours_id]),
            [host(resource, territory) for resource in resources],
            None if visits is None else hours[visits],
        )
        for work_type, territory, resources, visits in meetings
    ]


def working_time(resource: ServiceResource, start: datetime, end: datetime) -> Intervals:
    """When a resource is at work anywhere, whatever the work, between two aware instants.

    Absences and appointments are not taken away. Read in four queries.
    """
    places = Territory.objects.filter(memberships__service_resource=resource)
    territories = {place.pk: place for place in places.select_related("operating_hours")}
    stays = _stays({resource.pk}, territories)
    hours = _hours(_hours_used([], stays), start, end)
    span = minute_of(start), minute_after(end)
    pieces = [
        window(
            Work(duration=1),
            Place(territory.time_zone, hours[territory.operating_hours_id]),
            Host(_presences(stays[resource.pk], territory, hours)),
            *span,
        )
        for territory in territories.values()
    ]
    return Intervals(pair for piece in pieces for pair in piece)


def whole_minutes(spans: Iterable[tuple[datetime, datetime]]) -> Intervals:
    """Busy instants as minutes, widened to whole ones."""
    return Intervals((minute_of(start), minute_after(end)) for start, end in spans)


def _work(work_type: WorkType, hours: HoursById) -> Work:
    return Work(
        duration=work_type.duration,
        start_interval=work_type.effective_start_interval,
        block_before=work_type.block_time_before,
        block_after=work_type.block_time_after,
        lead_time=work_type.lead_time,
        horizon=work_type.horizon,
        hours=hours[work_type.operating_hours_id] if work_type.operating_hours_id else None,
    )


def _stays(
    resources: Collection[int], territories: Collection[int]
) -> defaultdict[int, list[Stay]]:
    """Memberships at the territories, and relocations wherever they lead, by resource."""
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in map(Stay._make, _membership_rows(resources, territories)):
        found[stay.resource].append(stay)
    return found


@prepared
def _membership_rows(
    resources: Collection[int], territories: Collection[int]
) -> QuerySet[Membership, tuple[Any, ...]]:
    relevant = Q(territory__in=territories) | Q(type=Membership.Type.RELOCATION)
    rows = Membership.objects.filter(relevant, service_resource__in=resources).values_list(
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


def _presences(
    stays: Sequence[Stay], territory: Territory, hours: HoursById
) -> tuple[Presence, ...]:
    relocations = [stay for stay in stays if stay.type == Membership.Type.RELOCATION]
    return tuple(
        Presence(
            dates=_dates(stay, hours),
            hours=hours[stay.hours]
            if stay.hours not in (None, territory.operating_hours_id)
            else None,
            suspended=tuple(_dates(other, hours) for other in relocations if other.key != stay.key),
        )
        for stay in stays
        if stay.territory == territory.pk
    )


def _dates(stay: Stay, hours: HoursById) -> Dates:
    """Its dates, which are those of the place's zone (rule T4)."""
    return Dates(
        hours[stay.place_hours].zone,
        first=None if stay.first_date is None else epoch_day(stay.first_date),
        last=None if stay.last_date is None else epoch_day(stay.last_date),
    )


def _hours_used(meetings: Sequence[Meeting], stays: dict[int, list[Stay]]) -> set[int]:
    used: set[int | None] = set()
    for work_type, territory, _resources, visits in meetings:
        used |= {territory.operating_hours_id, work_type.operating_hours_id, visits}
    for row in stays.values():
        for stay in row:
            used |= {stay.hours, stay.place_hours}
    return {key for key in used if key is not None}


def _hours(keys: Collection[int], start: datetime, end: datetime) -> HoursById:
    pieces: defaultdict[int, list[list[Pair]]] = defaultdict(lambda: [[] for _ in range(7)])
    zones: dict[int, ZoneInfo] = {}
    for key, zone, slot_type, weekday, opens, closes in _time_slot_rows(keys):
        zones[key] = zone
        if slot_type == TimeSlot.Type.NORMAL:
            pieces[key][weekday].append((_minute_of_day(opens), _minute_of_day(closes) or DAY))
    holidays = _holidays(keys, start, end)
    return {
        key: WeeklyHours(zone, tuple(Intervals(day) for day in pieces[key]), holidays[key])
        for key, zone in zones.items()
    }


@prepared
def _time_slot_rows(keys: Collection[int]) -> QuerySet[OperatingHours, tuple[Any, ...]]:
    rows = OperatingHours.objects.filter(pk__in=keys).values_list(
        "pk",
        "time_zone",
        "time_slots__type",
        "time_slots__day_of_week",
        "time_slots__start_time",
        "time_slots__end_time",
    )
    return rows.order_by()


def _minute_of_day(local: time) -> int:
    return local.hour * 60 + local.minute


def _holidays(
    keys: Collection[int], start: datetime, end: datetime
) -> defaultdict[int, frozenset[EpochDay]]:
    """Holidays by hours; the local dates of a span reach at most a day beyond those in UTC."""
    found: defaultdict[int, set[EpochDay]] = defaultdict(set)
    for key, day in _holiday_rows(keys, (start - A_DAY).date(), (end + A_DAY).date()):
        found[key].add(epoch_day(day))
    return defaultdict(frozenset, {key: frozenset(days) for key, days in found.items()})


@prepared
def _holiday_rows(
    keys: Collection[int], first: date, last: date
) -> QuerySet[Holiday, tuple[int, date]]:
    rows = Holiday.objects.filter(operating_hours__in=keys, date__gte=first, date__lte=last)
    return rows.values_list("operating_hours", "date").order_by()


def _absences(
    resources: Collection[int], start: datetime, end: datetime
) -> defaultdict[int, Intervals]:
    spans: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for key, since, until in _absence_rows(resources, start, end):
        spans[key].append((since, until))
    return defaultdict(Intervals, {key: whole_minutes(pairs) for key, pairs in spans.items()})


@prepared
def _absence_rows(
    resources: Collection[int], start: datetime, end: datetime
) -> QuerySet[Absence, tuple[int, datetime, datetime]]:
    rows = Absence.objects.filter(service_resource__in=resources).overlapping(start, end)
    return rows.values_list("service_resource", "start", "end").order_by()
