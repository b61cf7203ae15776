"""Invitations that show pages at their best and at their worst."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from appointments.weeks import Week
from invitations.models import InvitationKey
from scheduling.engine.intervals import minute_of
from scheduling.models import Absence, ServiceResource, Territory
from tests.factories import (
    BERLIN,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)

LONG_NAME = "Dr. Maximiliane Freifrau von Schwarzenberg-Hohenlohe"
LETTER = "Dear Ms. Gast,\n\nthe year is almost over. Please take whichever time suits you best."


def make_office(**fields: Any) -> Territory:
    return make_territory(
        **{
            "street": "Unter den Linden 12",
            "postal_code": "10117",
            "city": "Berlin",
            "country": "Germany",
            "phone": "+49 30 123 45 67",
            "email": "berlin@example.com",
            **fields,
        }
    )


def make_host(office: Territory, **fields: Any) -> ServiceResource:
    return make_resource(
        office,
        **{
            "name": LONG_NAME,
            "title": "Leiterin Vermögensnachfolge und Familienvermögen",
            "description": "Looks after families in the third generation.",
            "meeting_url": "https://meet.example.com/room",
            **fields,
        },
    )


def full_week() -> InvitationKey:
    """Every day from eight to eight, every quarter of an hour."""
    long_days = make_hours(days=range(7), times=((dt.time(8), dt.time(20)),))
    office = make_office(hours=long_days)
    work = make_work_type(office, start_interval=15)
    return make_invitation(make_host(office), territory=office, work_type=work)


def empty_week() -> tuple[InvitationKey, str]:
    """An invitation and the name of a week, two from now, in which its host is away."""
    key = make_invitation()
    week = Week.at(minute_of(timezone.now()), BERLIN).shifted(2)
    start = dt.datetime.combine(week.first_day, dt.time(), BERLIN)
    Absence.objects.create(
        service_resource=key.invitation.hosts.get().service_resource,
        start=start,
        end=start + dt.timedelta(days=7),
    )
    return key, str(week)


def open_choice() -> InvitationKey:
    """An invitation that leaves topic and place to the guest."""
    here, there = make_office(), make_office()
    make_topic(
        make_work_type(here, there), name="Financing a home", description="Buying, building."
    )
    make_topic(make_work_type(here, there), name="Wealth review")
    host = make_host(here)
    host.memberships.create(territory=there, type="secondary")
    return make_invitation(host, topic=None, work_type=None, message=LETTER)
