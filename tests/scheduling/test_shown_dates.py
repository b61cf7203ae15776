"""Occurrences whose clocks skip midnight begin on another date than their rule has."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduling.models import Absence, AbsencePattern
from scheduling.recurrence import Rule, occurrences
from scheduling.recurring import renew, take_out
from tests.factories import at, make_resource, make_territory

pytestmark = pytest.mark.database

CASABLANCA, HAVANA = "Africa/Casablanca", "America/Havana"
LORD_HOWE, TROLL = "Australia/Lord_Howe", "Antarctica/Troll"
NUUK = "America/Nuuk"
"""Here 23:00 is skipped on the last Saturday of March: what begins then begins on Sunday."""

NOW = at("2027-03-20 08:00", "UTC")


def starts(zone: str, first: str, end: time, number: int) -> list[str]:
    begin = datetime.fromisoformat(first)
    found = occurrences(
        Rule.parse("FREQ=DAILY"), begin, end, ZoneInfo(zone), ending_after=at(first, zone)
    )
    return [
        f"{each.start:%dT%H:%M}/{each.end:%dT%H:%M}"
        for each, _ in zip(found, range(number), strict=False)
    ]


@pytest.mark.parametrize(
    ("zone", "first", "end", "expected"),
    [
        # Two hours at once: 01:00 is 03:00, and back.
        (TROLL, "2027-03-27T01:30", time(6), ["27T01:30/27T06:00", "28T01:00/28T04:00"]),
        (TROLL, "2027-10-31T00:30", time(2), ["30T22:30/31T02:00", "01T00:30/01T02:00"]),
        # At midnight: the first hour of a day is skipped, and one is there twice.
        (HAVANA, "2027-03-13T00:00", time(8), ["13T05:00/13T13:00", "14T05:00/14T12:00"]),
        (HAVANA, "2027-11-07T00:00", time(8), ["07T04:00/07T13:00", "08T05:00/08T13:00"]),
        # Backwards for Ramadan, and forwards after it.
        (CASABLANCA, "2027-02-06T22:00", time(6), ["06T21:00/07T06:00", "07T22:00/08T06:00"]),
        # Half an hour.
        (LORD_HOWE, "2027-10-03T01:00", time(3), ["02T14:30/02T16:00", "03T14:00/03T16:00"]),
        (NUUK, "2027-03-26T23:30", time(7), ["27T01:30/27T09:00", "28T01:00/28T08:00"]),
    ],
)
def test_clocks_of_every_kind_are_read_on_the_wall(zone, first, end, expected):
    assert starts(zone, first, end, 2) == expected


@pytest.mark.django_db
def test_one_that_begins_on_the_next_date_is_taken_out_of_its_own():
    resource = make_resource(make_territory(), time_zone=NUUK)
    pattern = AbsencePattern.objects.create(
        service_resource=resource,
        rule="FREQ=DAILY",
        first_date=date(2027, 3, 25),
        start_time=time(23, 30),
        end_time=time(7),
    )
    renew(pattern, NOW)
    saturday = at("2027-03-28 01:00", "UTC")
    before = set(pattern.occurrences.values_list("start", flat=True))
    take_out(pattern.occurrences.get(start=saturday))
    pattern.refresh_from_db()
    assert pattern.except_dates == ["2027-03-27"]
    renew(pattern, NOW)
    assert set(pattern.occurrences.values_list("start", flat=True)) == before - {saturday}
    assert Absence.objects.get(start=saturday).pattern is None
