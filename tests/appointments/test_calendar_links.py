"""Links into calendars on the web: the same instants and words as the calendar file (rule M2)."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.management import call_command

from appointments.models import Client, OutboxMessage
from tests.factories import at, make_appointment, make_resource, make_territory
from tests.invitations.pages import links

pytestmark = pytest.mark.django_db

START = at("2026-11-24 10:00")
HOSTS = ("calendar.google.com", "outlook.live.com", "outlook.office.com")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(at("2026-11-20 10:00"), tick=False)


def booked(**fields):
    office = make_territory(name='Büro "Mitte" & 1', street="Unter den Linden 1", city="Berlin")
    resource = make_resource(name="Anna Berger")
    return make_appointment(resource, START, territory=office, **fields)


def asked(found):
    """What each calendar is asked, by its host."""
    split = [urlsplit(url) for url in found if urlsplit(url).hostname in HOSTS]
    return {url.hostname: {k: v for k, [v] in parse_qs(url.query).items()} for url in split}


def test_m2_they_say_what_the_file_says_in_utc(client):
    appointment = booked()
    google, *outlooks = asked(links(client.get(appointment.get_absolute_url()))).values()
    own = f"http://testserver{appointment.get_absolute_url()}"
    where = 'Büro "Mitte" & 1, Unter den Linden 1, Berlin'
    assert google == {
        "action": "TEMPLATE",
        "text": "Appointment with Anna Berger",
        "dates": "20261124T090000Z/20261124T093000Z",
        "location": where,
        "details": own,
    }
    for outlook in outlooks:
        assert outlook["startdt"] == "2026-11-24T09:00:00Z"
        assert outlook["enddt"] == "2026-11-24T09:30:00Z"
        assert (outlook["subject"], outlook["location"]) == (google["text"], where)
        assert outlook["body"] == own
    assert len(outlooks) == 2


@pytest.mark.parametrize("known", [False, True])
def test_l8_nothing_of_the_guest_is_in_them_but_the_number_they_typed(client, known):
    names = {"first_name": "Gerda", "last_name": "Gast", "email": "gerda@example.com"}
    fields = {"client": Client.objects.create(**names)} if known else {}
    call = {"appointment_type": "phone", "phone": "+4930111", "subject": "Pension"}
    page = client.get(booked(**call, **fields).get_absolute_url())
    for said in asked(links(page)).values():
        words = " ".join(said.values())
        assert "Pension" not in words
        assert "Gast" not in words
        assert ("+4930111" in words) is not known


def test_a_video_call_is_where_its_link_leads(client):
    appointment = booked(appointment_type="video")
    appointment.assignments.get().service_resource.__class__.objects.update(
        meeting_url="https://meet.example.com/a?b=c&d=e"
    )
    for said in asked(links(client.get(appointment.get_absolute_url()))).values():
        assert said["location"] == "https://meet.example.com/a?b=c&d=e"


def test_they_are_gone_with_the_appointment(client):
    page = client.get(booked(status="cancelled").get_absolute_url())
    assert asked(links(page)) == {}


def test_the_mail_of_the_booking_has_them_and_the_one_of_a_move_has_not():
    appointment = booked()
    for kind in ("guest_booked", "guest_moved"):
        OutboxMessage.objects.create(kind=kind, object_id=appointment.pk, not_before=START)
    OutboxMessage.objects.update(not_before=at("2026-11-20 09:00"))
    call_command("worker", "--once")
    first, moved = mail.outbox
    assert set(
        asked(re.findall(r'href="([^"]+)"', unescape(first.alternatives[0].content)))
    ) == set(HOSTS)
    assert "calendar.google.com" not in first.body  # the page has them, and these are long
    # A calendar on the web would keep the former time beside the new one.
    assert "calendar.google.com" not in moved.body + moved.alternatives[0].content
