"""Moving an appointment: the one function behind the guest's page and the staff's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import get_connection
from icalendar import Calendar

from appointments import changes, outbox
from appointments.booking import TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.models import Appointment, AppointmentEvent, Assignment, OutboxMessage, Status
from appointments.taking import Seat, own_time
from scheduling.models import SchedulingPolicy
from tests.factories import (
    at,
    make_appointment,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
LATER = at("2026-11-24 11:00")
NOW = START - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def terms():
    office = make_territory()
    work = make_work_type(office, start_interval=15, block_time_before=15, block_time_after=15)
    return make_terms(make_resource(office, name="Anna Berger"), territory=office, work_type=work)


@pytest.fixture
def appointment(terms):
    return booked(terms, START)


def booked(terms, start, host=0):
    found = make_appointment(
        terms.hosts[host], start, territory=terms.territory, work_type=terms.work_type
    )
    quarter = dt.timedelta(minutes=15)
    found.assignments.update(blocked_start=start - quarter, blocked_end=found.end + quarter)
    return found


def move(appointment, terms, start, **kwargs):
    return changes.move(appointment.pk, terms, start, **{"issued_at": NOW, "now": NOW, **kwargs})


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def sent():
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return {each.to[0]: each for each in mail.outbox}


def test_its_time_its_block_and_its_sequence_follow(appointment, terms):
    assert move(appointment, terms, LATER)
    appointment.refresh_from_db()
    assignment = Assignment.objects.get()
    quarter = dt.timedelta(minutes=15)
    assert (appointment.start, appointment.end - LATER) == (LATER, dt.timedelta(minutes=30))
    assert (assignment.blocked_start, assignment.blocked_end) == (
        LATER - quarter,
        appointment.end + quarter,
    )
    assert appointment.sequence == 1
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.actor) == ("moved", None)
    told = {name: dt.datetime.fromisoformat(text) for name, text in event.details.items()}
    assert told == {"from": START, "to": LATER}


def test_the_time_that_it_blocks_itself_does_not_stand_in_its_way(appointment, terms):
    assert move(appointment, terms, START + dt.timedelta(minutes=15))


def test_moved_twice_to_the_same_time_is_once(appointment, terms):
    assert move(appointment, terms, LATER)
    assert not move(appointment, terms, LATER)
    assert kinds() == ["guest_moved", "resource_moved"]


@pytest.mark.parametrize(
    "start",
    [
        at("2026-11-24 20:00"),
        at("2026-11-24 11:07"),
        at("2026-11-22 10:00"),
        at("9999-01-01 00:00"),
    ],
    ids=["outside the hours", "off the grid", "past", "far away"],
)
def test_a_time_that_is_not_open_leaves_it_where_it_was(appointment, terms, start):
    with pytest.raises(TimeGoneError):
        move(appointment, terms, start)
    assert Appointment.objects.get().start == START
    assert kinds() == []


def test_a_time_taken_meanwhile_leaves_it_where_it_was(appointment, terms):
    booked(terms, LATER)
    with pytest.raises(TimeGoneError):
        move(appointment, terms, LATER + dt.timedelta(minutes=15))
    appointment.refresh_from_db()
    assert (appointment.start, appointment.sequence) == (START, 0)


def test_b2_the_guard_keeps_a_move_off_time_that_was_written_past_the_locks(
    appointment, terms, monkeypatch
):
    booked(terms, LATER)
    taken = own_time([Seat(host, 1) for host in terms.hosts], terms, LATER)
    monkeypatch.setattr(changes, "taken_for", lambda *args, **kwargs: taken)
    with pytest.raises(TimeGoneError):
        move(appointment, terms, LATER)
    assert Appointment.objects.get(pk=appointment.pk).start == START


@pytest.mark.parametrize(("cutoff", "before", "may"), [(0, 1, 1), (60, 61, 1), (60, 60, 0)])
def test_the_policy_says_until_when_a_guest_moves(appointment, terms, cutoff, before, may):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, move_cutoff=cutoff)
    now = START - dt.timedelta(minutes=before)
    if may:
        assert move(appointment, terms, LATER, now=now, issued_at=now)
    else:
        with pytest.raises(TooLateError):
            move(appointment, terms, LATER, now=now, issued_at=now)


def test_staff_move_after_the_cutoff_and_are_written_down(appointment, terms):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, move_cutoff=6000)
    user = make_user("alex")
    assert move(appointment, terms, LATER, author=Author(user, terms.hosts[0]))
    event = AppointmentEvent.objects.get()
    assert (event.actor, event.on_behalf_of) == (user, terms.hosts[0])


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.COMPLETED, Status.NO_SHOW])
def test_nobody_moves_what_is_over(appointment, terms, status):
    changes.set_status(appointment.pk, status)
    for author in (Author(), Author(make_user("alex"))):
        with pytest.raises(TooLateError):
            move(appointment, terms, LATER, author=author)


def test_any_host_who_has_it_keeps_it_and_else_another_takes_it():
    office = make_territory()
    anna = make_resource(office, name="Anna", email="anna@example.com")
    tom = make_resource(office, name="Tom", email="tom@example.com")
    terms = make_terms(anna, tom, territory=office, any_host=True)
    appointment = booked(terms, START, host=1)
    assert move(appointment, terms, LATER)
    assert Assignment.objects.get().service_resource == tom
    taken = at("2026-11-24 14:00")
    booked(terms, taken, host=1)
    assert move(appointment, terms, taken)
    [assignment] = appointment.assignments.all()
    assert (assignment.service_resource, assignment.is_primary) == (anna, True)
    mails = sent()
    assert mails["tom@example.com"].subject.startswith("No longer yours: Tuesday, 24 November, 11")
    assert "METHOD:CANCEL" in str(mails["tom@example.com"].attachments[0].content)
    assert mails["anna@example.com"].subject.startswith("New appointment: Tuesday, 24 November, 14")


def test_one_mail_each_says_the_new_time_first_and_the_old_one_after(appointment, terms):
    terms.hosts[0].__class__.objects.update(email="anna@example.com")
    move(appointment, terms, LATER)
    mails = sent()
    assert set(mails) == {"gerda@example.com", "anna@example.com"}
    for letter in mails.values():
        assert letter.subject.startswith("New time: Tuesday, 24 November, 11:00")
        body = letter.body
        assert body.index("11:00 – 11:30") < body.index("Tuesday, 24 November, 10:00")
        assert "Tuesday, 24 November, 10:00" in letter.alternatives[0].content
        event = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")[0]
        assert (event["sequence"], event["dtstart"].dt) == (1, LATER)
        assert str(event["uid"]) == f"{appointment.uid}@appointments"


def test_the_primary_host_of_the_terms_leads_after_a_move():
    office = make_territory()
    anna, tom = make_resource(office, name="Anna"), make_resource(office, name="Tom")
    both = make_terms(anna, tom, territory=office)
    appointment = booked(both, START, host=1)
    assert move(appointment, both, LATER)
    rows = appointment.assignments.order_by("-is_primary")
    assert [(row.service_resource, row.is_primary) for row in rows] == [(anna, True), (tom, False)]
    assert kinds() == ["guest_moved", "resource_booked", "resource_moved"]
