"""What calendar files say of when somebody is busy."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from appointments.foreign_calendars.problems import Problem
from appointments.foreign_calendars.reading import Asked, busy_time
from scheduling.engine.intervals import minute_of
from tests.appointments.foreign_reading import AS_TEN, SINCE, TEN, UNTIL, busy, problem_of, shown
from tests.appointments.foreign_server import calendar, event, meeting
from tests.factories import BERLIN

NEW_YORK = ZoneInfo("America/New_York")


# What holds time


def test_an_event_holds_its_time_and_an_empty_calendar_none():
    assert busy(calendar(TEN)) == AS_TEN
    assert busy(calendar()) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "transp:transparent",
    ],
)
def test_what_is_marked_free_or_cancelled_holds_none(line):
    assert busy(calendar(meeting("20261124T090000Z", "20261124T100000Z", line))) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
    ],
)
def test_whatever_else_holds_it(line):
    assert busy(calendar(meeting("20261124T090000Z", "20261124T100000Z", line))) == AS_TEN


def test_what_overlaps_or_touches_is_one():
    events = [
        meeting("20261124T090000Z", "20261124T100000Z", number=1),
        meeting("20261124T093000Z", "20261124T103000Z", number=2),
        meeting("20261124T103000Z", "20261124T110000Z", number=3),
    ]
    assert busy(calendar(*events)) == [("24 10:00", "24 12:00")]


def test_what_only_reaches_into_the_span_comes_whole_and_what_lies_outside_not():
    events = [
        meeting("20261122T220000Z", "20261123T010000Z", number=1),
        meeting("20261122T200000Z", "20261122T210000Z", number=2),
        meeting("20261130T000000Z", "20261130T010000Z", number=3),
    ]
    assert busy(calendar(*events)) == [("22 23:00", "23 02:00")]


def test_a_part_of_a_minute_is_a_whole_one():
    assert busy(calendar(meeting("20261124T090059Z", "20261124T090101Z"))) == [
        ("24 10:00", "24 10:02")
    ]


def test_what_takes_no_time_holds_none():
    assert busy(calendar(event("DTSTART:20261124T090000Z"))) == []


def test_what_is_booked_here_does_not_come_back():
    assert busy(calendar(TEN), known=("1@example.com",)) == []
    assert busy(calendar(TEN), known=("11@example.com",)) == AS_TEN


def test_published_free_and_busy_time_is_read():
    lines = "FREEBUSY:20261124T090000Z/20261124T100000Z,20261125T090000Z/PT30M"
    free = "FREEBUSY;FBTYPE=FREE:20261126T090000Z/PT1H"
    tentative = "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261127T090000Z/PT1H"
    part = "\r\n".join(["BEGIN:VFREEBUSY", "UID:1", lines, free, tentative, "END:VFREEBUSY", ""])
    assert busy(calendar(part)) == [
        *AS_TEN,
        ("25 10:00", "25 10:30"),
        ("27 10:00", "27 11:00"),
    ]


# Zones


def test_times_without_a_zone_are_those_of_their_owner():
    local = meeting("20261124T090000", "20261124T100000")
    assert busy(calendar(local)) == [("24 09:00", "24 10:00")]
    assert busy(calendar(local), NEW_YORK) == [("24 15:00", "24 16:00")]


def test_days_are_those_of_the_calendar_or_else_of_their_owner():
    day = event("DTSTART;VALUE=DATE:20261124")
    assert busy(calendar(day)) == [("24 00:00", "25 00:00")]
    assert busy(calendar(day), NEW_YORK) == [("24 06:00", "25 06:00")]
    said = calendar(day, head="X-WR-TIMEZONE:America/New_York\r\n")
    assert busy(said) == [("24 06:00", "25 06:00")]
    unknown = calendar(day, head="X-WR-TIMEZONE:Middle/Earth\r\n")
    assert busy(unknown) == [("24 00:00", "25 00:00")]


def test_a_day_on_which_clocks_change_is_as_long_as_it_is():
    day = calendar(event("DTSTART;VALUE=DATE:20261025", "DTEND;VALUE=DATE:20261026"))
    asked = Asked(minute_of(SINCE - dt.timedelta(60)), minute_of(UNTIL), BERLIN)
    [(start, end)] = busy_time(day.encode(), asked)
    assert end - start == 25 * 60


def named(zone: str) -> str:
    return event(f"DTSTART;TZID={zone}:20261124T090000", f"DTEND;TZID={zone}:20261124T100000")


MINE = """BEGIN:VTIMEZONE
TZID:Mine
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
"""


def test_zones_by_name_by_windows_name_and_of_the_files_own():
    assert busy(calendar(named("America/New_York"))) == [("24 15:00", "24 16:00")]
    assert busy(calendar(named("Eastern Standard Time"))) == [("24 15:00", "24 16:00")]
    assert busy(calendar(MINE, named("Mine"))) == [("24 07:00", "24 08:00")]


def test_a_zone_that_nobody_knows_is_that_of_the_owner():
    assert busy(calendar(named("Nowhere/Land"))) == [("24 09:00", "24 10:00")]


# Recurrence


def test_an_event_recurs_by_its_rule_and_dates_but_for_exceptions_and_what_was_changed():
    zoned = "TZID=Europe/Berlin"
    series = event(
        f"DTSTART;{zoned}:20261005T100000",
        f"DTEND;{zoned}:20261005T110000",
        "RRULE:FREQ=DAILY",
        f"RDATE;{zoned}:20261124T180000",
        f"EXDATE;{zoned}:20261125T100000",
    )
    moved = event(
        f"RECURRENCE-ID;{zoned}:20261126T100000",
        f"DTSTART;{zoned}:20261126T150000",
        f"DTEND;{zoned}:20261126T160000",
    )
    dropped = event(
        f"RECURRENCE-ID;{zoned}:20261127T100000",
        f"DTSTART;{zoned}:20261127T100000",
        f"DTEND;{zoned}:20261127T110000",
        "STATUS:CANCELLED",
    )
    assert busy(calendar(series, moved, dropped)) == [
        ("23 10:00", "23 11:00"),
        ("24 10:00", "24 11:00"),
        ("24 18:00", "24 19:00"),
        ("26 15:00", "26 16:00"),
        ("28 10:00", "28 11:00"),
        ("29 10:00", "29 11:00"),
    ]


def test_a_rule_that_began_long_ago_and_what_lasts_for_years():
    birthday = event("DTSTART;VALUE=DATE:19500124", "RRULE:FREQ=MONTHLY", number=1)
    leave = meeting("20200101T000000Z", "20261124T000000Z", number=2)
    assert busy(calendar(birthday)) == [("24 00:00", "25 00:00")]
    assert busy(calendar(leave)) == [("01 01:00", "24 01:00")]


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20261129T230000Z", "DTEND:99991231T235959Z"],
        ["DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:99991231"],
    ],
)
def test_until_further_notice_is_as_long_as_anybody_asks(lines):
    asked = Asked(minute_of(SINCE), minute_of(UNTIL + dt.timedelta(days=368)), BERLIN)
    [(start, end)] = busy_time(calendar(event(*lines)).encode(), asked)
    assert (shown(start), end > asked.until) == ("30 00:00", True)


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY", "secondly"])
def test_rules_for_every_second_or_minute_are_refused(often):
    rule = f"RRULE:FREQ={often}"
    assert problem_of(calendar(meeting("20261124T090000Z", "20261124T090001Z", rule))) == (
        Problem.CONTENT
    )
