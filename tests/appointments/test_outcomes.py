"""Completed, no-show and back: what staff say of an appointment once it has begun."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from appointments import changes
from appointments.booking import TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.models import Appointment, AppointmentEvent, OutboxMessage, Status
from appointments.outcomes import outcomes, record
from tests.factories import at, make_appointment, make_resource
from tests.invitations.pages import text
from tests.staff import make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(START, tick=False)


@pytest.fixture
def anna():
    return make_resource(name="Anna Berger")


@pytest.fixture
def appointment(anna):
    return make_appointment(anna, START)


def say(appointment, outcome, now=START):
    return record(appointment.pk, outcome, author=Author(make_user()), now=now)


def state():
    found = Appointment.objects.get()
    return found.status, found.assignments.get().holds_time


def test_a_no_show_gives_its_time_free_and_back_takes_it_again(appointment):
    assert say(appointment, Status.NO_SHOW)
    assert state() == ("no_show", False)
    assert say(appointment, Status.SCHEDULED)
    assert state() == ("scheduled", True)


def test_said_twice_is_once(appointment):
    assert say(appointment, Status.COMPLETED)
    assert not say(appointment, Status.COMPLETED)
    assert AppointmentEvent.objects.count() == 1
    assert not OutboxMessage.objects.exists()


def test_nothing_is_said_before_it_begins(appointment):
    early = START - dt.timedelta(minutes=1)
    assert outcomes(appointment, early) == ()
    with pytest.raises(TooLateError):
        say(appointment, Status.COMPLETED, early)
    assert state() == ("scheduled", True)


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.PENDING, Status.CANNOT_COMPLETE])
def test_b6_what_was_cancelled_meanwhile_is_not_brought_back(appointment, status):
    changes.set_status(appointment.pk, status)
    before = state()
    for outcome in Status:
        if outcome != status:
            with pytest.raises(TooLateError):
                say(appointment, outcome)
    assert state() == before


@pytest.mark.parametrize("outcome", [Status.SCHEDULED, Status.COMPLETED])
def test_b2_a_no_show_whose_time_is_taken_meanwhile_stays_one(appointment, anna, outcome):
    say(appointment, Status.NO_SHOW)
    make_appointment(anna, START + dt.timedelta(minutes=15))
    with pytest.raises(TimeGoneError):
        say(appointment, outcome)
    appointment.refresh_from_db()
    assert appointment.status == Status.NO_SHOW


def test_time_that_lapsed_without_a_confirmation_does_not_stand_in_the_way(appointment, anna):
    say(appointment, Status.NO_SHOW)
    lapsed = START - dt.timedelta(hours=1)
    other = make_appointment(anna, START, status=Status.PENDING, confirm_until=lapsed)
    other.assignments.update(holds_until=lapsed)
    assert say(appointment, Status.COMPLETED)


# The page


def url(appointment):
    return reverse("admin:appointments_appointment_outcome", args=[appointment.pk])


def page(client, appointment):
    change = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    return text(client.get(change))


def test_a_button_says_it_and_the_history_who_for_whom(appointment, anna):
    user = make_assistant(anna)
    user.first_name, user.last_name = "Tim", "Helper"
    user.save()
    client = signed_in(user)
    assert 'value="no_show"' in page(client, appointment)
    response = client.post(url(appointment), {"outcome": "no_show"}, follow=True)
    assert "Nobody gets a mail." in text(response)
    event = AppointmentEvent.objects.get()
    assert (event.actor, event.on_behalf_of) == (user, anna)
    assert event.details == {"from": "scheduled", "to": "no_show"}
    assert "Tim Helper for Anna Berger" in text(response)
    assert 'value="scheduled"' in text(response)
    assert 'value="no_show"' not in text(response)


def test_before_the_start_there_is_no_button(appointment, anna, time_machine):
    client = signed_in(own_user(anna))
    time_machine.move_to(START - dt.timedelta(minutes=1), tick=False)
    assert 'name="outcome"' not in page(client, appointment)
    response = client.post(url(appointment), {"outcome": "completed"}, follow=True)
    assert "This can no longer be said" in text(response)
    assert state() == ("scheduled", True)


def test_time_that_is_taken_is_said(appointment, anna):
    say(appointment, Status.NO_SHOW)
    make_appointment(anna, START)
    client = signed_in(own_user(anna))
    response = client.post(url(appointment), {"outcome": "scheduled"}, follow=True)
    assert "Its time is taken by another appointment" in text(response)


def test_looking_changes_nothing_and_nonsense_neither(appointment, anna):
    client = signed_in(own_user(anna))
    assert client.get(url(appointment)).status_code == 405
    for outcome in ("", "nonsense", "pending"):
        assert client.post(url(appointment), {"outcome": outcome}).status_code == 302
    assert state() == ("scheduled", True)


@pytest.mark.parametrize("right", ["can_change_appointments", "can_see_appointments"])
def test_without_the_right_nothing_is_said(appointment, anna, right):
    client = signed_in(make_assistant(anna, **{right: False}))
    assert client.post(url(appointment), {"outcome": "completed"}).status_code in {403, 404}
    assert state() == ("scheduled", True)
