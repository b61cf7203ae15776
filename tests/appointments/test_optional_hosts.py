"""Hosts who are invited beside: told and shown of everything, asked for nothing (rules A6, B2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from icalendar import Calendar

from appointments import booking, changes, outbox, reassigning
from appointments.access import may_change
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.calendar_feeds import feed_file
from appointments.changes import Author, TooLateError
from appointments.conflicts import conflicts
from appointments.models import (
    Appointment,
    Assignment,
    CalendarFeed,
    MessageKind,
    OutboxMessage,
    Status,
)
from invitations.integrity import wrong_holds
from scheduling.access import reach_of
from scheduling.models import Absence, ServiceResource
from tests.factories import BERLIN, at, make_appointment, make_resource, make_terms, make_territory
from tests.invitations.pages import text
from tests.staff import make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
LATER = START + dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger", email="anna@example.com")


@pytest.fixture
def tom(office):
    return make_resource(office, name="Tom Reed", email="tom@example.com")


@pytest.fixture
def terms(office, anna, tom):
    return replace(make_terms(anna, territory=office), optional=(tom,))


def book(terms, start=START, form="form"):
    guest = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
    with transaction.atomic():
        made, _is_new = booking.book(terms, start, guest, SentForm(form, NOW), NOW)
    return Appointment.objects.with_page().get(pk=made.pk)


def parts(appointment):
    rows = appointment.assignments.values_list(
        "service_resource__name", "is_primary", "is_required", "holds_time", "blocked_start"
    )
    return set(rows)


def reach(user):
    return reach_of(user, NOW)


def test_who_is_invited_beside_holds_no_time_whatever_the_status(terms):
    appointment = book(terms)
    beside = ("Tom Reed", False, False, False, START)
    for status in (Status.CANCELLED, Status.COMPLETED, Status.SCHEDULED):
        changes.set_status(appointment.pk, status)
        holds = status != Status.CANCELLED
        assert parts(appointment) == {("Anna Berger", True, True, holds, START), beside}
        assert list(wrong_holds()) == []


def test_they_are_never_in_the_way_nor_is_anything_in_theirs(terms, tom):
    Absence.objects.create(service_resource=tom, start=START, end=LATER)
    book(terms)
    book(replace(terms, hosts=(tom,), optional=()), LATER, "another form")
    assert conflicts(ServiceResource.objects.all(), NOW) == []
    with pytest.raises(TimeGoneError):
        book(terms, START, "a third form")


def test_b2_the_database_lets_nobody_hold_time_who_need_not_be_there(terms, tom):
    appointment = book(terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        appointment.assignments.filter(service_resource=tom).update(holds_time=True)


def test_seats_are_counted_from_one(terms):
    appointment = book(terms)
    with pytest.raises(IntegrityError), transaction.atomic():
        appointment.assignments.update(seat=0)


def test_everybody_is_told_of_the_booking_of_a_move_and_of_the_end(terms):
    appointment = book(terms)
    changes.move(appointment.pk, terms, LATER, issued_at=NOW, now=NOW)
    assert parts(appointment) == {
        ("Anna Berger", True, True, True, LATER),
        ("Tom Reed", False, False, False, LATER),
    }
    changes.cancel(appointment.pk, now=NOW)
    for kind in ("booked", "moved", "cancelled"):
        assert OutboxMessage.objects.filter(kind=f"resource_{kind}").count() == 2


def test_their_mail_says_so_and_their_calendar_keeps_the_time_free(terms, anna, tom):
    book(terms)
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    by_address = {message.to[0]: message for message in mail.outbox}
    beside = by_address[tom.email]
    assert "booked an appointment with Anna Berger. You are invited too" in beside.body
    assert "if you like to join" in beside.subject
    assert "Tom" not in by_address["gerda@example.com"].body

    def event(address):
        return Calendar.from_ical(by_address[address].attachments[0][1]).events[0]

    def roles(address):
        attendees = event(address)["attendee"]
        return {str(each)[7:]: each.params["ROLE"] for each in attendees}

    needed = {"gerda@example.com": "REQ-PARTICIPANT", anna.email: "REQ-PARTICIPANT"}
    assert roles("gerda@example.com") == needed
    assert roles(anna.email) == roles(tom.email) == {**needed, tom.email: "OPT-PARTICIPANT"}
    assert event(tom.email)["transp"] == "TRANSPARENT"
    assert "transp" not in event(anna.email)


def test_they_see_it_but_change_nothing(terms, tom):
    appointment = book(terms)
    assert not may_change(reach(own_user(tom)), appointment)
    page = f"/admin/appointments/appointment/{appointment.pk}/change/"
    assert "Anna Berger" in text(signed_in(own_user(tom)).get(page))
    listed = signed_in(own_user(tom)).get("/admin/appointments/appointment/")
    assert "Anna Berger, Tom Reed (optional)" in text(listed)


def test_their_agenda_and_feed_say_optional_and_block_nothing(terms, anna, tom):
    book(terms)
    for resource, number in ((anna, 0), (tom, 1)):
        page = signed_in(own_user(resource)).get("/admin/appointments/appointment/agenda/")
        drawn = page.context["agenda"]
        assert [each.is_optional for each in drawn.appointments] == [bool(number)]
        assert len(drawn.blocked) == 1 - number
        feed = CalendarFeed.objects.create(service_resource=resource, kind="full")
        [event] = Calendar.from_ical(feed_file(feed, NOW)).events
        assert str(event["summary"]).endswith("(optional)") == bool(number)
        busy = CalendarFeed.objects.create(service_resource=resource, kind="busy")
        assert len(Calendar.from_ical(feed_file(busy, NOW)).events) == 1 - number


def test_who_was_invited_beside_can_take_it_over_and_is_told(terms, anna, tom):
    appointment = book(terms)
    before = OutboxMessage.objects.filter(kind=MessageKind.RESOURCE_BOOKED).count()
    author = Author(make_user())
    reassigning.reassign(appointment.pk, anna.pk, tom.pk, author=author, now=NOW)
    assert parts(appointment) == {("Tom Reed", True, True, True, START)}
    assert OutboxMessage.objects.filter(kind=MessageKind.RESOURCE_BOOKED).count() == before + 1
    with pytest.raises(TooLateError):
        reassigning.reassign(appointment.pk, anna.pk, tom.pk + 1000, author=author, now=NOW)


def test_what_somebody_is_invited_to_beside_is_not_theirs_to_give_away(terms, office, tom):
    appointment, other = book(terms), make_resource(office)
    with pytest.raises(TooLateError):
        reassigning.reassign(appointment.pk, tom.pk, other.pk, author=Author(make_user()), now=NOW)


def test_an_appointment_without_any_has_none(anna):
    appointment = make_appointment(anna, START)
    found = Appointment.objects.with_page().get(pk=appointment.pk)
    assert (found.hosts, found.optional_hosts) == ([anna], [])
    assert Assignment.objects.required().count() == 1
