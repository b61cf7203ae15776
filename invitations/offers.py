"""What is offered where, and who works there, for any number of invitations at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from invitations.models import Invitation
from scheduling.models import Membership, ServiceResource, Territory, WorkType, WorkTypeGroup
from scheduling.prepared import prepared

Hosts = tuple[ServiceResource, ...]


class Offered(NamedTuple):
    """A work type at one place, under one topic if under any."""

    work_type: WorkType
    place: int
    topic: int | None


class Offers:
    """What these invitations can come to.

    Four queries at most, whatever their number, and only those that somebody asks for: where
    topic and place are set, that is one.
    """

    def __init__(
        self, invitations: Collection[Invitation], hosts: Collection[ServiceResource]
    ) -> None:
        self._invitations = invitations
        self._hosts = hosts

    def topics(self, invitation: Invitation, hosts: Hosts) -> list[WorkTypeGroup]:
        """What is offered where the hosts work, all of them or any."""
        places = self._worked_by(invitation, hosts)
        if invitation.territory_id is not None:
            places = places & {invitation.territory_id}
        offered = {topic for topic, place in self._meanings if place in places}
        return [topic for key, topic in self._topics.items() if key in offered]

    def territories(
        self, invitation: Invitation, hosts: Hosts, topic: WorkTypeGroup | None
    ) -> list[Territory]:
        """Where the hosts work and the work is offered."""
        places = self._worked_by(invitation, hosts)
        return [
            territory
            for key, territory in self._territories.items()
            if key in places and self.work_type(invitation, topic, territory)
        ]

    def work_type(
        self, invitation: Invitation, topic: WorkTypeGroup | None, territory: Territory
    ) -> WorkType | None:
        """What is done at a place; the first counts, should a topic mean several there."""
        if topic is not None:
            return self._meanings.get((topic.pk, territory.pk))
        there = (work for work, place, _topic in self._offered if place == territory.pk)
        return next((work for work in there if work.pk == invitation.work_type_id), None)

    def _worked_by(self, invitation: Invitation, hosts: Hosts) -> set[int]:
        needed = 1 if invitation.any_host else len(hosts)
        keys = {host.pk for host in hosts}
        return {place for place, members in self._members.items() if len(members & keys) >= needed}

    @cached_property
    def _members(self) -> Mapping[int, set[int]]:
        """Who works at each place, at whatever time."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        rows = Membership.objects.filter(service_resource__in=self._hosts).order_by()
        for place, resource in rows.values_list("territory", "service_resource"):
            found[place].add(resource)
        return found

    @cached_property
    def _territories(self) -> dict[int, Territory]:
        return Territory.objects.select_related("operating_hours").in_bulk(list(self._members))

    @cached_property
    def _topics(self) -> dict[int, WorkTypeGroup]:
        return WorkTypeGroup.objects.in_bulk({topic for topic, _place in self._meanings})

    @cached_property
    def _meanings(self) -> Mapping[tuple[int, int], WorkType]:
        """What is done, by topic and place."""
        found: dict[tuple[int, int], WorkType] = {}
        for work_type, place, topic in self._offered:
            if topic is not None:
                found.setdefault((topic, place), work_type)
        return found

    @cached_property
    def _offered(self) -> list[Offered]:
        """Each work type once for each place and topic under which it is offered."""
        if any(each.topic_id is None and each.work_type_id is None for each in self._invitations):
            rows = _all_work(self._places)
        else:
            topics = {each.topic_id for each in self._invitations if each.topic_id}
            work_types = {each.work_type_id for each in self._invitations if each.work_type_id}
            rows = _work(topics, work_types, self._places)
        return [Offered(row, vars(row)["place"], vars(row)["topic"]) for row in rows]

    @property
    def _places(self) -> set[int]:
        fixed = {each.territory_id for each in self._invitations if each.territory_id is not None}
        is_open = any(each.territory_id is None for each in self._invitations)
        return fixed | set(self._members) if is_open else fixed


@prepared
def _all_work(places: Collection[int]) -> QuerySet[WorkType]:
    """Whatever is offered at these places, with ``place`` and ``topic``."""
    rows = WorkType.objects.with_rules().annotate(
        place=F("territory_work_types__territory"), topic=F("group_members__group")
    )
    return rows.filter(place__in=places).order_by("pk")


@prepared
def _work(
    topics: Collection[int], work_types: Collection[int], places: Collection[int]
) -> QuerySet[WorkType]:
    """The same for these topics and work types."""
    rows = WorkType.objects.with_rules().annotate(
        place=F("territory_work_types__territory"), topic=F("group_members__group")
    )
    asked = Q(topic__in=topics) | Q(pk__in=work_types)
    return rows.filter(asked, place__in=places).order_by("pk")
