"""Rules of RFC 5545, by its own examples, and what clocks that change do to them."""

from __future__ import annotations

import datetime as dt
import time
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from scheduling.recurrence import Rule, check, occurrences

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
LONG_AGO = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
NINE, TEN = dt.time(9), dt.time(10)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def found(rule, first, end="10:00", zone=NEW_YORK, after=LONG_AGO):
    end_time = dt.time.fromisoformat(end)
    return occurrences(Rule.parse(rule), local(first), end_time, zone, ending_after=after)


def dates(text: str) -> list[dt.datetime]:
    """“1997-09 2 3; 1997-10 1” at nine."""
    months = (month.split() for month in text.split(";"))
    return [local(f"{month}-{int(day):02} 09:00") for month, *days in months for day in days]


def span(first: int, last: int) -> str:
    return " ".join(str(day) for day in range(first, last + 1))


SEPTEMBER_2 = "1997-09-02 09:00"
DAILY_TO_CHRISTMAS = (
    f"1997-09 {span(2, 30)}; 1997-10 {span(1, 31)}; 1997-11 {span(1, 30)}; 1997-12 {span(1, 23)}"
)
EVERY_OTHER_DAY = "1997-09 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-10 2 4"
JANUARIES = f"1998-01 {span(1, 31)}; 1999-01 {span(1, 31)}; 2000-01 {span(1, 31)}"
TUESDAYS = "1997-09 2 9 16 23 30; 1997-10 7 14 21 28; 1997-11 4 11 18 25; 1997-12 2 9 16 23"
TWO_A_WEEK = "1997-09 2 4 9 11 16 18 23 25 30; 1997-10 2"
ODD_WEEKS = (
    "1997-09 1 3 5 15 17 19 29; 1997-10 1 3 13 15 17 27 29 31; 1997-11 10 12 14 24 26 28;"
    " 1997-12 8 10 12 22"
)
THANKSGIVING_FRIDAYS = "1998-02 13; 1998-03 13; 1998-11 13; 1999-08 13; 2000-10 13"
SATURDAYS = "1997-09 13; 1997-10 11; 1997-11 8; 1997-12 13; 1998-01 10; 1998-02 7; 1998-03 7"

BY_DAYS = [  # section 3.8.5.3: rule, first start, dates, whether there are no more
    ("FREQ=DAILY;COUNT=10", SEPTEMBER_2, f"1997-09 {span(2, 11)}", True),
    ("FREQ=DAILY;UNTIL=19971224T000000Z", SEPTEMBER_2, DAILY_TO_CHRISTMAS, True),
    ("FREQ=DAILY;INTERVAL=2", SEPTEMBER_2, EVERY_OTHER_DAY, False),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", SEPTEMBER_2, "1997-09 2 12 22; 1997-10 2 12", True),
    (
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "1998-01-01 09:00",
        JANUARIES,
        True,
    ),
    ("FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", "1998-01-01 09:00", JANUARIES, True),
    (
        "FREQ=WEEKLY;COUNT=10",
        SEPTEMBER_2,
        "1997-09 2 9 16 23 30; 1997-10 7 14 21 28; 1997-11 4",
        True,
    ),
    ("FREQ=WEEKLY;UNTIL=19971224T000000Z", SEPTEMBER_2, TUESDAYS, True),
    (
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        SEPTEMBER_2,
        "1997-09 2 16 30; 1997-10 14 28; 1997-11 11 25; 1997-12 9 23; 1998-01 6 20; 1998-02 3 17",
        False,
    ),
    ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", SEPTEMBER_2, TWO_A_WEEK, True),
    ("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", SEPTEMBER_2, TWO_A_WEEK, True),
    (
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09-01 09:00",
        ODD_WEEKS,
        True,
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        SEPTEMBER_2,
        "1997-09 2 4 16 18 30; 1997-10 2 14 16",
        True,
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09-05 09:00",
        "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5; 1998-01 2; 1998-02 6; 1998-03 6; 1998-04 3;"
        " 1998-05 1; 1998-06 5",
        True,
    ),
    (
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "1997-09-05 09:00",
        "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5",
        True,
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09-07 09:00",
        "1997-09 7 28; 1997-11 2 30; 1998-01 4 25; 1998-03 1 29; 1998-05 3 31",
        True,
    ),
    (
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "1997-09-22 09:00",
        "1997-09 22; 1997-10 20; 1997-11 17; 1997-12 22; 1998-01 19; 1998-02 16",
        True,
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1997-09-28 09:00",
        "1997-09 28; 1997-10 29; 1997-11 28; 1997-12 29; 1998-01 29; 1998-02 26",
        False,
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        SEPTEMBER_2,
        "1997-09 2 15; 1997-10 2 15; 1997-11 2 15; 1997-12 2 15; 1998-01 2 15",
        True,
    ),
    (
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09-30 09:00",
        "1997-09 30; 1997-10 1 31; 1997-11 1 30; 1997-12 1 31; 1998-01 1 31; 1998-02 1",
        True,
    ),
    (
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09-10 09:00",
        "1997-09 10 11 12 13 14 15; 1999-03 10 11 12 13",
        True,
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        SEPTEMBER_2,
        "1997-09 2 9 16 23 30; 1997-11 4 11 18 25; 1998-01 6 13 20 27; 1998-03 3 10 17 24 31",
        False,
    ),
    (
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "1997-06-10 09:00",
        "1997-06 10; 1997-07 10; 1998-06 10; 1998-07 10; 1999-06 10; 1999-07 10; 2000-06 10;"
        " 2000-07 10; 2001-06 10; 2001-07 10",
        True,
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "1997-03-10 09:00",
        "1997-03 10; 1999-01 10; 1999-02 10; 1999-03 10; 2001-01 10; 2001-02 10; 2001-03 10;"
        " 2003-01 10; 2003-02 10; 2003-03 10",
        True,
    ),
    (
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "1997-01-01 09:00",
        "1997-01 1; 1997-04 10; 1997-07 19; 2000-01 1; 2000-04 9; 2000-07 18; 2003-01 1;"
        " 2003-04 10; 2003-07 19; 2006-01 1",
        True,
    ),
    (
        "FREQ=YEARLY;BYDAY=20MO",
        "1997-05-19 09:00",
        "1997-05 19; 1998-05 18; 1999-05 17",
        False,
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "1997-05-12 09:00",
        "1997-05 12; 1998-05 11; 1999-05 17",
        False,
    ),
    (
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1997-03-13 09:00",
        "1997-03 13 20 27; 1998-03 5 12 19 26; 1999-03 4 11 18 25",
        False,
    ),
    (
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1997-06-05 09:00",
        "1997-06 5 12 19 26; 1997-07 3 10 17 24 31; 1997-08 7 14 21 28; 1998-06 4 11 18 25;"
        " 1998-07 2 9 16 23 30; 1998-08 6 13 20 27; 1999-06 3 10 17 24",
        False,
    ),
    # The RFC takes the first date away by an EXDATE.
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", SEPTEMBER_2, THANKSGIVING_FRIDAYS, False),
    (
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1997-09-13 09:00",
        SATURDAYS,
        False,
    ),
    (
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996-11-05 09:00",
        "1996-11 5; 2000-11 7; 2004-11 2",
        False,
    ),
    (
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "1997-09-04 09:00",
        "1997-09 4; 1997-10 7; 1997-11 6",
        True,
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1997-09-29 09:00",
        "1997-09 29; 1997-10 30; 1997-11 27; 1997-12 30; 1998-01 29; 1998-02 26; 1998-03 30",
        False,
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "1997-08-05 09:00",
        "1997-08 5 10 19 24",
        True,
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "1997-08-05 09:00",
        "1997-08 5 17 19 31",
        True,
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "2007-01-15 09:00",
        "2007-01 15 30; 2007-02 15; 2007-03 15 30",
        True,
    ),
]
EVERY_TWENTY_MINUTES = [f"{9 + n // 3:02}:{n % 3 * 20:02}" for n in range(24)]
BY_TIMES = [  # rule, times of 2 September 1997
    # The RFC says 170000Z, which is 13:00 in New York, but means 17:00 there, as its list shows.
    (
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
        ["09:00", "12:00", "15:00"],
    ),
    (
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"],
    ),
    ("FREQ=MINUTELY;INTERVAL=90;COUNT=4", ["09:00", "10:30", "12:00", "13:30"]),
    (
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40;COUNT=24",
        EVERY_TWENTY_MINUTES,
    ),
    (
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16;COUNT=24",
        EVERY_TWENTY_MINUTES,
    ),
]


@pytest.mark.parametrize(
    ("rule", "first", "expected", "is_all"), BY_DAYS, ids=[each[0] for each in BY_DAYS]
)
def test_the_days_of_the_rfc(rule, first, expected, is_all):
    wanted = dates(expected)
    got = list(islice(found(rule, first), len(wanted) + 1))
    assert [each.shown for each in got[: len(wanted)]] == wanted
    assert [each.start for each in got[: len(wanted)]] == [
        each.replace(tzinfo=NEW_YORK) for each in wanted
    ]
    assert (len(got) == len(wanted)) == is_all


@pytest.mark.parametrize(("rule", "expected"), BY_TIMES, ids=[each[0] for each in BY_TIMES])
def test_the_times_of_the_rfc(rule, expected):
    assert [f"{each.shown:%H:%M}" for each in found(rule, SEPTEMBER_2)] == expected


def test_every_twenty_minutes_goes_on_the_next_day():
    rule = "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16"
    got = list(islice(found(rule, SEPTEMBER_2), 26))
    assert [each.shown for each in got[24:]] == [
        local("1997-09-03 09:00"),
        local("1997-09-03 09:20"),
    ]


# Clocks that change


def hours_of(rule, first, end, zone, number=3):
    """The real times, in UTC."""
    return [
        (f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}")
        for each in islice(found(rule, first, end, zone), number)
    ]


def test_the_wall_clock_stays_when_clocks_change():
    assert hours_of("FREQ=DAILY", "2026-03-28 09:00", "17:00", BERLIN) == [
        ("28 08:00", "28 16:00"),
        ("29 07:00", "29 15:00"),
        ("30 07:00", "30 15:00"),
    ]


def test_a_start_that_clocks_skip_is_the_change_and_loses_no_shift():
    assert hours_of("FREQ=DAILY", "2026-03-28 02:30", "06:00", BERLIN, 2) == [
        ("28 01:30", "28 05:00"),
        ("29 01:00", "29 04:00"),
    ]


def test_an_end_that_clocks_skip_is_the_change():
    assert hours_of("FREQ=DAILY;COUNT=1", "2026-03-28 22:00", "02:30", BERLIN) == [
        ("28 21:00", "29 01:00")
    ]


def test_what_lies_in_a_skipped_hour_is_left_out_that_night():
    assert hours_of("FREQ=DAILY", "2026-03-28 02:10", "02:50", BERLIN, 2) == [
        ("28 01:10", "28 01:50"),
        ("30 00:10", "30 00:50"),
    ]


def test_a_repeated_hour_is_in_a_shift_twice():
    assert hours_of("FREQ=DAILY;COUNT=1", "2026-10-25 02:15", "02:45", BERLIN) == [
        ("25 00:15", "25 01:45")
    ]


def test_half_an_hour_of_lord_howe_is_repeated_and_skipped():
    repeated = hours_of("FREQ=DAILY;COUNT=1", "2026-04-05 01:45", "01:50", LORD_HOWE)
    assert repeated == [("04 14:45", "04 15:20")]
    skipped = hours_of("FREQ=DAILY;COUNT=1", "2026-10-04 02:15", "03:00", LORD_HOWE)
    assert skipped == [("03 15:30", "03 16:00")]


def test_an_end_not_later_than_the_start_is_on_the_next_date():
    night = hours_of("FREQ=DAILY;COUNT=1", "2026-11-23 22:00", "06:00", BERLIN)
    assert night == [("23 21:00", "24 05:00")]
    whole_day = hours_of("FREQ=DAILY;COUNT=1", "2026-11-23 00:00", "00:00", BERLIN)
    assert whole_day == [("22 23:00", "23 23:00")]


# Ends of rules


@pytest.mark.parametrize(
    ("until", "number"),
    [
        ("20261125", 3),
        ("20261125T085959", 2),
        ("20261125T090000", 3),
        ("20261125T075959Z", 2),
        ("20261125T080000Z", 3),
        ("99991231", 30),
    ],
)
def test_until_is_understood_as_a_date_in_local_time_and_in_utc(until, number):
    got = islice(found(f"FREQ=DAILY;UNTIL={until}", "2026-11-23 09:00", zone=BERLIN), 30)
    assert len(list(got)) == number


def test_until_in_the_second_of_two_equal_hours_includes_the_first():
    """00:45 UTC is the first 02:45, 01:15 the second 02:15: the start at 02:30 is between them."""
    got = found("FREQ=DAILY;UNTIL=20261025T011500Z", "2026-10-25 02:30", "04:00", BERLIN)
    assert [f"{each.start:%H:%M}" for each in got] == ["00:30"]


# What is kept, and how long it takes


def refusal(text, first="2026-11-23 09:00"):
    with pytest.raises(ValidationError) as error:
        check(text, local(first), TEN, BERLIN)
    return error.value.messages[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every Monday",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYEASTER=1",
        "FREQ=DAILY;BYHOUR=25",
        "FREQ=DAILY;BYMINUTE=1000000000000",
        "FREQ=MONTHLY;BYDAY=60MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=1,-00",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20261332",
        "FREQ=DAILY\nDTSTART:20200101T000000",
        "DTSTART:20200101T000000\nRRULE:FREQ=DAILY",
    ],
)
def test_what_is_no_rule_is_refused_with_an_example(text):
    assert refusal(text) == "Enter a rule like FREQ=WEEKLY;BYDAY=MO,WE."


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=2",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;UNTIL=20200101",
    ],
)
def test_what_never_happens_is_refused_in_less_than_a_second(text):
    began = time.perf_counter()
    assert refusal(text) == "This never happens. Please check days and dates."
    assert time.perf_counter() - began < 2  # 0.2 s on an idle machine; up to the year 9999: 3 s


def test_what_happens_too_often_is_refused():
    assert "three times a day" in refusal("FREQ=DAILY;BYHOUR=9,10,11,12")
    assert refusal("FREQ=HOURLY") == "Repeat by days, weeks, months or years."


@pytest.mark.parametrize(
    "text",
    [
        "rrule:freq=weekly;byday=mo",
        "FREQ=YEARLY;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYMONTHDAY=01,-10,30",
        "FREQ=DAILY;BYHOUR=0;BYMINUTE=0",
    ],
)
def test_what_happens_now_and_then_is_taken(text):
    assert check(text, local("2026-11-23 09:00"), TEN, BERLIN)


def test_a_day_out_of_the_calendar_is_refused():
    assert refusal("FREQ=DAILY", "0001-01-01 09:00") == "Enter a valid date."


def test_a_rule_of_five_years_ago_is_quick_and_still_counts():
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    began = time.perf_counter()
    got = list(found("FREQ=DAILY;COUNT=1828", "2021-11-23 09:00", zone=BERLIN, after=now))
    assert time.perf_counter() - began < 0.5  # 10 ms on an idle machine
    assert [each.shown for each in got] == [local(f"2026-11-{day} 09:00") for day in (23, 24)]
