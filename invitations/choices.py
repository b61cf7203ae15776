"""From an invitation's criteria, and what its guest chose, to the terms of a booking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from django.db.models import QuerySet

from appointments.terms import Terms
from invitations.models import Invitation
from invitations.offers import Hosts, Offers
from scheduling.models import ServiceResource, Territory, WorkTypeGroup
from scheduling.prepared import prepared


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """The guest has to say what it is about first."""

    topics: Sequence[WorkTypeGroup]


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """The guest has to say where first."""

    territories: Sequence[Territory]


class NothingOffered:
    """The hosts no longer offer the work at the place."""


Undecided = TopicChoice | PlaceChoice | NothingOffered


def hosts_of(invitation: Invitation) -> Hosts:
    """In the order of the invitation, the primary one first."""
    return tuple(_hosts_in_order(invitation.pk))


@prepared
def _hosts_in_order(invitation: int) -> QuerySet[ServiceResource]:
    hosts = ServiceResource.objects.filter(invitation_hosts__invitation=invitation)
    return hosts.order_by("invitation_hosts__position")


def terms_of(
    invitation: Invitation,
    chosen: Mapping[str, str],
    hosts: Hosts | None = None,
) -> Terms | Undecided:
    """The terms, once topic and place are known, else what is still to be chosen.

    ``chosen`` may hold the ids ``topic`` and ``place``; what is not on offer counts as not
    chosen. A choice of one is no choice. ``hosts`` are given for an invitation that is not saved.
    """
    if hosts is None:
        hosts = hosts_of(invitation)
    return _terms_of(invitation, chosen, hosts, Offers([invitation], hosts))


def all_terms_of(invitations: Sequence[Invitation]) -> list[list[Terms]]:
    """For each invitation, the terms that its guest can come to by any choice.

    They are read in four queries, whatever the number of invitations, which come ``for_staff()``.
    """
    hosts = [tuple(row.service_resource for row in each.hosts.all()) for each in invitations]
    offers = Offers(invitations, set(chain.from_iterable(hosts)))
    pairs = zip(invitations, hosts, strict=True)
    return [list(_every_way(each, {}, its_hosts, offers)) for each, its_hosts in pairs]


def _every_way(
    invitation: Invitation, chosen: Mapping[str, str], hosts: Hosts, offers: Offers
) -> Iterator[Terms]:
    """Goes through the guest's choices as the guest would."""
    terms = _terms_of(invitation, chosen, hosts, offers)
    match terms:
        case Terms():
            yield terms
        case TopicChoice(topics):
            for topic in topics:
                way = {**chosen, "topic": str(topic.pk)}
                yield from _every_way(invitation, way, hosts, offers)
        case PlaceChoice(territories):
            for territory in territories:
                way = {**chosen, "place": str(territory.pk)}
                yield from _every_way(invitation, way, hosts, offers)


def _terms_of(
    invitation: Invitation, chosen: Mapping[str, str], hosts: Hosts, offers: Offers
) -> Terms | Undecided:
    topic, territory = invitation.topic, invitation.territory
    if topic is None and invitation.work_type_id is None:
        topics = offers.topics(invitation, hosts)
        topic = _picked(topics, chosen.get("topic", ""))
        if topic is None:
            return TopicChoice(topics) if topics else NothingOffered()
    if territory is None:
        territories = offers.territories(invitation, hosts, topic)
        territory = _picked(territories, chosen.get("place", ""))
        if territory is None:
            return PlaceChoice(territories) if territories else NothingOffered()
    work_type = offers.work_type(invitation, topic, territory)
    if work_type is None:
        return NothingOffered()
    return Terms(
        work_type=work_type,
        territory=territory,
        hosts=hosts,
        appointment_type=invitation.appointment_type,
        time_zone=invitation.time_zone,
        any_host=invitation.any_host,
        topic=topic,
        first_date=invitation.from_date,
        last_date=invitation.until_date,
        confirmation=invitation.confirmation,
    )


Option = TypeVar("Option", Territory, WorkTypeGroup)


def _picked(options: Sequence[Option], chosen: str) -> Option | None:
    if len(options) == 1:
        return options[0]
    return next((option for option in options if str(option.pk) == chosen), None)
