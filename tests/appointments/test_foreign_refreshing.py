"""Workers read calendars again and again; what goes wrong with one is nobody else's."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from structlog.testing import capture_logs

from appointments import calendar_files
from appointments.foreign_calendars import refreshing
from appointments.foreign_calendars.refreshing import LEASE, read_again, refresh
from appointments.locks import TooBusyError
from appointments.models import BusyTime, ForeignCalendar
from tests.appointments.foreign_server import (
    Answer,
    Stranger,
    calendar,
    event,
    meeting,
    sends,
    serving,
)
from tests.factories import at, make_appointment, make_resource, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 08:00", "UTC")
TEN = meeting("20261124T090000Z", "20261124T100000Z")
AS_TEN = [(at("2026-11-24 09:00", "UTC"), at("2026-11-24 10:00", "UTC"))]
Problem = ForeignCalendar.Problem


@pytest.fixture(autouse=True)
def _here(settings, time_machine):
    settings.CALENDARS_FROM_HERE = True
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna Berger")


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    """Answers with what is set as its ``answer``."""
    with serving(lambda handler: stranger.answer(handler)) as stranger:  # type: ignore[attr-defined]
        answers(stranger, sends(calendar(TEN)))
        yield stranger


def answers(stranger: Stranger, answer: Answer) -> None:
    stranger.answer = answer  # type: ignore[attr-defined]


def make_calendar(resource, url: str, **fields) -> ForeignCalendar:
    return ForeignCalendar.objects.create(
        service_resource=resource, name="Private", url=url, **fields
    )


def held(resource) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = BusyTime.objects.filter(calendar__service_resource=resource).order_by("start")
    return list(rows.values_list("start", "end"))


def later(calendar: ForeignCalendar, time_machine) -> ForeignCalendar:
    """When it is due again."""
    calendar.refresh_from_db()
    time_machine.move_to(calendar.next_at, tick=False)
    return calendar


# Reading


def test_a_new_calendar_is_read_and_then_about_every_quarter_of_an_hour(anna, stranger):
    found = make_calendar(anna, stranger.url)
    refresh(NOW)
    found.refresh_from_db()
    assert held(anna) == AS_TEN
    assert (found.read_at, found.failures, found.problem) == (NOW, 0, "")
    assert (
        dt.timedelta(0) <= found.next_at - NOW - dt.timedelta(minutes=15) < dt.timedelta(minutes=1)
    )
    refresh(NOW)
    assert len(stranger.asked) == 1


def test_what_stays_the_same_stays_the_same_row(anna, stranger, time_machine):
    found = make_calendar(anna, stranger.url)
    refresh(NOW)
    [kept] = BusyTime.objects.all()
    eleven = meeting("20261124T110000Z", "20261124T120000Z", number=2)
    answers(stranger, sends(calendar(TEN, eleven)))
    later(found, time_machine)
    refresh(found.next_at)
    assert held(anna) == [*AS_TEN, (at("2026-11-24 11:00", "UTC"), at("2026-11-24 12:00", "UTC"))]
    assert BusyTime.objects.order_by("start").first() == kept
    answers(stranger, sends(calendar()))
    later(found, time_machine)
    refresh(found.next_at)
    assert held(anna) == []


def test_what_did_not_change_is_not_sent_again_but_once_a_day(anna, stranger, time_machine):
    answers(stranger, sends(calendar(TEN), ETag='"one"'))
    found = make_calendar(anna, stranger.url)
    refresh(NOW)
    answers(stranger, sends(b"", 304))
    later(found, time_machine)
    refresh(found.next_at)
    later(found, time_machine)
    assert (held(anna), found.problem, found.read_at > NOW) == (AS_TEN, "", True)
    assert [headers.get("If-None-Match") for _path, headers in stranger.asked] == [None, '"one"']
    # Days have come into sight since, of which nobody knows yet.
    answers(stranger, sends(calendar(TEN), ETag='"one"'))
    time_machine.move_to(NOW + dt.timedelta(days=1, minutes=1), tick=False)
    refresh(NOW)
    assert stranger.asked[-1][1].get("If-None-Match") is None


def test_a_recurring_event_is_known_for_as_long_as_anybody_can_book(anna, stranger):
    daily = meeting("20261101T090000Z", "20261101T100000Z", "RRULE:FREQ=DAILY")
    answers(stranger, sends(calendar(daily)))
    make_calendar(anna, stranger.url)
    refresh(NOW)
    found = held(anna)
    assert found[0][1] > NOW - dt.timedelta(days=1)
    assert found[-1][0] > NOW + dt.timedelta(days=367)


def test_times_without_a_zone_are_those_of_the_resource(stranger):
    tokyo = make_resource(make_territory(), name="Kenji", time_zone="Asia/Tokyo")
    answers(stranger, sends(calendar(meeting("20261124T180000", "20261124T190000"))))
    make_calendar(tokyo, stranger.url)
    refresh(NOW)
    assert held(tokyo) == AS_TEN


def test_appointments_that_are_booked_here_do_not_come_back(anna, stranger):
    appointment = make_appointment(anna, at("2026-11-24 09:00", "UTC"))
    same = TEN.replace("1@example.com", calendar_files.uid(appointment.uid))
    other = meeting("20261125T090000Z", "20261125T100000Z", number=2)
    answers(stranger, sends(calendar(same, other)))
    make_calendar(anna, stranger.url)
    refresh(NOW)
    assert held(anna) == [(at("2026-11-25 09:00", "UTC"), at("2026-11-25 10:00", "UTC"))]


# What goes wrong


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for byte in calendar(TEN).encode() * 100:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.2)


def headers_that_drip(handler: BaseHTTPRequestHandler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.2)


def busy_for_hours() -> str:
    rule = "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=-1"
    return calendar(meeting("19700101T000000Z", "19700101T000100Z", rule))


def many_events() -> bytes:
    one = "BEGIN:VEVENT\r\nDTSTART:20261124T090000Z\r\nEND:VEVENT\r\n"
    return gzip.compress(calendar(one * 1_000_000).encode(), 1)


PACKED = {"Content_Encoding": "gzip"}
HOSTILE: dict[str, tuple[Callable[[], Answer], Problem]] = {
    "drip": (lambda: drip, Problem.ANSWER),
    "headers that drip": (lambda: headers_that_drip, Problem.ANSWER),
    "gzip bomb": (lambda: sends(gzip.compress(b"\0" * 300 * 1024**2, 9), **PACKED), Problem.SIZE),
    "a million events": (lambda: sends(many_events(), **PACKED), Problem.SIZE),
    "a rule without end": (lambda: sends(busy_for_hours()), Problem.SIZE),
    "every second": (
        lambda: sends(calendar(event("DTSTART:20261124T090000Z", "RRULE:FREQ=SECONDLY"))),
        Problem.CONTENT,
    ),
    "nested": (lambda: sends("BEGIN:VCALENDAR\r\n" * 400_000), Problem.CONTENT),
    "garbage": (lambda: sends(calendar(event("DTSTART:garbage"))), Problem.CONTENT),
    "a page": (lambda: sends("<title>Intranet: payroll</title>"), Problem.ANSWER),
    "gone": (lambda: sends("gone", 404), Problem.ANSWER),
    "led to metadata": (
        lambda: sends(b"", 302, Location="http://169.254.169.254/latest/"),
        Problem.ADDRESS,
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_whatever_a_server_does_what_was_known_stays_and_others_are_read(
    case, anna, stranger, monkeypatch, time_machine
):
    limits = {"clock": 5} if "drip" in case else {"processor": 2}
    monkeypatch.setattr(refreshing, "LIMITS", replace(refreshing.LIMITS, **limits))
    found = make_calendar(anna, stranger.url)
    refresh(NOW)
    make, problem = HOSTILE[case]
    answers(stranger, make())
    later(found, time_machine)
    bernd = make_resource(make_territory(), name="Bernd Other")
    with serving(sends(calendar(TEN))) as kind:
        make_calendar(bernd, kind.url)
        started = time.perf_counter()
        with capture_logs() as logs:
            refresh(found.next_at)
    assert time.perf_counter() - started < 30
    found.refresh_from_db()
    assert (found.problem, found.failures, found.read_at) == (problem, 1, NOW)
    assert (held(anna), held(bernd)) == (AS_TEN, AS_TEN)
    said = [(line["event"], line.get("problem")) for line in logs]
    assert said == [("calendar not read", problem.value)]
    assert "secret" not in str(logs)


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://localhost/",
        "http://127.0.0.1/",
        "https://nobody.invalid/",
    ],
)
def test_an_address_that_leads_within_says_no_more_than_one_that_leads_nowhere(url, anna, settings):
    settings.CALENDARS_FROM_HERE = False
    found = make_calendar(anna, url)
    refresh(NOW)
    found.refresh_from_db()
    assert (found.problem, found.read_at) == (Problem.ADDRESS, None)


def test_pauses_grow_with_each_failure_and_end_with_the_next_success(
    anna, monkeypatch, time_machine
):
    outcome = refreshing.Outcome(Problem.ANSWER)
    monkeypatch.setattr(refreshing, "_read", lambda order: outcome)
    found = make_calendar(anna, "https://example.com/a.ics")
    pauses = []
    for _ in range(9):
        refresh(found.next_at)
        before = dt.datetime.now(dt.UTC)
        pauses.append((later(found, time_machine).next_at - before) // dt.timedelta(minutes=1))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    outcome = refreshing.Outcome(busy=[])
    refresh(found.next_at)
    found.refresh_from_db()
    assert (found.failures, found.problem) == (0, "")


# Several workers, and what happens meanwhile


def meanwhile(act: Callable[[], object], monkeypatch) -> None:
    """Do something between reading a calendar and keeping what it holds."""
    keep = refreshing._keep

    def keep_after(*args):
        act()
        return keep(*args)

    monkeypatch.setattr(refreshing, "_keep", keep_after)


def claims(barrier: threading.Barrier) -> list[int]:
    """What a worker of its own claims until nothing is due."""
    try:
        barrier.wait()
        found: list[int] = []
        while claimed := refreshing._claim(NOW):
            found += [calendar.pk for calendar in claimed]
        return found
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_workers_that_begin_at_once_share_what_is_due(anna):
    keys = {
        make_calendar(anna, f"https://example.com/{each}.ics", next_at=NOW).pk for each in range(20)
    }
    barrier = threading.Barrier(3)
    with ThreadPoolExecutor(3) as workers:
        claimed = [key for found in workers.map(claims, [barrier] * 3) for key in found]
    assert (len(claimed), set(claimed)) == (20, keys)


def test_what_one_worker_has_in_hand_no_other_reads(anna, stranger, monkeypatch):
    make_calendar(anna, stranger.url)
    meanwhile(lambda: claimed.extend(refreshing._claim(NOW)), monkeypatch)
    claimed: list[ForeignCalendar] = []
    refresh(NOW)
    assert (claimed, held(anna)) == ([], AS_TEN)


def test_a_worker_that_died_is_waited_for_until_its_lease_runs_out(anna, stranger, time_machine):
    make_calendar(anna, stranger.url)
    [lost] = refreshing._claim(NOW)
    refresh(NOW)
    assert stranger.asked == []
    time_machine.move_to(NOW + LEASE, tick=False)
    refresh(NOW + LEASE)
    assert held(anna) == AS_TEN
    # Should it come back to life, it has nothing to say any more.
    refreshing._keep(lost, refreshing.Outcome(busy=[]))
    assert held(anna) == AS_TEN


def test_a_calendar_that_is_deleted_meanwhile_leaves_nothing(anna, stranger, monkeypatch):
    make_calendar(anna, stranger.url)
    meanwhile(lambda: ForeignCalendar.objects.all().delete(), monkeypatch)
    refresh(NOW)
    assert BusyTime.objects.count() == 0


def test_a_resource_that_stays_locked_is_left_for_later_and_others_are_not(
    anna, stranger, monkeypatch
):
    bernd = make_resource(make_territory(), name="Bernd Other")
    make_calendar(anna, stranger.url)
    make_calendar(bernd, stranger.url)
    lock = refreshing.ServiceResource.lock

    def locked(keys):
        if anna.pk in keys:
            raise TooBusyError
        return lock(keys)

    monkeypatch.setattr(refreshing.ServiceResource, "lock", locked)
    refresh(NOW)
    assert (held(anna), held(bernd)) == ([], AS_TEN)


def test_no_transaction_is_open_while_strangers_are_asked(anna, stranger, monkeypatch):
    depth = len(connection.savepoint_ids)
    seen = []

    def read(order):
        seen.append(len(connection.savepoint_ids))
        return refreshing.Outcome(busy=[])

    class AtOnce:
        """Reads in the thread that has the connection."""

        def __init__(self, number): ...
        def __enter__(self):
            return self

        def __exit__(self, *args): ...

        map = staticmethod(map)

    monkeypatch.setattr(refreshing, "ThreadPoolExecutor", AtOnce)
    monkeypatch.setattr(refreshing, "_read", read)
    make_calendar(anna, stranger.url)
    refresh(NOW)
    assert seen == [depth]


def test_read_now_is_done_by_the_next_worker(anna, stranger):
    found = make_calendar(anna, stranger.url, next_at=NOW + dt.timedelta(hours=6), failures=9)
    refresh(NOW)
    assert stranger.asked == []
    read_again(found, NOW)
    refresh(NOW)
    assert held(anna) == AS_TEN


def test_the_log_says_when_calendars_wait_for_too_long(anna, monkeypatch):
    make_calendar(anna, "https://example.com/a.ics", next_at=NOW - dt.timedelta(minutes=16))
    monkeypatch.setattr(refreshing, "LONGEST_ROUND", 0)
    with capture_logs() as logs:
        refresh(NOW)
    assert [(line["event"], line["number"]) for line in logs] == [("calendars are read late", 1)]
