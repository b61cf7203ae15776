"""Operating hours as values of the engine: time slots and holidays, for whatever they are asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from scheduling.engine.hours import EpochDay, Week, WeeklyHours, epoch_day
from scheduling.engine.intervals import DAY, NOTHING, Intervals
from scheduling.models import Holiday, OperatingHours, TimeSlot
from scheduling.prepared import prepared

A_DAY = timedelta(days=1)

Topics = frozenset[int] | None
"""The keys of topics any of which a question is about, None for whatever there is."""


def serves(only_for: Collection[int], topics: Topics) -> bool:
    """Whether what is only for some topics, or for all if for none, is for any of a question's."""
    return topics is None or not only_for or not topics.isdisjoint(only_for)


@dataclass(slots=True)
class Slot:
    """A time slot in minutes of the local day; ``topics`` are those it is only for."""

    weekday: int
    opens: int
    closes: int
    is_extended: bool
    places: int | None
    topics: set[int] = field(default_factory=set)


class Pattern:
    """Operating hours, before it is known what they are asked for."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.slots: dict[int, Slot] = {}
        self.holidays: dict[EpochDay, Intervals] = {}
        self._hours: dict[tuple[Topics, bool], WeeklyHours] = {}

    @property
    def is_restricted(self) -> bool:
        """Whether any of it is only for some topics."""
        return any(slot.topics for slot in self.slots.values())

    def hours(self, topics: Topics = None, *, is_extended: bool = False) -> WeeklyHours:
        """As far as they hold for topics, and with or without extended time."""
        asked = topics, is_extended
        if asked not in self._hours:
            self._hours[asked] = self._made(*asked)
        return self._hours[asked]

    def _made(self, topics: Topics, is_extended: bool) -> WeeklyHours:
        slots = self.slots.values()
        for_us = [slot for slot in slots if serves(slot.topics, topics)]
        others = [slot for slot in slots if not serves(slot.topics, topics)]
        usual = [slot for slot in for_us if is_extended or not slot.is_extended]
        return WeeklyHours(
            self.zone,
            _week(usual),
            self.holidays,
            other_topics=_week(others),
            extended=_week(slot for slot in for_us if slot.is_extended),
            places=_places(usual),
        )


def patterns_of(keys: Collection[int], start: datetime, end: datetime) -> dict[int, Pattern]:
    """By the keys of operating hours, with holidays between two aware instants; in two queries."""
    found: dict[int, Pattern] = {}
    for row in map(SlotRow._make, _time_slot_rows(keys)):
        pattern = found.setdefault(row.hours, Pattern(row.zone))
        if row.key is not None:
            slot = pattern.slots.setdefault(row.key, _slot(row))
            if row.topic is not None:
                slot.topics.add(row.topic)
    # The local dates of a span reach at most a day beyond those in UTC.
    first, last = (start - A_DAY).date(), (end + A_DAY).date()
    for key, day, opens, closes in _holiday_rows(keys, first, last):
        holidays, pair = found[key].holidays, _minutes(opens or MIDNIGHT, closes or MIDNIGHT)
        holidays[epoch_day(day)] = holidays.get(epoch_day(day), Intervals()) | Intervals([pair])
    return found


MIDNIGHT = time(0)


class SlotRow(NamedTuple):
    """A time slot with one of its topics; nothing but hours and zone where there is none."""

    hours: int
    zone: ZoneInfo
    key: int | None
    type: str
    weekday: int
    opens: time
    closes: time
    places: int | None
    topic: int | None


def _slot(row: SlotRow) -> Slot:
    is_extended = row.type == TimeSlot.Type.EXTENDED
    return Slot(row.weekday, *_minutes(row.opens, row.closes), is_extended, row.places)


def _week(slots: Iterable[Slot]) -> Week:
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for slot in slots:
        days[slot.weekday].append((slot.opens, slot.closes))
    return tuple(Intervals(day) if day else NOTHING for day in days)


def _places(slots: Collection[Slot]) -> Mapping[int, Week]:
    stated: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        if slot.places is not None:
            stated[slot.places].append(slot)
    return {number: _week(its_slots) for number, its_slots in stated.items()}


def _minutes(opens: time, closes: time) -> tuple[int, int]:
    """Minutes of the day; an end of midnight is that of the day's end (rule T2)."""
    return _minute_of_day(opens), _minute_of_day(closes) or DAY


def _minute_of_day(local: time) -> int:
    return local.hour * 60 + local.minute


@prepared
def _time_slot_rows(keys: Collection[int]) -> QuerySet[OperatingHours, tuple[Any, ...]]:
    rows = OperatingHours.objects.filter(pk__in=keys).values_list(
        "pk",
        "time_zone",
        "time_slots",
        "time_slots__type",
        "time_slots__day_of_week",
        "time_slots__start_time",
        "time_slots__end_time",
        "time_slots__maximum_appointments",
        "time_slots__topics",
    )
    return rows.order_by()


@prepared
def _holiday_rows(
    keys: Collection[int], first: date, last: date
) -> QuerySet[Holiday, tuple[Any, ...]]:
    rows = Holiday.objects.filter(operating_hours__in=keys, date__gte=first, date__lte=last)
    return rows.values_list("operating_hours", "date", "start_time", "end_time").order_by()
