"""A wealth-management office in two cities, to look at and to play with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import holidays
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from appointments import booking
from appointments.booking import Guest, SentForm
from appointments.models import AppointmentType, Client, new_key
from appointments.openings import question
from appointments.terms import Terms
from invitations.development import customer_page_url, other_site
from invitations.generate import Criteria, generate
from invitations.models import (
    CustomerWebsite,
    InvitationKey,
    InvitationTemplate,
    ResourceDefaults,
)
from scheduling.engine.intervals import instant_of
from scheduling.engine.openings import bounds, openings
from scheduling.groups import ASSISTANTS, RESOURCES, join
from scheduling.models import (
    Absence,
    AssistantGrant,
    Holiday,
    Membership,
    OperatingHours,
    SchedulingPolicy,
    ServiceResource,
    Territory,
    TerritoryWorkType,
    TimeSlot,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)

PASSWORD = "demo-password"  # noqa: S105  for demonstration on one's own machine, see the command
MORNING = (dt.time(9), dt.time(12))
AFTERNOON = (dt.time(13), dt.time(17, 30))
EVENING = (dt.time(17), dt.time(19, 30))


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

ADDRESSES = {
    "Zürich": {
        "street": "Bahnhofstrasse 99",
        "postal_code": "8001",
        "city": "Zürich",
        "country": "Switzerland",
        "phone": "+41 44 555 01 00",
    },
    "New York": {
        "street": "500 Park Avenue",
        "postal_code": "10022",
        "city": "New York",
        "country": "United States",
        "phone": "+1 212 555 0100",
    },
}

# Name, description, minutes, minutes blocked after it, hours of lead time
TOPICS = [
    ("First meeting", "Get to know us, without obligation.", 30, 15, 4),
    ("Portfolio review", "Where your investments stand, and what comes next.", 60, 15, 24),
    ("Tax question", "A short answer to a question about tax.", 30, 0, 24),
]

# User name, type, days after next Monday, length in days
ABSENCES = [
    ("anna", Absence.Type.TRAINING, 2, 1),
    ("luca", Absence.Type.VACATION, 0, 5),
    ("james", Absence.Type.VACATION, 10, 4),
]

GUESTS = [("Elena", "Rossi"), ("Thomas", "Keller"), ("Sophie", "Dubois"), ("Daniel", "Wright")]


@dataclass(frozen=True, slots=True)
class Demo:
    """What the command prints: log-ins as (user name, who), a ready invitation, and one that
    opens on a customer's website."""

    log_ins: list[tuple[str, str]]
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
    return Demo(_log_ins(), key, embedded.first())


def _log_ins() -> list[tuple[str, str]]:
    people = [(person.username, f"{person.name}, {person.title}") for person in PEOPLE]
    return [("admin", "Administrator"), *people, ("carla", "Carla Weber, assistant of Anna")]


def _make(today: dt.date) -> InvitationKey:
    SchedulingPolicy.objects.create(name="Standard", start_interval=30, is_default=True)
    zurich = _office("Zürich", "Europe/Zurich", ("CH", "ZH"), today)
    new_york = _office("New York", "America/New_York", ("US", "NY"), today)
    topics = _topics([zurich, new_york])
    team = {person.username: _resource(person, [zurich, new_york]) for person in PEOPLE}
    User.objects.create_superuser("admin", "admin@example.com", PASSWORD)
    _assistant("carla", "Carla", "Weber", team["anna"])
    _absences(team, today)
    for first_name, last_name in GUESTS:
        Client.objects.create(
            first_name=first_name, last_name=last_name, email=_address(first_name, last_name)
        )
    _presets(team["anna"], topics)
    _invitations(team, topics, zurich, today)
    _bookings(topics["First meeting"], team, [zurich, new_york])
    return InvitationKey.objects.order_by("pk")[0]


def _office(city: str, zone: str, country: tuple[str, str], today: dt.date) -> Territory:
    hours = OperatingHours.objects.create(name=f"{city} office hours", time_zone=zone)
    for day in range(5):
        for start, end in (MORNING, AFTERNOON):
            hours.time_slots.create(day_of_week=day, start_time=start, end_time=end)
    hours.time_slots.create(
        day_of_week=3, start_time=EVENING[0], end_time=EVENING[1], type=TimeSlot.Type.EXTENDED
    )
    years = [today.year, today.year + 1]
    days = holidays.country_holidays(country[0], subdiv=country[1], years=years)
    Holiday.objects.bulk_create(
        Holiday(operating_hours=hours, date=day, name=name) for day, name in days.items()
    )
    return Territory.objects.create(
        name=f"{city} office", operating_hours=hours, email="office@example.com", **ADDRESSES[city]
    )


def _topics(offices: list[Territory]) -> dict[str, WorkTypeGroup]:
    made = {}
    for name, description, minutes, after, lead_hours in TOPICS:
        work_type = WorkType.objects.create(
            name=f"{name} ({minutes} min)",
            duration=minutes,
            block_time_after=after,
            timeframe_start=lead_hours,
            timeframe_end=90,
        )
        made[name] = WorkTypeGroup.objects.create(name=name, description=description)
        WorkTypeGroupMember.objects.create(group=made[name], work_type=work_type)
        for office in offices:
            TerritoryWorkType.objects.create(territory=office, work_type=work_type)
    return made


def _resource(person: Person, offices: list[Territory]) -> ServiceResource:
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


def _assistant(username: str, first_name: str, last_name: str, resource: ServiceResource) -> None:
    user = User.objects.create_user(
        username,
        f"{username}@example.com",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
    )
    join(user, ASSISTANTS)
    AssistantGrant.objects.create(service_resource=resource, assistant=user)


def _absences(team: dict[str, ServiceResource], today: dt.date) -> None:
    monday = today + dt.timedelta(days=7 - today.weekday())
    for username, kind, first_day, days in ABSENCES:
        resource = team[username]
        start = dt.datetime.combine(
            monday + dt.timedelta(days=first_day), dt.time(0), resource.time_zone
        )
        Absence.objects.create(
            service_resource=resource, type=kind, start=start, end=start + dt.timedelta(days=days)
        )


def _presets(resource: ServiceResource, topics: dict[str, WorkTypeGroup]) -> None:
    """The office's template, and one of a resource's own for a single click."""
    InvitationTemplate.objects.create(
        name="Portfolio review this quarter",
        slug="portfolio-review",
        topic=topics["Portfolio review"],
        until_after="P3M",
        max_per_guest=1,
        message="It is time for our regular review. Please choose a time that suits you.",
        questions="Which of your accounts should we talk about?",
        has_review=True,
        confirmation="Please bring your latest statement.",
        locked=["work"],
    )
    own = InvitationTemplate.objects.create(
        name="First meeting",
        slug="anna-first-meeting",
        owner=resource,
        topic=topics["First meeting"],
        until_after="P6W",
        skips_preview=True,
    )
    ResourceDefaults.objects.create(service_resource=resource, template=own)


def _invitations(
    team: dict[str, ServiceResource],
    topics: dict[str, WorkTypeGroup],
    office: Territory,
    today: dt.date,
) -> None:
    anna, luca = team["anna"], team["luca"]
    portfolio = Criteria(
        hosts=(anna,),
        topic=topics["Portfolio review"],
        territory=office,
        message="Dear client, please choose a time that suits you. I look forward to our talk.",
    )
    tax = Criteria(
        hosts=(luca, anna),
        topic=topics["Tax question"],
        territory=office,
        appointment_type=AppointmentType.VIDEO,
        any_host=True,
    )
    website = CustomerWebsite.objects.create(
        name="Example Family Office", page_url=customer_page_url(), allowed_origins=other_site()
    )
    first = Criteria(
        hosts=(anna,), topic=topics["First meeting"], territory=office, website=website
    )
    generate(portfolio, created_by=anna.user, today=today)
    generate(tax, created_by=luca.user, today=today)
    generate(first, created_by=anna.user, today=today)


def _bookings(
    topic: WorkTypeGroup, team: dict[str, ServiceResource], offices: list[Territory]
) -> None:
    """Some appointments in each calendar, booked like any other."""
    now = timezone.now()
    for resource in team.values():
        office = next(each for each in offices if each.time_zone == resource.time_zone)
        terms = Terms(
            work_type=WorkType.objects.with_rules().get(groups=topic),
            territory=office,
            hosts=(resource,),
            appointment_type=AppointmentType.IN_PERSON,
            time_zone=office.time_zone,
            topic=topic,
        )
        asked = question(terms, now)
        starts = openings(asked, *bounds(asked))[1 : 12 * len(GUESTS) : 12]
        for start, (first_name, last_name) in zip(starts, GUESTS, strict=False):
            guest = Guest(
                first_name=first_name,
                last_name=last_name,
                email=_address(first_name, last_name),
                phone="",
                subject="",
                description="",
                language="en",
                time_zone=office.time_zone,
            )
            booking.book(terms, instant_of(start), guest, SentForm(new_key(), now), now)


def _address(first_name: str, last_name: str) -> str:
    return f"{first_name}.{last_name}@example.com".lower()
