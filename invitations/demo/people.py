"""Who works there, who assists them, and who their clients are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from appointments.models import Client
from scheduling.groups import ASSISTANTS, RESOURCES, join
from scheduling.models import Absence, AssistantGrant, Membership, ServiceResource, Territory

PASSWORD = "demo-password"  # noqa: S105  for demonstration on one's own machine, see the command


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the office; ``city`` is where they mainly work."""

    username: str
    name: str
    title: str
    description: str
    city: str


PEOPLE = [
    Person(
        "anna",
        "Anna Berger",
        "Wealth manager",
        "Anna looks after families and founders. She speaks German, English and French.",
        "Zürich",
    ),
    Person(
        "max",
        "Dr. Maximiliane von Schwarzenberg",
        "Head of portfolio management",
        "Maximiliane leads the portfolio team.",
        "Zürich",
    ),
    Person("luca", "Luca Meier", "Tax adviser", "Luca answers questions across borders.", "Zürich"),
    Person(
        "james",
        "James Carter",
        "Wealth manager",
        "James advises clients in the United States.",
        "New York",
    ),
]

# User name, type, days after next Monday, length in days
ABSENCES = [
    ("anna", Absence.Type.TRAINING, 2, 1),
    ("luca", Absence.Type.VACATION, 0, 5),
    ("james", Absence.Type.VACATION, 10, 4),
]

GUESTS = [("Elena", "Rossi"), ("Thomas", "Keller"), ("Sophie", "Dubois"), ("Daniel", "Wright")]


def make_resource(person: Person, offices: list[Territory]) -> ServiceResource:
    first_name, _, last_name = person.name.rpartition(" ")
    email = f"{person.username}@example.com"
    user = User.objects.create_user(
        person.username, email, PASSWORD, first_name=first_name, last_name=last_name
    )
    join(user, RESOURCES)
    home = next(office for office in offices if office.city == person.city)
    resource = ServiceResource.objects.create(
        name=person.name,
        title=person.title,
        description=person.description,
        email=email,
        phone=home.phone,
        meeting_url=f"https://meet.example.com/{person.username}",
        time_zone=home.time_zone,
        user=user,
    )
    Membership.objects.create(service_resource=resource, territory=home)
    return resource


def make_assistant(
    username: str, first_name: str, last_name: str, resource: ServiceResource
) -> User:
    user = User.objects.create_user(
        username,
        f"{username}@example.com",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
    )
    join(user, ASSISTANTS)
    AssistantGrant.objects.create(service_resource=resource, assistant=user)
    return user


def make_absences(team: dict[str, ServiceResource], today: dt.date) -> None:
    monday = today + dt.timedelta(days=7 - today.weekday())
    for username, kind, first_day, days in ABSENCES:
        resource = team[username]
        start = dt.datetime.combine(
            monday + dt.timedelta(days=first_day), dt.time(0), resource.time_zone
        )
        Absence.objects.create(
            service_resource=resource,
            type=kind,
            start=start,
            end=start + dt.timedelta(days=days),
            is_all_day=True,
        )


def make_clients() -> Client:
    """The guests, of whom the first has proved her address and another is there twice."""
    elena, *others = (_client(first_name, last_name) for first_name, last_name in GUESTS)
    elena.verified_at = timezone.now()
    twin = _client("Tom", "Keller", email=others[0].email, phone="+41 44 555 01 42")
    Client.objects.bulk_create([elena, *others, twin])
    return elena


def _client(first_name: str, last_name: str, email: str = "", phone: str = "") -> Client:
    return Client(
        first_name=first_name,
        last_name=last_name,
        email=email or address_of(first_name, last_name),
        phone=phone,
    )


def address_of(first_name: str, last_name: str) -> str:
    return f"{first_name}.{last_name}@example.com".lower()
