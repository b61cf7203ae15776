"""Mails to one guest within a day: more are sent later, and none is lost."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.core.mail.backends.locmem import EmailBackend

from appointments import outbox
from appointments.models import Appointment, OutboxMessage
from tests.factories import at, make_appointment, make_resource

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=7)
HOUR = dt.timedelta(hours=1)
A_DAY = 24 * HOUR


@pytest.fixture(autouse=True)
def clock(time_machine, settings):
    settings.LIMIT_MAILS = 2
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def host():
    return make_resource(email="anna@example.com")


def owe(kind, *appointments, now=NOW):
    outbox.owe([(kind, each.pk) for each in appointments], not_before=now)


def send():
    """Send what is due; how many mails that was."""
    before = len(mail.outbox)
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return len(mail.outbox) - before


def results(kind):
    rows = OutboxMessage.objects.filter(kind=kind).order_by("pk")
    return list(rows.values_list("result", flat=True))


def three(host, **fields):
    return [make_appointment(host, START + n * HOUR, **fields) for n in range(3)]


def test_a_guest_gets_the_rest_when_a_day_has_passed(host, clock):
    owe("guest_booked", *three(host))
    assert send() == 2
    late = OutboxMessage.objects.get(result="")
    assert (late.not_before, late.attempts, late.leased_until) == (NOW + A_DAY, 0, None)
    clock.move_to(NOW + A_DAY - HOUR, tick=False)
    assert send() == 0
    clock.move_to(NOW + A_DAY, tick=False)
    assert send() == 1


def test_put_off_ever_so_often_it_is_never_given_up(host, clock, settings):
    owe("guest_booked", *three(host))
    send()
    for days in range(1, 20):
        now = NOW + days * A_DAY
        clock.move_to(now, tick=False)
        OutboxMessage.objects.exclude(recipient="").update(finished_at=now)
        assert send() == 0
    clock.move_to(now + A_DAY, tick=False)
    assert send() == 1


def test_an_address_counts_in_any_case_and_others_do_not(host):
    owe("guest_booked", *three(host))
    owe("guest_booked", make_appointment(host, START + 9 * HOUR, email="GERDA@example.com"))
    owe("guest_booked", make_appointment(host, START + 10 * HOUR, email="hans@example.com"))
    assert send() == 3
    assert {each.to[0] for each in mail.outbox} == {"gerda@example.com", "hans@example.com"}


def test_hosts_get_whatever_concerns_them(host):
    assignments = [each.assignments.get() for each in three(host)]
    owe("resource_booked", *assignments)
    assert send() == 3
    assert not OutboxMessage.objects.exclude(recipient="").exists()


def test_what_a_later_mail_says_as_well_is_not_said_twice(host, clock):
    appointment = make_appointment(host, START)
    for _ in range(5):
        owe("guest_changed", appointment)
    assert send() == 2
    assert results("guest_changed") == ["sent", "sent", "dropped", "dropped", ""]
    clock.move_to(NOW + A_DAY, tick=False)
    assert send() == 1


def test_without_a_limit_everything_is_sent(host, settings):
    settings.LIMIT_MAILS = 0
    owe("guest_booked", *three(host))
    assert send() == 3


def test_whom_a_mail_went_to_is_kept_as_a_hash(host):
    owe("guest_booked", make_appointment(host, START))
    send()
    recipient = OutboxMessage.objects.get().recipient
    assert len(recipient) == 64
    assert "gerda" not in recipient


def test_copies_to_one_address_are_limited_whoever_gets_the_mails(host, clock):
    appointment = make_appointment(host, START, copy_to="Hans@example.com")
    copies = []
    for number in range(4):
        Appointment.objects.update(email=f"gerda{number}@example.com", copy_to="hans@example.com")
        owe("guest_changed", appointment)
        send()
        copies.append(mail.outbox[-1].cc)
    assert copies == [["hans@example.com"]] * 2 + [[]] * 2
    assert {letter.to[0] for letter in mail.outbox} == {f"gerda{n}@example.com" for n in range(4)}
    clock.move_to(NOW + A_DAY, tick=False)
    owe("guest_changed", appointment, now=NOW + A_DAY)
    send()
    assert mail.outbox[-1].recipients() == ["hans@example.com"]


def test_a_copy_counts_also_where_the_guests_own_address_refuses_the_mail(host, monkeypatch):
    make_appointment(host, START, copy_to="hans@example.com")
    send_messages = EmailBackend.send_messages

    def refuse_guests(backend, messages):
        if messages[0].recipients() != ["hans@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"gerda@example.com": (550, b"unknown")})
        return send_messages(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_guests)
    for _ in range(4):
        owe("guest_changed", Appointment.objects.get())
    assert send() == 2
    assert set(results("guest_changed")) == {"parked"}
