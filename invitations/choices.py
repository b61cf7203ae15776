"""From an invitation's criteria, and what its guest chose, to the terms of a booking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from django.db.models import QuerySet

from appointments.models import Client
from appointments.terms import Terms
from appointments.wishes import NO_WISHES, Wishes, wishes_of, wishes_of_all
from invitations.models import Invitation, InvitationHost, Invited
from invitations.offers import Hosts, Offers
from scheduling.models import Territory, WorkTypeGroup
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
    """Whose time it offers, in its order, the primary one first."""
    return _invited(invitation).hosts


def _invited(invitation: Invitation) -> Invited:
    return Invited.of(_hosts_in_order(invitation.pk))


@prepared
def _hosts_in_order(invitation: int) -> QuerySet[InvitationHost]:
    rows = InvitationHost.objects.filter(invitation=invitation)
    return rows.select_related("service_resource").order_by("position")


def terms_of(
    invitation: Invitation,
    chosen: Mapping[str, str],
    hosts: Hosts | None = None,
    client: Client | None = None,
) -> Terms | Undecided:
    """The terms, once topic and place are known, else what is still to be chosen.

    ``chosen`` may hold the ids ``topic`` and ``place``; what is not on offer counts as not
    chosen. A choice of one is no choice. ``hosts`` are given where they are known, or the
    invitation is not saved: then nobody is invited beside. ``client`` is who looks, if known; their
    wishes count where the invitation respects them.
    """
    invited = _invited(invitation) if hosts is None else Invited(hosts, ())
    wishes = respected(invitation, client)
    taking_part = wishes.met(invited.hosts) if invitation.any_host else invited.hosts
    offers = Offers([invitation], taking_part)
    terms = _terms_of(invitation, chosen, taking_part, offers, wishes)
    if isinstance(terms, Terms):
        terms = replace(terms, optional=tuple(host for host in invited.optional if host.is_active))
    return terms


def respected(invitation: Invitation, client: Client | None) -> Wishes:
    """What counts of a client's wishes by now; a query only where the invitation respects them."""
    return wishes_of(client) if invitation.respects_wishes else NO_WISHES


def all_terms_of(invitations: Sequence[Invitation]) -> list[list[Terms]]:
    """For each invitation, the terms that its guest can come to by any choice.

    They are read in four queries, whatever the number of invitations, which come ``for_staff()``;
    in five where wishes count. Those are the wishes of the client who alone has a link.
    """
    wishes = _all_respected(invitations)
    hosts = [
        its_wishes.met(its_hosts) if each.any_host else its_hosts
        for each, its_hosts, its_wishes in zip(
            invitations, map(_hosts_known, invitations), wishes, strict=True
        )
    ]
    offers = Offers(invitations, set(chain.from_iterable(hosts)))
    return [
        list(_every_way(each, {}, its_hosts, offers, its_wishes))
        for each, its_hosts, its_wishes in zip(invitations, hosts, wishes, strict=True)
    ]


def _hosts_known(invitation: Invitation) -> Hosts:
    return Invited.of(invitation.hosts.all()).hosts


def _all_respected(invitations: Sequence[Invitation]) -> list[Wishes]:
    clients = [_only_client(each) if each.respects_wishes else None for each in invitations]
    known = {client for client in clients if client is not None}
    wishes = wishes_of_all(known) if known else {}
    return [NO_WISHES if client is None else wishes.get(client, NO_WISHES) for client in clients]


def _only_client(invitation: Invitation) -> int | None:
    """The key of the client whose links are all there are, None where others could open one."""
    clients = {key.client_id for key in invitation.keys.all()}
    return clients.pop() if len(clients) == 1 else None


def _every_way(
    invitation: Invitation,
    chosen: Mapping[str, str],
    hosts: Hosts,
    offers: Offers,
    wishes: Wishes,
) -> Iterator[Terms]:
    """Goes through the guest's choices as the guest would."""
    terms = _terms_of(invitation, chosen, hosts, offers, wishes)
    match terms:
        case Terms():
            yield terms
        case TopicChoice(topics):
            for topic in topics:
                way = {**chosen, "topic": str(topic.pk)}
                yield from _every_way(invitation, way, hosts, offers, wishes)
        case PlaceChoice(territories):
            for territory in territories:
                way = {**chosen, "place": str(territory.pk)}
                yield from _every_way(invitation, way, hosts, offers, wishes)


def _terms_of(
    invitation: Invitation,
    chosen: Mapping[str, str],
    hosts: Hosts,
    offers: Offers,
    wishes: Wishes,
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
        wishes=wishes,
        own_policy=invitation.scheduling_policy,
        is_extended=invitation.allows_extended_hours,
    )


Option = TypeVar("Option", Territory, WorkTypeGroup)


def _picked(options: Sequence[Option], chosen: str) -> Option | None:
    if len(options) == 1:
        return options[0]
    return next((option for option in options if str(option.pk) == chosen), None)
