"""From an invitation's criteria, and what its guest chose, to the terms of a booking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from appointments.terms import Terms
from invitations.models import Invitation
from scheduling.models import (
    ServiceResource,
    Territory,
    WorkType,
    WorkTypeGroup,
)


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


def hosts_of(invitation: Invitation) -> tuple[ServiceResource, ...]:
    """In the order of the invitation, the primary one first."""
    hosts = ServiceResource.objects.filter(invitation_hosts__invitation=invitation)
    return tuple(hosts.order_by("invitation_hosts__position"))


def terms_of(
    invitation: Invitation,
    chosen: Mapping[str, str],
    hosts: tuple[ServiceResource, ...] | None = None,
) -> Terms | Undecided:
    """The terms, once topic and place are known, else what is still to be chosen.

    ``chosen`` may hold the ids ``topic`` and ``place``; what is not on offer counts as not
    chosen. A choice of one is no choice. ``hosts`` are given for an invitation that is not saved.
    """
    if hosts is None:
        hosts = hosts_of(invitation)
    topic, territory = invitation.topic, invitation.territory
    if topic is None and invitation.work_type_id is None:
        topics = _topics(hosts, invitation)
        topic = _picked(topics, chosen.get("topic", ""))
        if topic is None:
            return TopicChoice(topics) if topics else NothingOffered()
    if territory is None:
        territories = _territories(hosts, invitation, topic)
        territory = _picked(territories, chosen.get("place", ""))
        if territory is None:
            return PlaceChoice(territories) if territories else NothingOffered()
    work_type = _work_type(invitation, topic, territory)
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


def _work_type(
    invitation: Invitation, topic: WorkTypeGroup | None, territory: Territory
) -> WorkType | None:
    offered = WorkType.objects.with_start_interval()
    if topic is not None:
        return offered.of_topic_in(topic, territory).first()
    if invitation.work_type_id is not None:
        return offered.offered_in(territory).filter(pk=invitation.work_type_id).first()
    return None


def _territories(
    hosts: Sequence[ServiceResource], invitation: Invitation, topic: WorkTypeGroup | None
) -> list[Territory]:
    """Where the hosts work, all of them or any, and the work is offered."""
    if topic is not None:
        work_types = WorkType.objects.filter(groups=topic)
    else:
        work_types = WorkType.objects.filter(pk__in=[invitation.work_type_id])
    territories = Territory.objects.worked_by(hosts, at_least=_hosts_needed(hosts, invitation))
    return list(territories.offering(work_types).select_related("operating_hours"))


def _topics(hosts: Sequence[ServiceResource], invitation: Invitation) -> list[WorkTypeGroup]:
    """What is offered where the hosts work."""
    territories = Territory.objects.worked_by(hosts, at_least=_hosts_needed(hosts, invitation))
    if invitation.territory_id is not None:
        territories = territories.filter(pk=invitation.territory_id)
    return list(WorkTypeGroup.objects.offered_in(territories))


def _hosts_needed(hosts: Sequence[ServiceResource], invitation: Invitation) -> int:
    return 1 if invitation.any_host else len(hosts)


Option = TypeVar("Option", Territory, WorkTypeGroup)


def _picked(options: Sequence[Option], chosen: str) -> Option | None:
    if len(options) == 1:
        return options[0]
    return next((option for option in options if str(option.pk) == chosen), None)
