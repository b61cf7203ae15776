"""Rules M1, M2 and T5 in what guests and resources receive."""

from __future__ import annotations

import email
import email.policy
import re

import pytest
from django.core import mail
from django.core.management import call_command
from icalendar import Calendar

from appointments import changes
from appointments.models import Appointment, OutboxMessage
from tests.factories import at, make_appointment, make_resource, make_territory

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NASTY = 'Zoë "Zed" O\'Neil; END:VEVENT, 🎉'


def sent(kind, object_id):
    """The mail of one message, as it goes over the wire and comes out of a parser."""
    OutboxMessage.objects.create(kind=kind, object_id=object_id, not_before=at("2020-01-01 00:00"))
    mail.outbox = []
    call_command("worker", "--once")
    (message,) = mail.outbox
    return email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)


def text_of(message):
    return message.get_body(("plain",)).get_content()


def html_of(message):
    return message.get_body(("html",)).get_content()


def calendar_of(message):
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return part, Calendar.from_ical(part.get_payload(decode=True))


@pytest.fixture
def resource():
    return make_resource(name="Anna Berger", time_zone="America/New_York")


@pytest.fixture
def office():
    return make_territory(name="Berlin office", street="Unter den Linden 1", city="Berlin")


def test_the_guest_is_told_when_where_and_with_whom(resource, office):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), territory=office)
    message = sent("guest_booked", appointment.pk)
    assert message["To"] == "gerda@example.com"
    assert message["Reply-To"] == resource.email
    assert message["Auto-Submitted"] == "auto-generated"
    for body in (text_of(message), html_of(message)):
        assert "10:00 – 10:30" in body
        assert "Tuesday, 24 November 2026" in body
        assert "Anna Berger" in body
        assert "Unter den Linden 1" in body
        assert f"http://testserver/appointment/{appointment.key}/" in body


def test_m2_the_calendar_file_names_the_instants_and_the_people(resource, office):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), territory=office)
    part, calendar = calendar_of(sent("guest_booked", appointment.pk))
    assert part.get_param("method") == calendar["METHOD"] == "REQUEST"
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART") == appointment.start
    assert event.decoded("DTEND") == appointment.end
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert str(appointment.uid) in event["UID"]
    assert event["SEQUENCE"] == 0
    assert event["ORGANIZER"] == "mailto:booking@example.com"
    assert {str(each) for each in event["ATTENDEE"]} == {
        "mailto:gerda@example.com",
        f"mailto:{resource.email}",
    }


def test_m2_the_file_on_the_page_is_the_same_event_published(client, resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"))
    _part, mailed = calendar_of(sent("guest_booked", appointment.pk))
    page = client.get(f"/appointment/{appointment.key}/appointment.ics")
    shown = Calendar.from_ical(page.content)
    assert page["Content-Type"] == "text/calendar; charset=utf-8"
    assert shown["METHOD"] == "PUBLISH"
    for name in ("UID", "DTSTART", "DTEND", "SEQUENCE"):
        assert shown.walk("VEVENT")[0][name] == mailed.walk("VEVENT")[0][name]


def test_m2_nothing_a_guest_types_breaks_out_of_the_file(resource, office):
    office.name = NASTY
    office.save()
    appointment = make_appointment(
        resource, at("2026-11-24 10:00"), territory=office, first_name=NASTY, description=NASTY
    )
    _part, calendar = calendar_of(sent("guest_booked", appointment.pk))
    (event,) = calendar.walk("VEVENT")
    assert NASTY in event["LOCATION"]
    guest = next(each for each in event["ATTENDEE"] if "gerda" in each)
    assert guest.params["CN"] == f"{NASTY} Gast".replace('"', "'")


def test_m2_the_summary_says_nothing_of_the_guests_affairs(resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), subject="Inheritance")
    _part, calendar = calendar_of(sent("guest_booked", appointment.pk))
    assert calendar.walk("VEVENT")[0]["SUMMARY"] == "Appointment with Anna Berger"
    assert b"Inheritance" not in calendar.to_ical()


def test_t5_a_call_is_in_the_readers_zone_for_each_reader(resource, office):
    appointment = make_appointment(
        resource,
        at("2026-11-24 10:00"),
        territory=office,
        appointment_type="phone",
        phone="+81 3 1234",
        time_zone="Asia/Tokyo",
    )
    to_guest = sent("guest_booked", appointment.pk)
    to_resource = sent("resource_booked", appointment.assignments.get().pk)
    assert "18:00 – 18:30" in text_of(to_guest)
    assert "04:00 – 04:30" in text_of(to_resource)
    assert "+81 3 1234" in text_of(to_resource)
    _part, calendar = calendar_of(to_guest)
    assert calendar.walk("VEVENT")[0]["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert calendar.walk("VEVENT")[0].decoded("DTSTART") == appointment.start


def test_t5_in_person_the_places_zone_leads_for_everybody(resource, office):
    appointment = make_appointment(
        resource, at("2026-11-24 10:00"), territory=office, time_zone="Asia/Tokyo"
    )
    for message in (
        sent("guest_booked", appointment.pk),
        sent("resource_booked", appointment.assignments.get().pk),
    ):
        assert "10:00 – 10:30" in text_of(message)
    assert "18:00" in text_of(sent("guest_booked", appointment.pk))


def test_the_guests_language_and_the_sites_for_the_resource(resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), language="de")
    assert "Dienstag, 24. November 2026" in text_of(sent("guest_booked", appointment.pk))
    notice = sent("resource_booked", appointment.assignments.get().pk)
    assert "Tuesday, 24 November 2026" in text_of(notice)
    assert notice["To"] == resource.email
    assert notice["Reply-To"] == "gerda@example.com"


def test_a_notice_carries_what_the_guest_wrote_escaped(resource):
    appointment = make_appointment(
        resource, at("2026-11-24 10:00"), subject="Pension", description="<b>Hi</b> & bye"
    )
    notice = sent("resource_booked", appointment.assignments.get().pk)
    assert "<b>Hi</b> & bye" in text_of(notice)
    assert "<b>Hi</b>" not in html_of(notice)
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; bye" in html_of(notice)


def test_a_notice_carries_the_answers_to_the_hosts_own_questions(resource):
    answers = [["Do you come alone?", "<b>No</b>"], ["A & B?", "B"]]
    appointment = make_appointment(resource, at("2026-11-24 10:00"), answers=answers)
    notice = sent("resource_booked", appointment.assignments.get().pk)
    assert "\n\nDo you come alone?\n<b>No</b>\n\nA & B?\nB\n\n" in text_of(notice)
    assert "Do you come alone?</span><br>&lt;b&gt;No&lt;/b&gt;</p>" in html_of(notice)
    assert "A &amp; B?" in html_of(notice)


def test_a_confirmation_carries_the_hosts_own_words_to_the_guest_alone(resource):
    words = "Bring your passport.\n\n<b>Ring</b> twice & wait."
    appointment = make_appointment(resource, at("2026-11-24 10:00"), confirmation=words)
    confirmation = sent("guest_booked", appointment.pk)
    assert f"\n\n{words}\n\n" in text_of(confirmation)
    assert "Bring your passport.\n\n&lt;b&gt;Ring&lt;/b&gt; twice &amp; wait.</p>" in html_of(
        confirmation
    )
    notice = sent("resource_booked", appointment.assignments.get().pk)
    assert "passport" not in text_of(notice) + html_of(notice)


def test_mails_load_nothing_from_anywhere(resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"))
    for message in (
        sent("guest_booked", appointment.pk),
        sent("resource_booked", appointment.assignments.get().pk),
    ):
        assert not re.search(r"<(img|script|link|iframe)\b|url\(|@import", html_of(message))


def test_m1_a_mail_is_made_from_the_rows_as_they_are_when_it_is_sent(resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"))
    OutboxMessage.objects.create(
        kind="guest_booked", object_id=appointment.pk, not_before=at("2020-01-01 00:00")
    )
    Appointment.objects.update(email="corrected@example.com")
    mail.outbox = []
    call_command("worker", "--once")
    assert [message.to for message in mail.outbox] == [["corrected@example.com"]]


def test_m1_a_message_has_the_same_id_at_every_attempt(resource):
    appointment = make_appointment(resource, at("2026-11-24 10:00"))
    first = sent("guest_booked", appointment.pk)["Message-ID"]
    OutboxMessage.objects.update(result="", finished_at=None)
    mail.outbox = []
    call_command("worker", "--once")
    assert mail.outbox[0].message()["Message-ID"] == first


@pytest.mark.parametrize(
    "kind", ["resource_booked", "resource_moved", "resource_changed", "resource_cancelled"]
)
def test_a_hosts_mail_leads_to_the_page_of_staff_and_does_not_hold_the_guests_key(
    resource, office, kind
):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), territory=office)
    message = sent(kind, appointment.assignments.get().pk)
    page = f"http://testserver/admin/appointments/appointment/{appointment.pk}/change/"
    assert page in html_of(message)
    assert str(calendar_of(message)[1].walk("VEVENT")[0]["url"]) == page
    assert appointment.key not in message.as_string() + text_of(message) + html_of(message)


@pytest.mark.parametrize("kind", ["guest_booked", "guest_moved", "resource_booked"])
def test_a_notice_that_leaves_after_the_cancellation_says_that_it_is_cancelled(
    resource, office, kind
):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), territory=office)
    changes.cancel(appointment.pk, now=at("2026-11-23 10:00"))
    about = appointment.pk if kind.startswith("guest") else appointment.assignments.get().pk
    message = sent(kind, about)
    assert message["Subject"].startswith("Cancelled:")
    assert calendar_of(message)[1]["method"] == "CANCEL"


@pytest.mark.parametrize("kind", ["guest_cancelled", "resource_cancelled"])
@pytest.mark.parametrize(
    ("appointment_type", "way"), [("video", "meet.bank.test"), ("in_person", "openstreetmap")]
)
def test_a_cancellation_leads_neither_to_the_call_nor_to_the_place(
    office, kind, appointment_type, way
):
    host = make_resource(office, meeting_url="https://meet.bank.test/anna")
    appointment = make_appointment(
        host, at("2026-11-24 10:00"), territory=office, appointment_type=appointment_type
    )
    to_guest = kind.startswith("guest")
    about = appointment.pk if to_guest else appointment.assignments.get().pk
    booked = sent("guest_booked" if to_guest else "resource_booked", about)
    changes.cancel(appointment.pk, now=at("2026-11-23 10:00"))
    OutboxMessage.objects.all().delete()
    cancelled = sent(kind, about)
    for read in (text_of, html_of):
        assert way in read(booked)
        assert way not in read(cancelled)


@pytest.mark.parametrize(
    ("appointment_type", "label"), [("video", "How"), ("phone", "How"), ("in_person", "Where")]
)
def test_a_call_is_no_place(resource, office, appointment_type, label):
    appointment = make_appointment(
        resource, at("2026-11-24 10:00"), territory=office, appointment_type=appointment_type
    )
    message = sent("guest_booked", appointment.pk)
    for text in (text_of(message), html_of(message)):
        assert [word for word in ("How", "Where") if f"{word}:" in text] == [label]
