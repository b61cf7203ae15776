"""The office: its places with their hours, and what it does there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import holidays

from scheduling.models import (
    Holiday,
    OperatingHours,
    Territory,
    TerritoryWorkType,
    TimeSlot,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)

MORNING = (dt.time(9), dt.time(12))
AFTERNOON = (dt.time(13), dt.time(17, 30))
EVENING = (dt.time(17), dt.time(19, 30))

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


def make_office(city: str, zone: str, country: tuple[str, str], today: dt.date) -> Territory:
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


def make_topics(offices: list[Territory]) -> dict[str, WorkTypeGroup]:
    return {
        name: make_topic(
            name,
            description,
            minutes,
            offices,
            block_time_after=after,
            timeframe_start=lead_hours,
            timeframe_end=90,
        )
        for name, description, minutes, after, lead_hours in TOPICS
    }


def make_topic(
    name: str, description: str, minutes: int, offices: list[Territory], **fields: Any
) -> WorkTypeGroup:
    """A topic with one kind of work, offered at the offices."""
    work_type = WorkType.objects.create(name=f"{name} ({minutes} min)", duration=minutes, **fields)
    topic = WorkTypeGroup.objects.create(name=name, description=description)
    WorkTypeGroupMember.objects.create(group=topic, work_type=work_type)
    for office in offices:
        TerritoryWorkType.objects.create(territory=office, work_type=work_type)
    return topic
