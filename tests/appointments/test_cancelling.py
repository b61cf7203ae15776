"""Cancelling an appointment: by its guest's own page, and what follows from it."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse
from icalendar import Calendar

from appointments import changes, outbox
from appointments.changes import Author, TooLateError
from appointments.locks import TooBusyError
from appointments.models import (
    Appointment,
    AppointmentEvent,
    Assignment,
    OutboxMessage,
    Status,
)
from scheduling.models import SchedulingPolicy, WorkType
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory
from tests.invitations.pages import hidden_fields, open_form, starts, text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def appointment():
    office = make_territory(phone="+49 30 555", email="office@example.com")
    return make_appointment(make_resource(office, name="Anna Berger"), START, territory=office)


def url_of(appointment):
    return reverse("appointment_cancel", args=[appointment.key])


def press(client, appointment, **fields):
    form = hidden_fields(client.get(url_of(appointment)))
    return client.post(url_of(appointment), {**form, **fields})


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def test_the_guest_cancels_by_a_button_and_the_page_says_so(client, appointment):
    page = client.get(appointment.get_absolute_url())
    assert url_of(appointment) in text(page)
    response = press(client, appointment, reason="I am ill <b>today</b>")
    assert response.status_code == 303
    page = text(client.get(response.url))
    assert "This appointment was cancelled" in page
    assert url_of(appointment) not in page
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.actor) == ("cancelled", None)
    assert event.details == {"from": "scheduled", "reason": "I am ill <b>today</b>"}
    assert not Assignment.objects.get().holds_time


def test_looking_at_the_page_changes_nothing(client, appointment):
    for _ in range(2):
        assert client.get(url_of(appointment)).status_code == 200
        assert client.head(url_of(appointment)).status_code == 200
    assert Appointment.objects.get().status == Status.SCHEDULED
    assert not AppointmentEvent.objects.exists()


def test_cancelled_twice_is_once(client, appointment):
    form = hidden_fields(client.get(url_of(appointment)))
    for _ in range(3):
        assert client.post(url_of(appointment), form).status_code == 303
    assert AppointmentEvent.objects.count() == 1
    assert kinds() == ["guest_cancelled", "resource_cancelled"]
    assert Appointment.objects.get().sequence == 1
    assert client.get(url_of(appointment)).status_code == 303


def test_without_the_pages_own_token_nothing_is_cancelled_and_nothing_lost(client, appointment):
    other = make_appointment(make_resource(), START)
    foreign = hidden_fields(client.get(url_of(other)))
    for form in ({}, {"form_token": "made up"}, foreign):
        response = client.post(url_of(appointment), {**form, "reason": "Snow on the road"})
        assert response.status_code == 422
        assert "Snow on the road" in text(response)
        assert hidden_fields(response)["form_token"] not in form.values()
    assert not AppointmentEvent.objects.exists()


@pytest.mark.parametrize("reason", ["\x00", "x" * 501])
def test_an_odd_reason_is_said_beside_its_field(client, appointment, reason):
    assert press(client, appointment, reason=reason).status_code == 422
    assert not AppointmentEvent.objects.exists()


def test_the_use_goes_back_and_the_time_is_free_at_once(client):
    key = make_invitation(max_bookings=1)
    url = f"/invite/{key.key}/"
    first = starts(client.get(url))[5]
    assert client.post(f"{url}book/", open_form(client, url, first)).status_code == 303
    assert client.get(url).status_code == 410
    press(client, Appointment.objects.get())
    assert starts(client.get(url))[5] == first


@pytest.mark.parametrize(
    ("cutoff", "before", "status"),
    [(0, 1, 200), (0, 0, 409), (0, -60, 409), (120, 121, 200), (120, 120, 409), (120, 60, 409)],
)
def test_the_policy_says_until_when(client, appointment, time_machine, cutoff, before, status):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, cancel_cutoff=cutoff)
    time_machine.move_to(START - dt.timedelta(minutes=before), tick=False)
    response = client.get(url_of(appointment))
    assert response.status_code == status
    assert ("+49 30 555" in text(response)) == (status == 409)
    offered = url_of(appointment) in text(client.get(appointment.get_absolute_url()))
    assert offered == (status == 200)


def test_a_work_types_own_policy_counts_before_the_default(appointment):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, cancel_cutoff=60)
    own = SchedulingPolicy.objects.create(name="Strict", cancel_cutoff=600)
    WorkType.objects.update(scheduling_policy=own)
    assert changes.cancellable_until(appointment) == START - dt.timedelta(hours=10)


def test_an_invitations_policy_counts_before_that_of_the_work(appointment):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, cancel_cutoff=60)
    appointment.scheduling_policy = SchedulingPolicy.objects.create(name="Mild", cancel_cutoff=5)
    assert changes.cancellable_until(appointment) == START - dt.timedelta(minutes=5)


def test_who_sends_the_form_too_late_is_told_and_keeps_the_words(client, appointment, time_machine):
    form = hidden_fields(client.get(url_of(appointment)))
    time_machine.move_to(START, tick=False)
    response = client.post(url_of(appointment), {**form, "reason": "Sorry, the train"})
    assert response.status_code == 409
    assert "Sorry, the train" in text(response)
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_staff_cancel_after_the_cut_off_too(appointment):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, cancel_cutoff=10_000)
    user, resource = make_user(), appointment.assignments.get().service_resource
    with pytest.raises(TooLateError):
        changes.cancel(appointment.pk, now=NOW)
    assert changes.cancel(appointment.pk, author=Author(user, resource), now=NOW)
    event = AppointmentEvent.objects.get()
    assert (event.actor, event.on_behalf_of) == (user, resource)


@pytest.mark.parametrize("status", [Status.NO_SHOW, Status.CANNOT_COMPLETE])
def test_what_did_not_take_place_cannot_be_cancelled(client, appointment, status):
    changes.set_status(appointment.pk, status)
    assert client.get(url_of(appointment)).status_code == 409


def test_an_unknown_appointment_is_not_found(client):
    url = reverse("appointment_cancel", args=["unknown-key-0123456789"])
    assert client.get(url).status_code == client.post(url).status_code == 404


def test_everybody_concerned_gets_one_mail_and_their_calendar_follows(appointment):
    changes.cancel(appointment.pk, reason="Snow", now=NOW)
    with get_connection() as backend:
        while message := outbox.claim():
            outbox.deliver(message, backend)
    to_guest, to_host = sorted(mail.outbox, key=lambda sent: sent.to != ["gerda@example.com"])
    assert to_guest.subject == "Cancelled: Tuesday, 24 November, 10:00 with Anna Berger"
    assert to_host.subject == "Cancelled: Tuesday, 24 November, 10:00 with Gerda Gast"
    for sent in (to_guest, to_host):
        assert "Snow" in sent.body
        parts = list(message_from_bytes(sent.message().as_bytes()).walk())
        [file] = [part for part in parts if part.get_content_type() == "text/calendar"]
        assert file.get_param("method") == "CANCEL"
        calendar = Calendar.from_ical(file.get_payload(decode=True))
        [event] = calendar.walk("VEVENT")
        assert calendar["METHOD"] == "CANCEL"
        assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
        assert event["UID"] == f"{appointment.uid}@appointments"
        assert event["DTSTART"].dt == START


def test_nobody_is_written_to_where_the_transaction_fails(appointment, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(outbox, "owe", fail)
    with pytest.raises(RuntimeError):
        changes.cancel(appointment.pk, now=NOW)
    assert Appointment.objects.get().status == Status.SCHEDULED
    assert Assignment.objects.get().holds_time


# Staff


def staff_url(appointment, page="cancel"):
    return reverse(f"admin:appointments_appointment_{page}", args=[appointment.pk])


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_staff_cancel_in_the_admin_in_their_own_name_and_their_hosts(appointment, make):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, cancel_cutoff=10_000)
    host = appointment.assignments.get().service_resource
    user = make(host)
    staff = signed_in(user)
    assert staff_url(appointment) in text(staff.get(staff_url(appointment, "change")))
    assert staff.get(staff_url(appointment)).status_code == 200
    page = staff.post(staff_url(appointment), {"reason": "Snow"}, follow=True)
    assert "The appointment is cancelled" in text(page)
    assert staff_url(appointment) not in text(page)
    event = AppointmentEvent.objects.get()
    assert (event.actor, event.details["reason"]) == (user, "Snow")
    assert event.on_behalf_of == (None if make is own_user else host)
    assert kinds() == ["guest_cancelled", "resource_cancelled"]
    assert staff.post(staff_url(appointment)).status_code == 403


@pytest.mark.parametrize("right", ["can_change_appointments", "can_see_appointments"])
def test_an_assistant_without_the_right_cancels_nothing(appointment, right):
    host = appointment.assignments.get().service_resource
    staff = signed_in(make_assistant(host, **{right: False}))
    for send in (staff.get, staff.post):
        assert send(staff_url(appointment)).status_code in {403, 404}
    assert not AppointmentEvent.objects.exists()


def test_staff_who_wait_in_vain_keep_what_they_wrote(appointment, monkeypatch):
    def wait_in_vain(*args, **kwargs):
        raise TooBusyError

    monkeypatch.setattr(changes, "cancel", wait_in_vain)
    page = signed_in(make_administrator()).post(staff_url(appointment), {"reason": "Snow"})
    assert "Please try again" in text(page)
    assert "Snow" in text(page)


def test_strangers_cancel_nothing(appointment):
    staff = signed_in(own_user(make_resource()))
    assert staff.post(staff_url(appointment)).status_code == 404
    assert not AppointmentEvent.objects.exists()
