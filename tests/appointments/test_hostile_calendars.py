"""Calendars made to do harm: to pages, to other calendars, to messages that wait."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from appointments.foreign_calendars import reading
from appointments.foreign_calendars.refreshing import refresh
from appointments.models import BusyTime, ForeignCalendar
from scheduling.engine.intervals import instant_of, minute_of
from tests.appointments.foreign_server import calendar, meeting, sends, serving
from tests.factories import at, make_resource, make_territory

NOW = at("2026-11-23 08:00", "UTC")
ZONES = ["Pacific/Kiritimati", "America/Los_Angeles"]


def free_busy(period: str) -> str:
    return f"BEGIN:VFREEBUSY\r\nFREEBUSY:{period}\r\nEND:VFREEBUSY\r\n"


FOR_EVER = free_busy("00010101T000000Z/99991231T235959Z")


@pytest.mark.parametrize("zone", ZONES)
def test_time_from_the_first_day_to_the_last_is_an_instant_in_any_zone(zone):
    span = minute_of(NOW), minute_of(at("2027-11-23 08:00", "UTC"))
    asked = reading.Asked(*span, ZoneInfo(zone))
    [(start, end)] = reading.busy_time(calendar(FOR_EVER).encode(), asked).pairs
    assert start < span[0]
    assert end > span[1]
    for minute in (start, end):
        instant_of(minute).astimezone(ZoneInfo(zone))


@pytest.mark.django_db
@pytest.mark.database
def test_one_that_holds_all_time_keeps_no_other_from_being_read(settings, time_machine):
    settings.CALENDARS_FROM_HERE = True
    time_machine.move_to(NOW, tick=False)
    ten = meeting("20261124T090000Z", "20261124T100000Z")
    with serving(sends(calendar(FOR_EVER))) as odd, serving(sends(calendar(ten))) as kind:
        for url in (odd.url, kind.url):
            resource = make_resource(make_territory(), name=f"Resource of {url}")
            ForeignCalendar.objects.create(service_resource=resource, name="Private", url=url)
        refresh(NOW)
    assert BusyTime.objects.count() == 2
