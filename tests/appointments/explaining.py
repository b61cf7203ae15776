"""A week in which every kind of layer shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from appointments.models import BusyTime, ForeignCalendar
from invitations.models import InvitationKey
from scheduling.models import (
    Absence,
    Holiday,
    OperatingHours,
    SchedulingPolicy,
    ServiceResource,
    Shift,
    Territory,
    TimeSlot,
)
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)

LONG_NAME = "Dr. Maximiliane Freifrau von Schwarzenberg-Hohenlohe"

Clock = Callable[[int, str], dt.datetime]
"""The instant of a day of the week and a time of its clocks."""


def everything(monday: dt.date, **fields: object) -> InvitationKey:
    """An invitation to either of two hosts in the week from a Monday, until its Thursday."""

    def on(day: int, clock: str) -> dt.datetime:
        return at(f"{monday + dt.timedelta(days=day)} {clock}")

    hours = make_hours()
    place = make_territory(hours, name="Berlin Mitte")
    policy = SchedulingPolicy.objects.create(name="By shifts", working_time="intersection")
    work = make_work_type(
        place, name="Annual review", block_time_after=15, scheduling_policy=policy
    )
    topic = make_topic(work, name="Wealth")
    restrict(hours, monday)
    anna = make_resource(place, name="Anna Berger")
    long = make_resource(place, name=LONG_NAME)
    for host in (anna, long):
        put_on_shifts(host, place, on)
    keep_away(anna, long, on)
    make_appointment(anna, on(0, "10:00"), 60, territory=place, work_type=work)
    make_appointment(long, on(3, "11:00"), 60, territory=place, work_type=work)
    return make_invitation(
        anna,
        long,
        **{
            "any_host": True,
            "topic": topic,
            "territory": place,
            "until_date": monday + dt.timedelta(days=3),
            **fields,
        },
    )


def restrict(hours: OperatingHours, monday: dt.date) -> None:
    """A slot for another topic on Tuesday, and a holiday from Wednesday noon."""
    slot = TimeSlot.objects.create(
        operating_hours=hours, day_of_week=1, start_time=dt.time(17), end_time=dt.time(18)
    )
    slot.topics.add(make_topic(name="Other"))
    Holiday.objects.create(
        operating_hours=hours,
        date=monday + dt.timedelta(days=2),
        start_time=dt.time(12),
        end_time=dt.time(0),
        name="Buß- und Bettag",
    )


def put_on_shifts(host: ServiceResource, place: Territory, on: Clock) -> None:
    for day in range(4):
        Shift.objects.create(
            service_resource=host,
            territory=place,
            start=on(day, "09:00"),
            end=on(day, "16:00"),
            status="confirmed",
        )


def keep_away(anna: ServiceResource, long: ServiceResource, on: Clock) -> None:
    """By a calendar kept elsewhere, and by absences."""
    calendar = ForeignCalendar.objects.create(
        service_resource=anna, name="Private", url="https://example.com/a.ics"
    )
    BusyTime.objects.create(calendar=calendar, start=on(0, "13:00"), end=on(0, "14:30"))
    Absence.objects.create(
        service_resource=anna, type="medical", start=on(1, "09:00"), end=on(1, "12:00")
    )
    Absence.objects.create(service_resource=long, start=on(0, "00:00"), end=on(2, "00:00"))


def start_section(response: Any) -> str:
    """What the page says of a start, with its tags; empty where none is asked about."""
    html = response.content.decode()
    found = re.search(r'<section class="explain-start".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def in_words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" :", ":")
