"""What takes resources' time away: appointments, and calendars kept elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import DateTimeField, F, IntegerField, QuerySet, Value

from appointments.models import Assignment, BusyTime, ForeignCalendar
from scheduling.engine.intervals import Intervals, minute_of
from scheduling.prepared import prepared
from scheduling.windows import whole_minutes

ELSEWHERE = 0
"""Stands for the seat of what is in a foreign calendar."""

Span = tuple[datetime, datetime]


class Row(NamedTuple):
    """Time of a resource that is taken, on which seat, and until when it is held, None for good."""

    resource: int
    start: datetime
    end: datetime
    held_until: datetime | None
    seat: int


@dataclass(slots=True)
class Busy:
    """The taken time of one resource."""

    by_seat: defaultdict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))

    @property
    def elsewhere(self) -> Intervals:
        return whole_minutes(self.by_seat.get(ELSEWHERE, ()))

    @property
    def booked(self) -> Intervals:
        spans = (span for seat, spans in self.by_seat.items() if seat for span in spans)
        return whole_minutes(spans)

    @property
    def seats(self) -> tuple[Intervals, ...]:
        """Seat by seat where more than the first is taken."""
        highest = max(self.by_seat, default=1)
        if highest <= 1:
            return ()
        return tuple(whole_minutes(self.by_seat.get(seat, ())) for seat in range(1, highest + 1))


def busy_rows(
    resources: Collection[int], start: datetime, end: datetime, without: int
) -> list[Row]:
    """What meets a span between two aware instants, lapsed or not, in one query.

    That of the appointment with the key ``without`` is left out.
    """
    return list(map(Row._make, _rows(resources, start, end, without)))


def by_resource(rows: Iterable[Row]) -> defaultdict[int, Busy]:
    found: defaultdict[int, Busy] = defaultdict(Busy)
    for row in rows:
        found[row.resource].by_seat[row.seat].append((row.start, row.end))
    return found


def outdated(resources: Collection[int], hours_old: int, now: datetime) -> set[int]:
    """Those with a foreign calendar that was not read for so many hours, in one query."""
    since = now - timedelta(hours=hours_old)
    return {key for key, read in _oldest(resources) if read is None or read < since}


def starts_of(
    resources: Collection[int], start: datetime, end: datetime, since: datetime, without: int
) -> defaultdict[int, tuple[int, ...]]:
    """When each resource's appointments begin that hold time in a span, in one query.

    Those that lapsed by ``since``, and the one with the key ``without``, are left out.
    """
    found: defaultdict[int, tuple[int, ...]] = defaultdict(tuple)
    for resource, begins, held_until in _starts(resources, start, end, without):
        if held_until is None or held_until > since:
            found[resource] += (minute_of(begins),)
    return found


@prepared
def _rows(
    resources: Collection[int], start: datetime, end: datetime, without: int
) -> QuerySet[Assignment, tuple[Any, ...]]:
    assigned = Assignment.objects.filter(service_resource__in=resources)
    assigned = assigned.blocking(start, end).exclude(appointment=without)
    fields = ("service_resource", "blocked_start", "blocked_end", "holds_until", "seat")
    foreign = BusyTime.objects.filter(calendar__service_resource__in=resources)
    for_good = Value(None, output_field=DateTimeField())
    elsewhere = foreign.overlapping(start, end).values_list(
        F("calendar__service_resource"),
        "start",
        "end",
        for_good,
        Value(ELSEWHERE, output_field=IntegerField()),
    )
    return assigned.values_list(*fields).order_by().union(elsewhere.order_by(), all=True)


@prepared
def _oldest(
    resources: Collection[int],
) -> QuerySet[ForeignCalendar, tuple[int, datetime | None]]:
    rows = ForeignCalendar.objects.filter(service_resource__in=resources)
    return rows.values_list("service_resource", "read_at").order_by()


@prepared
def _starts(
    resources: Collection[int], start: datetime, end: datetime, without: int
) -> QuerySet[Assignment, tuple[Any, ...]]:
    rows = Assignment.objects.filter(service_resource__in=resources)
    rows = rows.blocking(start, end).exclude(appointment=without)
    return rows.values_list("service_resource", "appointment__start", "holds_until").order_by()
