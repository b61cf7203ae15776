"""A wealth-management office in two cities, to look at and to play with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from appointments.models import Client
from invitations.demo.bookings import make_bookings
from invitations.demo.groups import make_seminar
from invitations.demo.links import make_invitations, make_presets
from invitations.demo.office import make_office, make_topics
from invitations.demo.people import (
    GUESTS,
    PASSWORD,
    PEOPLE,
    address_of,
    make_absences,
    make_assistant,
    make_clients,
    make_resource,
)
from invitations.demo.prospects import make_prospects
from invitations.demo.rosters import make_places, make_roster
from invitations.development import customer_page_url
from invitations.models import InvitationKey
from scheduling.models import SchedulingPolicy

__all__ = ["PASSWORD", "Demo", "load"]


@dataclass(frozen=True, slots=True)
class Demo:
    """What the command prints: log-ins as (user name, who), a client who signs in by mail, a ready
    invitation, and one that opens on a customer's website."""

    log_ins: list[tuple[str, str]]
    client: Client | None
    invitation: InvitationKey
    embedded: InvitationKey | None


@transaction.atomic
def load(today: dt.date) -> Demo:
    """Make the demo once; later calls return what is there."""
    key = InvitationKey.objects.filter(
        invitation__message__startswith="Dear client", invitation__created_by__username="anna"
    ).first()
    key = key or _make(today)
    embedded = InvitationKey.objects.filter(invitation__website__page_url=customer_page_url())
    client = Client.objects.proven().with_address(address_of(*GUESTS[0])).first()
    return Demo(_log_ins(), client, key, embedded.first())


def _log_ins() -> list[tuple[str, str]]:
    people = [(person.username, f"{person.name}, {person.title}") for person in PEOPLE]
    return [("admin", "Administrator"), *people, ("carla", "Carla Weber, assistant of Anna")]


def _make(today: dt.date) -> InvitationKey:
    SchedulingPolicy.objects.create(name="Standard", start_interval=30, is_default=True)
    zurich = make_office("Zürich", "Europe/Zurich", ("CH", "ZH"), today)
    new_york = make_office("New York", "America/New_York", ("US", "NY"), today)
    topics = make_topics([zurich, new_york])
    team = {person.username: make_resource(person, [zurich, new_york]) for person in PEOPLE}
    User.objects.create_superuser("admin", "admin@example.com", PASSWORD)
    carla = make_assistant("carla", "Carla", "Weber", team["anna"])
    make_absences(team, today)
    make_presets(team["anna"], topics)
    make_invitations(team, topics, zurich, make_clients(), today)
    make_bookings(topics["First meeting"], team, [zurich, new_york])
    make_prospects(team["anna"], carla, topics["First meeting"], zurich, today)
    make_places(zurich, topics["Tax question"])
    make_roster(team["max"], zurich, today)
    make_seminar(team["anna"], zurich, today)
    return InvitationKey.objects.order_by("pk")[0]
