"""What recurs, with plain defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scheduling import recurring
from scheduling.models import AbsencePattern, ServiceResource, Shift, ShiftPattern, Territory
from tests.factories import at, make_resource, make_territory

NOW = at("2026-11-20 12:00")
EVERY_MONDAY = "FREQ=WEEKLY;BYDAY=MO"


def make_shift(resource: ServiceResource, start: str, end: str, **fields: Any) -> Shift:
    """“2026-11-23 09:00” on Berlin's clock; confirmed unless told, where the resource works."""
    if "territory" not in fields:
        fields["territory"] = Territory.objects.get(memberships__service_resource=resource)
    topics = fields.pop("topics", ())
    fields = {"status": "confirmed", **fields, "start": at(start), "end": at(end)}
    shift = Shift.objects.create(service_resource=resource, **fields)
    shift.topics.set(topics)
    return shift


def make_shift_pattern(now: dt.datetime = NOW, **fields: Any) -> ShiftPattern:
    """Every Monday from nine to five, confirmed, with its occurrences."""
    territory = fields.pop("territory", None) or make_territory()
    resource = fields.pop("service_resource", None) or make_resource(territory)
    topics = fields.pop("topics", ())
    usual = {
        "rule": EVERY_MONDAY,
        "first_date": dt.date(2026, 11, 2),
        "start_time": dt.time(9),
        "end_time": dt.time(17),
        "status": "confirmed",
    }
    pattern = ShiftPattern.objects.create(
        service_resource=resource, territory=territory, **{**usual, **fields}
    )
    pattern.topics.set(topics)
    recurring.renew(pattern, now)
    return pattern


def make_absence_pattern(now: dt.datetime = NOW, **fields: Any) -> AbsencePattern:
    """A meeting on every Monday from nine to ten, with its occurrences."""
    resource = fields.pop("service_resource", None) or make_resource(make_territory())
    usual = {
        "rule": EVERY_MONDAY,
        "first_date": dt.date(2026, 11, 2),
        "start_time": dt.time(9),
        "end_time": dt.time(10),
        "type": "meeting",
    }
    pattern = AbsencePattern.objects.create(service_resource=resource, **{**usual, **fields})
    recurring.renew(pattern, now)
    return pattern
