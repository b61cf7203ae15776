"""Who gets a copy, and what becomes of the others where a real mail server refuses one."""

from __future__ import annotations

import datetime as dt
import socket
from collections import Counter

import pytest
from django.core.mail import get_connection

from appointments import outbox
from appointments.models import OutboxMessage, Status
from scheduling.access import copies_for
from scheduling.models import AssistantGrant
from tests.factories import at, make_appointment, make_resource
from tests.races.mail_server import Mails, receiving
from tests.staff import make_assistant, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=7)
TODAY = NOW.date()
A_DAY = dt.timedelta(days=1)
GUEST, ANNA, COPY = "gerda@example.com", "anna@example.com", "son@example.com"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW)
    return time_machine


@pytest.fixture
def anna():
    return make_resource(name="Anna Berger", email=ANNA)


@pytest.fixture
def appointment(anna):
    return make_appointment(anna, START, copy_to=COPY)


def assistant(resource, email, **grant):
    user = make_assistant(resource, **{"gets_messages": True, **grant})
    user.email = email
    user.save()
    return user


def owe(appointment, kind="guest_booked"):
    about = appointment if kind.startswith("guest_") else appointment.assignments.get()
    outbox.owe([(kind, about.pk)], not_before=NOW)


def sent(mailoutbox):
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return [(letter.to, letter.cc, letter.recipients()) for letter in mailoutbox]


# Who gets one


@pytest.mark.parametrize("kind", ["guest_booked", "guest_moved", "guest_cancelled"])
def test_whom_the_guest_named_gets_the_guests_mails(appointment, mailoutbox, kind):
    owe(appointment, kind)
    assert sent(mailoutbox) == [([GUEST], [COPY], [GUEST]), ([GUEST], [COPY], [COPY])]


def test_nobody_else_is_asked_to_confirm(appointment, mailoutbox):
    appointment.status, appointment.confirm_until = Status.PENDING, NOW + A_DAY
    appointment.save()
    owe(appointment, "guest_confirm")
    assert sent(mailoutbox) == [([GUEST], [], [GUEST])]


def test_whom_the_guest_named_gets_none_of_the_resources_mails(appointment, mailoutbox):
    owe(appointment, "resource_booked")
    assert sent(mailoutbox) == [([ANNA], [], [ANNA])]


def test_assistants_get_the_resources_mails_and_answers_go_to_the_guest(
    anna, appointment, mailoutbox
):
    assistant(anna, "carla@example.com")
    assistant(anna, "bert@example.com")
    assistant(make_resource(), "stranger@example.com")
    owe(appointment, "resource_booked")
    copies = ["bert@example.com", "carla@example.com"]
    assert sent(mailoutbox) == [([ANNA], copies, [each]) for each in (ANNA, *copies)]
    assert {tuple(letter.reply_to) for letter in mailoutbox} == {(GUEST,)}


@pytest.mark.parametrize(
    "grant",
    [
        {"gets_messages": False},
        {"can_see_appointments": False},
        {"valid_until": TODAY - A_DAY},
        {"valid_from": TODAY + A_DAY},
    ],
)
def test_an_assistant_whose_grant_does_not_say_so_gets_none(anna, appointment, mailoutbox, grant):
    assistant(anna, "carla@example.com", **grant)
    owe(appointment, "resource_booked")
    assert sent(mailoutbox) == [([ANNA], [], [ANNA])]


def test_the_last_day_of_a_grant_is_the_resources(anna, appointment, mailoutbox, clock):
    anna.time_zone = "Pacific/Auckland"
    anna.save()
    assistant(anna, "carla@example.com", valid_until=TODAY)
    clock.move_to(at(f"{TODAY} 15:00", "UTC"))  # tomorrow in Auckland
    owe(appointment, "resource_booked")
    assert sent(mailoutbox) == [([ANNA], [], [ANNA])]


def test_who_left_or_has_no_address_or_is_the_resource_gets_none(anna, appointment, mailoutbox):
    left = assistant(anna, "left@example.com")
    left.is_active = False
    left.save()
    assistant(anna, "")
    assistant(anna, ANNA.upper())
    owe(appointment, "resource_booked")
    assert sent(mailoutbox) == [([ANNA], [], [ANNA])]


# A real mail server


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def deliver_all(port, timeout=5):
    """Claim and deliver until nothing is due."""
    backend = "django.core.mail.backends.smtp.EmailBackend"
    while message := outbox.claim():
        server = {"host": "127.0.0.1", "port": port, "timeout": timeout}
        outbox.deliver(message, get_connection(backend, **server))


def try_again():
    OutboxMessage.objects.filter(result="").update(not_before=NOW)


@pytest.mark.parametrize("refused", [GUEST, COPY])
def test_one_address_that_is_refused_keeps_the_mail_from_nobody_else(appointment, port, refused):
    mails = Mails()
    mails.refused.add(refused)
    owe(appointment)
    with receiving(mails, port):
        deliver_all(port)
        message = OutboxMessage.objects.get()
        other = {GUEST, COPY} - {refused}
        assert mails.addresses == [*other]
        assert (message.result, message.error) == ("parked", f"{refused}: 550 no such mailbox")
        mails.refused.clear()
        outbox.retry([message.pk])
        deliver_all(port)
    message.refresh_from_db()
    assert Counter(mails.addresses) == {GUEST: 1, COPY: 1}
    assert (message.result, message.delivered_to, message.error) == ("sent", [], "")


def test_a_server_that_is_down_between_two_recipients_repeats_none(appointment, port):
    mails = Mails()
    owe(appointment)
    with receiving(mails, port):
        mails.hang_up_before = COPY
        deliver_all(port)
        assert mails.addresses == [GUEST]
        assert OutboxMessage.objects.get().delivered_to == [GUEST]
    try_again()
    deliver_all(port)
    assert OutboxMessage.objects.get().error.startswith("ConnectionRefusedError")
    with receiving(mails, port):
        mails.hang_up_before = ""
        try_again()
        deliver_all(port)
    assert Counter(mails.addresses) == {GUEST: 1, COPY: 1}
    assert OutboxMessage.objects.get().result == "sent"


def test_a_slow_answer_for_one_address_puts_off_that_one_alone(appointment, port):
    mails = Mails()
    mails.slow[COPY] = 1.5
    owe(appointment)
    owe(appointment, "resource_booked")
    with receiving(mails, port):
        deliver_all(port, timeout=0.5)
        assert sorted(mails.addresses) == [ANNA, GUEST]
        mails.slow.clear()
        try_again()
        deliver_all(port)
    assert Counter(mails.addresses) == {GUEST: 1, COPY: 1, ANNA: 1}


def test_a_worker_that_lost_its_lease_leaves_the_rest_to_the_next(appointment, mailoutbox, clock):
    owe(appointment)
    slow = outbox.claim()
    clock.shift(outbox.LEASE)
    quick = outbox.claim()
    outbox.deliver(slow, get_connection())
    assert [letter.recipients() for letter in mailoutbox] == [[GUEST]]
    outbox.deliver(quick, get_connection())
    assert [letter.recipients() for letter in mailoutbox[1:]] == [[GUEST], [COPY]]
    assert OutboxMessage.objects.get().result == "sent"


def test_each_further_recipient_has_a_lease_of_its_own(appointment, mailoutbox, clock):
    owe(appointment)
    message = outbox.claim()
    seen = []

    class Slow(type(get_connection())):
        def send_messages(self, letters):
            clock.shift(outbox.LEASE - dt.timedelta(seconds=1))
            seen.append(outbox.claim())
            return super().send_messages(letters)

    outbox.deliver(message, Slow())
    assert seen == [None, None]


def test_grants_are_asked_in_one_query_for_any_number(anna, django_assert_num_queries):

    for number in range(3):
        user = make_user(email=f"carla{number}@example.com")
        AssistantGrant.objects.create(service_resource=anna, assistant=user, gets_messages=True)
    with django_assert_num_queries(1):
        assert len(copies_for(anna, NOW)) == 3
