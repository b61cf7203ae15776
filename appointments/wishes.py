"""When a client can be met, and by whom (rule A8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from appointments.models import Client, ResourcePreference
from scheduling.engine.rules import Preference
from scheduling.models import ServiceResource
from scheduling.prepared import prepared

Kind = ResourcePreference.Kind
Row = tuple[int | None, Any, Any]
"""A client's visiting hours, a resource, and the kind of the preference for it; or twice None."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Visiting hours, and preferences among service resources, all by their keys.

    Without visiting hours any time will do. Where any resource is required, all others count as
    excluded.
    """

    visiting_hours: int | None = None
    preferred: frozenset[int] = frozenset()
    required: frozenset[int] = frozenset()
    excluded: frozenset[int] = frozenset()

    def about(self, resource: int) -> Preference:
        """How the client stands to a service resource."""
        if resource in self.excluded or (self.required and resource not in self.required):
            return Preference.EXCLUDED
        return Preference.PREFERRED if resource in self.preferred else Preference.NONE

    def counted(self, *, hours: bool, preferences: bool) -> Wishes:
        """Only the kinds that count."""
        if hours and preferences:
            return self
        visiting_hours = self.visiting_hours if hours else None
        return replace(self if preferences else NO_WISHES, visiting_hours=visiting_hours)

    def met(self, hosts: tuple[ServiceResource, ...]) -> tuple[ServiceResource, ...]:
        """Those of several hosts whom the client would meet; all of them where that is nobody.

        The engine then says that they are excluded (rule A9).
        """
        found = (host for host in hosts if self.about(host.pk) is not Preference.EXCLUDED)
        return tuple(found) or hosts


NO_WISHES = Wishes()


def wishes_of(client: Client | None) -> Wishes:
    """What a client wishes by now, read in one query; nobody wishes nothing."""
    return NO_WISHES if client is None else wishes_of_all([client.pk]).get(client.pk, NO_WISHES)


def wishes_of_all(clients: Collection[int]) -> dict[int, Wishes]:
    """The same for any number of clients, by their keys, in one query for all of them together."""
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for client, hours, resource, kind in _rows(clients):
        rows[client].append((hours, resource, kind))
    return {client: _wishes(its_rows) for client, its_rows in rows.items()}


def _wishes(rows: list[Row]) -> Wishes:
    def of(kind: str) -> frozenset[int]:
        return frozenset(resource for _hours, resource, its_kind in rows if its_kind == kind)

    return Wishes(rows[0][0], of(Kind.PREFERRED), of(Kind.REQUIRED), of(Kind.EXCLUDED))


@prepared
def _rows(clients: Collection[int]) -> QuerySet[Client, tuple[Any, ...]]:
    rows = Client.objects.filter(pk__in=clients).values_list(
        "pk",
        "visiting_hours",
        "resource_preferences__service_resource",
        "resource_preferences__kind",
    )
    return rows.order_by()
