"""Rule M2: two calendar libraries, of which none wrote our files, understand them alike."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from icalendar import Calendar

from appointments import changes, outbox
from appointments.models import Appointment, CalendarFeed, MessageKind
from tests.factories import at, make_appointment, make_resource, make_terms, make_territory

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parent
NASTY = 'Zoë "Zed" O\'Neil; a,b:c \\ ^n\r\nEND:VEVENT\r\nBEGIN:VALARM 🎉'
SUMMER, WINTER, TWICE = (
    at("2027-07-06 10:00"),
    at("2027-01-12 10:00"),
    dt.datetime(2026, 10, 25, 0, 45, tzinfo=dt.UTC),  # the first 02:45 of the night in Berlin
)

ZONES = (
    "Europe/Berlin",
    "Asia/Tokyo",
    "America/St_Johns",  # by half an hour
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "Africa/Casablanca",  # winter time during Ramadan alone
)


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found and (HERE / "node_modules").exists():
        return found
    if os.environ.get("REQUIRE_NODE") == "1":
        pytest.fail("Node and its package are required: apt-get install npm; npm ci")
    pytest.skip("no ical.js (apt-get install npm; npm ci --prefix tests/calendar)")


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> Any:
    time_machine.move_to(at("2026-10-20 10:00"), tick=False)
    return time_machine


def read_in_node(node: str, files: list[bytes]) -> list[Any]:
    """What ical.js understood of each file."""
    texts = json.dumps([content.decode() for content in files])
    done = subprocess.run(
        [node, "read.mjs"], cwd=HERE, input=texts, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def read_in_python(content: bytes) -> dict[str, Any]:
    """What icalendar understood, in the words of ``read.mjs``."""
    calendar = Calendar.from_ical(content)
    return {
        "method": str(calendar["METHOD"]) if "METHOD" in calendar else None,
        "events": [_event(event) for event in calendar.walk("VEVENT")],
    }


def _event(event: Any) -> dict[str, Any]:
    people = event.get("ATTENDEE", [])
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "zone": event["DTSTART"].params.get("TZID", "UTC"),
        "start": _instant(event.decoded("DTSTART")),
        "end": _instant(event.decoded("DTEND")),
        "summary": str(event["SUMMARY"]),
        "location": str(event["LOCATION"]),
        "names": [each.params["CN"] for each in people],
        "mails": [str(each) for each in people],
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def sent(kind: str, about: int) -> bytes:
    """The calendar file of one mail."""
    outbox.owe([(kind, about)], not_before=at("2026-10-01 10:00"))
    mail.outbox = []
    call_command("worker", "--once")
    [attached] = [each for letter in mail.outbox for each in letter.attachments]
    content: bytes | str = attached[1]
    return content if isinstance(content, bytes) else content.encode()


def files_of(client: Any, appointment: Appointment) -> list[bytes]:
    """Everything that is handed out of it: to its guest, its host, on its page, in a feed."""
    assignment = appointment.assignments.get()
    feed = CalendarFeed.objects.create(service_resource=assignment.service_resource, kind="full")
    return [
        sent(MessageKind.GUEST_BOOKED, appointment.pk),
        sent(MessageKind.RESOURCE_BOOKED, assignment.pk),
        client.get(f"{appointment.get_absolute_url()}appointment.ics").content,
        client.get(feed.get_absolute_url()).content,
    ]


@pytest.mark.parametrize("start", [SUMMER, WINTER, TWICE])
@pytest.mark.parametrize("zone", ZONES)
def test_m2_both_read_one_event_at_the_same_instants(client, node, start, zone):
    office = make_territory(name="Berlin office")
    resource = make_resource(office, name="Anna Berger", time_zone="America/New_York")
    appointment = make_appointment(
        resource, start, territory=office, time_zone=zone, appointment_type="video"
    )
    files = files_of(client, appointment)
    for content, understood in zip(files, read_in_node(node, files), strict=True):
        assert understood == read_in_python(content)
        [event] = understood["events"]
        assert event["uid"] == f"{appointment.uid}@appointments"
        assert event["start"] == _instant(start)
        assert event["end"] == _instant(start + dt.timedelta(minutes=30))


def test_m2_whatever_names_hold_comes_back_equal(client, node):
    office = make_territory(name=NASTY)
    resource = make_resource(office, name=NASTY, email="anna@example.com")
    appointment = make_appointment(
        resource, WINTER, territory=office, first_name=NASTY, last_name="Gast"
    )
    files = files_of(client, appointment)
    on_lines = NASTY.replace("\r\n", "\n")
    for content, understood in zip(files, read_in_node(node, files), strict=True):
        assert understood == read_in_python(content)
        [event] = understood["events"]
        assert event["location"] == on_lines
        assert on_lines in event["summary"]
        if event["names"]:
            # A name beside an address can hold no double quotes (RFC 5545, 3.2).
            host = on_lines.replace('"', "'")
            assert event["names"] == [f"{host} Gast", host]
            assert event["mails"] == ["mailto:gerda@example.com", "mailto:anna@example.com"]


def test_m2_through_a_move_and_a_cancellation_it_stays_one_event(node):
    terms = make_terms()
    appointment = make_appointment(
        terms.hosts[0], WINTER, territory=terms.territory, work_type=terms.work_type
    )
    later = WINTER + dt.timedelta(hours=3)
    now = at("2026-10-20 10:00")
    files = [sent(MessageKind.GUEST_BOOKED, appointment.pk)]
    changes.move(appointment.pk, terms, later, issued_at=now, now=now)
    files.append(_last_file())
    changes.cancel(appointment.pk, now=now)
    files.append(_last_file())
    understood = read_in_node(node, files)
    assert understood == [read_in_python(content) for content in files]
    events = [event for each in understood for event in each["events"]]
    assert {event["uid"] for event in events} == {f"{appointment.uid}@appointments"}
    assert [each["method"] for each in understood] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event["start"] for event in events] == [*map(_instant, [WINTER, later, later])]
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))


def _last_file() -> bytes:
    """The calendar file of the mail that a change owes the guest."""
    mail.outbox = []
    call_command("worker", "--once")
    [letter] = [each for each in mail.outbox if each.to == ["gerda@example.com"]]
    [attached] = letter.attachments
    content: bytes | str = attached[1]
    return content if isinstance(content, bytes) else content.encode()
