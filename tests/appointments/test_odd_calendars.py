"""How odd and hostile calendar files are read."""

from __future__ import annotations

import pytest

from appointments.foreign_calendars import trimming
from appointments.foreign_calendars.problems import Problem
from appointments.foreign_calendars.trimming import trimmed
from tests.appointments.foreign_reading import AS_TEN, TEN, busy, problem_of
from tests.appointments.foreign_server import calendar, event, meeting


def test_what_events_are_about_is_not_even_read():
    told = meeting(
        "20261124T090000Z",
        "20261124T100000Z",
        "SUMMARY:Interview with the competition",
        " which goes on",
        "ATTENDEE;CN=broken:::",
        "BEGIN:VALARM",
        "BEGIN:X-DEEPER",
        "DTSTART:garbage",
        "END:X-DEEPER",
        "END:VALARM",
    )
    kept = trimmed(calendar(told).encode())
    assert b"competition" not in kept
    assert b"goes on" not in kept
    assert b"garbage" not in kept
    assert busy(calendar(told)) == AS_TEN


def test_tasks_and_journals_hold_no_time():
    todo = (
        "BEGIN:VTODO\r\nUID:1\r\nDTSTART:20261124T090000Z\r\nDUE:20261124T100000Z\r\nEND:VTODO\r\n"
    )
    assert busy(calendar(todo)) == []


def test_marks_of_byte_order_bare_line_ends_folds_and_several_calendars():
    bare = calendar(TEN).replace("\r\n", "\n").replace("20261124T09", "2026\n 1124T09")
    assert busy(b"\xef\xbb\xbf" + bare.encode()) == AS_TEN
    second = calendar(meeting("20261125T090000Z", "20261125T100000Z"))
    assert busy(calendar(TEN) + second) == [*AS_TEN, ("25 10:00", "25 11:00")]


@pytest.mark.parametrize(
    "content",
    ["", "<!DOCTYPE html><title>Please sign in</title>", "\x00\x01", "{}", "VERSION:2.0"],
)
def test_what_is_no_calendar_is_said_to_be_none(content):
    assert problem_of(content) == Problem.ANSWER


@pytest.mark.parametrize(
    "content",
    [
        calendar(TEN).removesuffix("END:VCALENDAR\r\n"),
        calendar(TEN.removesuffix("END:VEVENT\r\n")),
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "BEGIN:VCALENDAR\r\nBEGIN:X-OTHER\r\nEND:VCALENDAR\r\n",
    ],
)
def test_half_a_calendar_is_not_taken_for_one(content):
    assert problem_of(content) == Problem.CONTENT


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:garbage", "DTEND:20261124T100000Z"],
        ["DTEND:20261124T100000Z"],
        ["DTSTART:20261124T090000Z", "DTEND:20261124T100000Z", "RRULE:FREQ=NEVER"],
        ["DTSTART:99980101T000000Z", "DTEND:99991231T235959Z", "RRULE:FREQ=NEVER"],
    ],
)
def test_a_broken_event_is_not_left_out_as_if_its_time_were_free(lines):
    with pytest.raises(Exception):  # noqa: B017, PT011  of whatever kind: the process fails
        busy(calendar(TEN, event(*lines, number=2)))


def test_more_events_than_anybody_has_are_not_read(monkeypatch):
    monkeypatch.setattr(trimming, "MOST_EVENTS", 3)
    events = [meeting("20261124T090000Z", "20261124T100000Z", number=each) for each in range(4)]
    assert busy(calendar(*events[:3])) == AS_TEN
    assert problem_of(calendar(*events)) == Problem.SIZE


def test_parts_within_parts_without_end_are_passed_over():
    deep = "BEGIN:X\r\n" * 100_000 + "END:X\r\n" * 100_000
    assert busy(calendar(deep, TEN)) == AS_TEN


def test_several_events_of_one_uid_count_each_but_of_a_revision_only_the_last():
    eleven = meeting("20261125T100000Z", "20261125T110000Z")
    assert busy(calendar(TEN, eleven)) == [*AS_TEN, ("25 11:00", "25 12:00")]
    moved = meeting("20261125T100000Z", "20261125T110000Z", "SEQUENCE:1")
    assert busy(calendar(TEN, moved)) == [("25 11:00", "25 12:00")]
    assert busy(calendar(TEN, eleven), known=("1@example.com",)) == []


def test_an_event_that_is_listed_twice_keeps_its_exceptions():
    daily = meeting("20261123T120000Z", "20261123T130000Z", "RRULE:FREQ=DAILY;COUNT=2")
    without = meeting(
        "20261124T120000Z", "20261124T130000Z", "RECURRENCE-ID:20261124T120000Z", "STATUS:CANCELLED"
    )
    assert busy(calendar(daily, daily, without)) == [("23 13:00", "23 14:00")]
