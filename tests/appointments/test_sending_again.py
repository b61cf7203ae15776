"""Mails that failed: staff see them with the appointment, and in the list of all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import AppointmentEvent, MessageKind, OutboxMessage
from tests.factories import at, make_appointment, make_resource
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=7)
PARKED = OutboxMessage.Result.PARKED
REFUSED = "gerda@example.com: 550 no such mailbox"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def anna():
    return make_resource(name="Anna Berger")


@pytest.fixture
def appointment(anna):
    return make_appointment(anna, START)


def make_message(kind="guest_booked", about=1, **fields):
    fields = {"not_before": NOW, "kind": kind, "object_id": about, **fields}
    return OutboxMessage.objects.create(**fields)


def failed(kind, about):
    return make_message(kind, about, result=PARKED, error=REFUSED, attempts=1)


def page_of(client, appointment):
    url = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    return client.get(url).content.decode()


def again(appointment):
    return reverse("admin:appointments_appointment_send_again", args=[appointment.pk])


def test_the_page_says_which_mail_failed_and_why(anna, appointment):
    client = signed_in(own_user(anna))
    assert again(appointment) not in page_of(client, appointment)
    failed("guest_booked", appointment.pk)
    shown = page_of(client, appointment)
    assert f"A mail failed – Confirmation to the guest: {REFUSED}" in shown
    assert again(appointment) in shown


def test_what_a_mail_server_says_is_escaped(anna, appointment):
    failed("guest_booked", appointment.pk)
    OutboxMessage.objects.update(error="550 <script>")
    assert "550 &lt;script&gt;" in page_of(signed_in(own_user(anna)), appointment)


def test_every_kind_of_message_belongs_to_its_appointment_and_to_no_other(anna, appointment):
    other = make_appointment(anna, START + dt.timedelta(hours=1))
    event = AppointmentEvent.objects.create(appointment=appointment, kind="reassigned")
    about = {MessageKind.RESOURCE_RELEASED: event.pk}
    for kind in MessageKind:
        own = appointment.pk if kind.is_to_guest else appointment.assignments.get().pk
        make_message(kind, about.get(kind, own))
        make_message(kind, 10_000)
    for number in (appointment.pk, appointment.assignments.get().pk, event.pk):
        make_message("of another app", number)
    messages = OutboxMessage.objects
    assert sorted(row.kind for row in messages.about(appointment)) == sorted(MessageKind)
    assert not messages.about(other).exists()


def test_a_press_sends_what_failed_again_and_nothing_else(anna, appointment):
    other = make_appointment(anna, START + dt.timedelta(hours=1))
    mine, theirs = failed("guest_booked", appointment.pk), failed("guest_booked", other.pk)
    make_message("resource_booked", appointment.assignments.get().pk, result="sent")
    client = signed_in(own_user(anna))
    assert client.get(again(appointment)).status_code == 405
    response = client.post(again(appointment), follow=True)
    assert "1 mail is sent again." in response.content.decode()
    assert REFUSED not in response.content.decode()
    call_command("worker", "--once")
    assert [each.to for each in mail.outbox] == [["gerda@example.com"]]
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.result, theirs.result) == ("sent", PARKED)


def test_who_may_see_but_not_change_sees_the_line_without_the_button(anna, appointment):
    message = failed("guest_booked", appointment.pk)
    client = signed_in(make_assistant(anna, can_change_appointments=False))
    shown = page_of(client, appointment)
    assert REFUSED in shown
    assert "Send again" not in shown
    assert client.post(again(appointment)).status_code == 403
    message.refresh_from_db()
    assert message.result == PARKED


def test_a_stranger_reaches_nothing(appointment):
    failed("guest_booked", appointment.pk)
    client = signed_in(own_user(make_resource()))
    assert client.post(again(appointment)).status_code == 404
    assert OutboxMessage.objects.parked().exists()


def test_a_notice_to_somebody_who_has_no_part_any_more_is_dropped(appointment):
    assignment = appointment.assignments.get()
    message = make_message("resource_booked", assignment.pk)
    assignment.delete()
    call_command("worker", "--once")
    message.refresh_from_db()
    assert (message.result, mail.outbox) == ("dropped", [])


# The list of all


def outbox_page(**asked):
    client = signed_in(make_administrator())
    return client.get(reverse("admin:appointments_outboxmessage_changelist"), asked)


def some_of_each():
    for days, result in [(-2, ""), (-1, ""), (3, ""), (-1, "sent"), (-1, PARKED)]:
        make_message(not_before=NOW + dt.timedelta(days=days), result=result)


def test_the_list_of_all_says_what_is_due_since_when_and_what_became_of_the_others():
    assert "Nothing is due." in outbox_page().content.decode()
    some_of_each()
    shown = " ".join(outbox_page().content.decode().split())
    assert "2 are due, the oldest since Sun 15 Nov 2026, 09:00 (UTC)." in shown
    assert "For later: 1. Sent: 1. No longer needed: 0. Failed: 1." in shown


@pytest.mark.parametrize(
    ("state", "count"), [("due", 2), ("waiting", 3), ("sent", 1), ("dropped", 0), ("parked", 1)]
)
def test_the_list_of_all_is_filtered_by_state(state, count):
    some_of_each()
    assert outbox_page(state=state).context["cl"].result_count == count


def test_the_action_of_the_list_puts_only_what_failed_back_in_line():
    some_of_each()
    client = signed_in(make_administrator())
    client.post(
        reverse("admin:appointments_outboxmessage_changelist"),
        {"action": "retry", "_selected_action": OutboxMessage.objects.values_list("pk", flat=True)},
    )
    assert not OutboxMessage.objects.parked().exists()
    assert OutboxMessage.objects.filter(result="sent").count() == 1


def test_the_page_takes_the_same_queries_for_one_failure_and_for_three(anna, appointment):
    client = signed_in(make_administrator())
    page_of(client, appointment)  # what Django keeps from then on, it asks for once
    counts = []
    for _ in range(3):
        failed("guest_booked", appointment.pk)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, appointment)
        counts.append(len(queries))
    assert len(set(counts)) == 1
