"""The guest confirms a booking from a mail: the mail, its page, and the page until then."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse

from appointments import changes, outbox
from appointments.confirming import MOST, PAUSE
from appointments.models import Appointment, AppointmentEvent, Client, OutboxMessage, Status
from scheduling.models import SchedulingPolicy
from tests.factories import at, make_invitation
from tests.invitations.pages import hidden_fields, links, open_form, text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
MONDAY_TEN = "2026-11-23T09:00:00Z"
HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def key():
    SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=30)
    return make_invitation()


@pytest.fixture
def appointment(client, key):
    url = f"/invite/{key.key}/"
    fields = {"first_name": "Cheap pills", "description": "https://spam.example.com"}
    response = client.post(f"{url}book/", {**open_form(client, url, MONDAY_TEN), **fields})
    assert response.status_code == 303
    return Appointment.objects.get()


def sent():
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    return mail.outbox


def link_in(letter):
    [link] = re.findall(r"http://testserver(/appointment/\S+)", letter.body)
    return link


def ask_again(client, appointment):
    page = client.get(appointment.get_absolute_url())
    url = reverse("appointment_ask_again", args=[appointment.key])
    return client.post(url, {**hidden_fields(page)})


def requests():
    return OutboxMessage.objects.filter(kind="guest_confirm").count()


def test_the_page_after_booking_asks_to_open_the_mail_and_shows_no_address(client, appointment):
    page = text(client.get(appointment.get_absolute_url()))
    assert "One step left: please confirm" in page
    assert "g•••@example.com" in page
    assert "gerda@example.com" not in page
    assert "Friday, 12:30" in page
    assert "Add to calendar" not in page


def test_the_deadline_is_said_in_both_zones_where_they_differ(client, appointment):
    Appointment.objects.update(time_zone="Asia/Tokyo")
    page = text(client.get(appointment.get_absolute_url()))
    assert "Friday, 12:30 (Berlin time · 20:30, Tokyo time)" in page


def test_a_client_is_shown_nothing_of_the_address_that_is_known(client, appointment):
    known = Client.objects.create(first_name="Gerda", last_name="Gast", email="g@example.com")
    Appointment.objects.update(client=known)
    page = text(client.get(appointment.get_absolute_url()))
    assert "We sent you a mail." in page
    assert "example.com" not in page


def test_the_mail_asks_to_confirm_and_says_nothing_that_was_typed(appointment):
    [letter] = sent()
    assert letter.to == ["gerda@example.com"]
    assert letter.subject.startswith("Please confirm: Monday, 23 November, 10:00 with Anna Berger")
    assert letter.attachments == []
    for body in (letter.body, letter.alternatives[0].content):
        assert "Friday, 12:30" in body
        assert "Cheap pills" not in body
        assert "spam" not in body
    assert link_in(letter).startswith(f"/appointment/{appointment.key}/confirm/?code=")
    assert link_in(letter) in letter.alternatives[0].content


def test_the_button_behind_the_mail_confirms_and_then_everybody_is_told(client, appointment):
    [letter] = sent()
    link = link_in(letter)
    page = client.get(link)
    assert "Confirm Monday, 10:00" in text(page)
    for _ in range(2):
        response = client.post(link)
        assert (response.status_code, response["Location"]) == (303, appointment.get_absolute_url())
    assert "You’re booked" in text(client.get(response["Location"]))
    assert client.get(link)["Location"] == appointment.get_absolute_url()
    assert sorted(each.subject.split(":")[0] for each in sent()) == [
        "Booked",
        "New appointment",
        "Please confirm",
    ]


def test_l2_looking_changes_nothing(client, appointment):
    [letter] = sent()
    for _ in range(2):
        assert client.get(link_in(letter)).status_code == 200
        assert client.head(link_in(letter)).status_code == 200
    assert Appointment.objects.get().status == Status.PENDING
    assert AppointmentEvent.objects.get().kind == "booked"


@pytest.mark.parametrize("code", [None, "", "made-up", "é", "\x00", "x" * 5000])
def test_the_key_alone_confirms_nothing(client, appointment, code):
    page = reverse("appointment_confirm", args=[appointment.key])
    for ask in (client.get, client.post):
        query = {} if code is None else {"code": code}
        response = ask(page, query_params=query)
        assert response["Location"] == appointment.get_absolute_url()
    assert Appointment.objects.get().status == Status.PENDING


def test_the_mail_of_another_booking_or_to_another_address_confirms_nothing(client, appointment):
    [letter] = sent()
    query = urlsplit(link_in(letter)).query
    Appointment.objects.update(email="other@example.com")
    client.post(link_in(letter))
    other = Appointment.objects.get()
    other.pk, other.key, other.email = None, "another-key-0123456789", "gerda@example.com"
    other.uid, other.form_token = "6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a6a", None
    other.save()
    client.post(f"/appointment/{other.key}/confirm/?{query}")
    assert {each.status for each in Appointment.objects.all()} == {Status.PENDING}


def test_an_address_that_is_corrected_while_it_is_confirmed_is_not_proved(
    client, appointment, monkeypatch
):
    [letter] = sent()
    confirm = changes.confirm

    def later(*args, **kwargs):
        Appointment.objects.update(email="somebody.else@example.com")
        return confirm(*args, **kwargs)

    monkeypatch.setattr(changes, "confirm", later)
    assert client.post(link_in(letter)).status_code == 303
    assert (Appointment.objects.get().status, Client.objects.count()) == (Status.PENDING, 0)


@pytest.mark.parametrize("given_away", [False, True])
def test_once_lapsed_the_page_says_so_and_leads_back_to_the_free_times(
    client, key, appointment, clock, given_away
):
    [letter] = sent()
    clock.move_to(NOW + HALF_AN_HOUR + dt.timedelta(minutes=2), tick=False)
    if given_away:
        url = f"/invite/{key.key}/"
        assert client.post(f"{url}book/", open_form(client, url, MONDAY_TEN)).status_code == 303
    for response in (client.get(link_in(letter)), client.post(link_in(letter))):
        assert response["Location"] == appointment.get_absolute_url()
    page = client.get(appointment.get_absolute_url())
    assert "This booking was not confirmed in time" in text(page)
    assert f"/invite/{key.key}/" in links(page)
    cancel = reverse("appointment_cancel", args=[appointment.key])
    assert client.get(cancel)["Location"] == appointment.get_absolute_url()
    appointment.refresh_from_db()
    assert appointment.status == (Status.CANCELLED if given_away else Status.PENDING)


def test_a_request_that_is_of_no_use_any_more_is_not_sent(appointment, clock):
    changes.confirm(appointment.pk, appointment.email, now=NOW)
    assert not any(each.subject.startswith("Please confirm") for each in sent())
    assert OutboxMessage.objects.get(kind="guest_confirm").result == "dropped"


def test_nor_is_one_that_lapsed_before_it_could_be_sent(appointment, clock):
    clock.move_to(NOW + HALF_AN_HOUR, tick=False)
    assert sent() == []


def test_the_mail_is_sent_again_on_demand_after_a_pause_and_only_so_often(
    client, appointment, clock
):
    assert "Send it again" not in text(client.get(appointment.get_absolute_url()))
    url, form = reverse("appointment_ask_again", args=[appointment.key]), {}
    for number in range(1, MOST + 3):
        clock.move_to(NOW + number * PAUSE, tick=False)
        form = hidden_fields(client.get(appointment.get_absolute_url())) or form
        for _ in range(2):
            assert client.post(url, form).status_code == 303
        assert requests() == min(number + 1, MOST)
    page = text(client.get(appointment.get_absolute_url()))
    assert "Send it again" not in page
    assert "The last one went out at 12:04" in page


def test_the_mail_sent_again_confirms_as_well(client, appointment, clock):
    clock.move_to(NOW + PAUSE, tick=False)
    ask_again(client, appointment)
    first, second = sent()
    assert link_in(first) == link_in(second)


def test_without_the_pages_own_token_no_mail_is_sent(client, appointment, clock):
    clock.move_to(NOW + PAUSE, tick=False)
    url = reverse("appointment_ask_again", args=[appointment.key])
    assert client.post(url, {"form_token": "made up"}).status_code == 303
    assert client.get(url).status_code == 405
    assert requests() == 1


def test_what_waits_can_be_cancelled_on_the_page(client, appointment):
    url = reverse("appointment_cancel", args=[appointment.key])
    assert url in links(client.get(appointment.get_absolute_url()))
    client.post(url, hidden_fields(client.get(url)))
    assert "This appointment was cancelled" in text(client.get(appointment.get_absolute_url()))
    assert sent() == []


def test_until_then_no_calendar_file_and_no_link_into_the_call(client, appointment):
    Appointment.objects.update(appointment_type="video")
    host = appointment.assignments.get().service_resource
    host.meeting_url = "https://meet.example.com/room"
    host.save()
    response = client.get(reverse("calendar_file", args=[appointment.key]))
    assert response["Location"] == appointment.get_absolute_url()
    [letter] = sent()
    pages = (client.get(response["Location"]), client.get(link_in(letter)))
    for body in (*map(text, pages), letter.body, letter.alternatives[0].content):
        assert "meet.example.com" not in body


@pytest.mark.parametrize("given_away", [False, True])
def test_staff_see_that_nobody_confirmed_it(client, key, appointment, clock, given_away):
    clock.move_to(NOW + HALF_AN_HOUR + dt.timedelta(minutes=2), tick=False)
    if given_away:
        url = f"/invite/{key.key}/"
        client.post(f"{url}book/", open_form(client, url, MONDAY_TEN))
    staff = signed_in(make_administrator())
    page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    shown = text(staff.get(page))
    assert shown.count("Not confirmed in time") == 1 + given_away
    assert shown.count(">the guest<") == 1  # who booked it
