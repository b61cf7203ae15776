"""Appointments for several guests at once."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from appointments import planning
from appointments.booking import Guest, SentForm
from appointments.changes import Author
from appointments.models import Appointment, AppointmentType, new_key
from appointments.planning import Plan
from appointments.terms import Terms
from invitations.demo.office import make_topic
from invitations.demo.people import GUESTS, address_of
from invitations.generate import Criteria, generate
from scheduling.models import ServiceResource, Territory, WorkType

PLACES = 8
NEXT_WEEK, THE_WEEK_AFTER = 10, 17
"""Days after the Monday of this week: Thursdays."""


def make_seminar(host: ServiceResource, office: Territory, today: dt.date) -> None:
    """Two dates of a seminar, and some who come to the first."""
    topic = make_topic(
        "Seminar on inheritance",
        "How to pass on what you own, in a small circle.",
        90,
        [office],
        attendee_limit=PLACES,
    )
    terms = Terms(
        work_type=WorkType.objects.with_rules().get(groups=topic),
        territory=office,
        hosts=(host,),
        appointment_type=AppointmentType.IN_PERSON,
        time_zone=office.time_zone,
        topic=topic,
    )
    author = Author(host.user, host)
    first, _second = (_plan(terms, days, author, today) for days in (NEXT_WEEK, THE_WEEK_AFTER))
    for name in GUESTS[1:]:
        _add(first, name, author)
    asked = Criteria(hosts=(host,), topic=topic, territory=office)
    generate(asked, created_by=host.user, today=today)


def _plan(terms: Terms, days: int, author: Author, today: dt.date) -> Appointment:
    day = today + dt.timedelta(days=days - today.weekday())
    start = dt.datetime.combine(day, dt.time(18), terms.territory.time_zone)
    now = timezone.now()
    asked = Plan(terms, start, PLACES, "Inheritance, wills and gifts", "en")
    return planning.plan(asked, SentForm(new_key(), now), author=author, now=now).appointment


def _add(group: Appointment, name: tuple[str, str], author: Author) -> None:
    first_name, last_name = name
    guest = Guest(
        first_name=first_name,
        last_name=last_name,
        email=address_of(first_name, last_name),
        phone="",
        subject="",
        description="",
        language="en",
        time_zone=group.territory.time_zone,
    )
    now = timezone.now()
    planning.add(group.pk, guest, SentForm(new_key(), now), author=author, now=now)
