"""Which groups are planned, and how many places each has left, as the engine asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from appointments.models import GRACE, HOLDING, Appointment, Assignment, Status
from appointments.terms import Terms
from scheduling.engine.intervals import minute_of
from scheduling.engine.rules import Group
from scheduling.prepared import prepared


class Row(NamedTuple):
    """A resource's part in a group, of which so many places are taken."""

    resource: int
    work_type: int
    territory: int
    type: str
    key: int
    start: datetime
    end: datetime
    places: int
    taken: int


class Planned:
    """The groups of hosts by what is asked for."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._found: defaultdict[tuple[int, int, int, str], list[Group]] = defaultdict(list)
        for row in rows:
            start, end = minute_of(row.start), minute_of(row.end)
            group = Group(row.key, start, end - start, row.places - row.taken)
            self._found[row.resource, row.work_type, row.territory, row.type].append(group)

    def of(self, resource: int, terms: Terms) -> tuple[Group, ...]:
        asked = resource, terms.work_type.pk, terms.territory.pk, terms.appointment_type
        return tuple(self._found.get(asked, ()))


def planned(
    asked: Sequence[Terms], start: datetime, end: datetime, now: datetime, without: int
) -> Planned:
    """Those that begin between two instants; in no query where nobody asks for groups.

    The place that the appointment with the key ``without`` has counts as free.
    """
    of_groups = [terms for terms in asked if terms.of_groups]
    if not of_groups:
        return Planned()
    hosts = {host.pk for terms in of_groups for host in terms.hosts}
    works = {terms.work_type.pk for terms in of_groups}
    rows = _rows(hosts, works, start, end, now - GRACE, without)
    return Planned([Row._make(row) for row in rows])


def lock_groups(terms: Terms, start: datetime) -> None:
    """Lock every group that could take an attendee at a start (rule B1: after the resources).

    Its hosts may be others than those asked for besides, so that their locks are not enough.
    """
    at_start = Appointment.objects.filter(
        places__isnull=False,
        start=start,
        work_type=terms.work_type,
        territory=terms.territory,
        assignments__service_resource__in=terms.hosts,
    )
    keys = Appointment.objects.filter(pk__in=at_start.values("pk")).order_by("pk")
    list(keys.select_for_update().values_list("pk", flat=True))


def attendees_of(appointment: Appointment, now: datetime) -> list[Appointment]:
    """Those whom its changes concern as well, locked after it; nobody where it is no group."""
    if not appointment.is_group:
        return []
    standing = appointment.attendees.with_place(now - GRACE).filter(status__in=HOLDING)
    return list(standing.order_by("pk").select_for_update())


def has_outcomes(group: Appointment) -> bool:
    """Whether it was said of somebody in it whether they came; then it stays as it was."""
    return group.attendees.filter(status__in=[Status.COMPLETED, Status.NO_SHOW]).exists()


def taken_in(group: Appointment, now: datetime) -> int:
    """How many take part in it; to be asked under its lock where it decides."""
    return group.attendees.with_place(now - GRACE).count()


def places_taken(group: str, since: datetime, without: int = 0) -> Coalesce:
    """How many attendees the group with the key ``group`` has; ``since`` is now less GRACE."""
    attendees = Appointment.objects.with_place(since).exclude(pk=without)
    of_it = attendees.filter(group=OuterRef(group)).order_by()
    return Coalesce(Subquery(of_it.values("group").annotate(n=Count("pk")).values("n")), 0)


@prepared
def _rows(
    hosts: Collection[int],
    works: Collection[int],
    start: datetime,
    end: datetime,
    since: datetime,
    without: int,
) -> QuerySet[Assignment, tuple[Any, ...]]:
    gone = Assignment.objects.required().filter(service_resource__is_active=False)
    rows = Assignment.objects.filter(
        ~Exists(gone.filter(appointment=OuterRef("appointment"))),
        service_resource__in=hosts,
        is_required=True,
        appointment__places__isnull=False,
        appointment__work_type__in=works,
        appointment__status=Status.SCHEDULED,
        appointment__start__gte=start,
        appointment__start__lt=end,
    ).order_by("appointment__start", "appointment")
    return rows.annotate(taken=places_taken("appointment", since, without)).values_list(
        "service_resource",
        "appointment__work_type",
        "appointment__territory",
        "appointment__appointment_type",
        "appointment",
        "appointment__start",
        "appointment__end",
        "appointment__places",
        "taken",
    )
