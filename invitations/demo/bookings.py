"""What was booked."""

from __future__ import annotations

from django.utils import timezone

from appointments import booking
from appointments.booking import Guest, SentForm
from appointments.models import AppointmentType, new_key
from appointments.openings import question
from appointments.terms import Terms
from invitations.demo.people import GUESTS, address_of
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import instant_of
from scheduling.engine.openings import openings
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup


def make_bookings(
    topic: WorkTypeGroup, team: dict[str, ServiceResource], offices: list[Territory]
) -> None:
    """Some appointments in each calendar, booked like any other, and no guest in two at once."""
    now = timezone.now()
    for turn, resource in enumerate(team.values()):
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
        guests = GUESTS[turn:] + GUESTS[:turn]
        for start, (first_name, last_name) in zip(starts, guests, strict=False):
            guest = Guest(
                first_name=first_name,
                last_name=last_name,
                email=address_of(first_name, last_name),
                phone="",
                subject="",
                description="",
                language="en",
                time_zone=office.time_zone,
            )
            booking.book(terms, instant_of(start), guest, SentForm(new_key(), now), now)
