"""Correcting the details of an appointment on the guest's own page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse
from icalendar import Calendar

from appointments import changes, corrections, outbox
from appointments.models import Appointment, AppointmentEvent, Client, OutboxMessage
from tests.factories import at, make_appointment, make_resource, make_territory
from tests.invitations.pages import hidden_fields, links, text
from tests.staff import make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
DETAILS = {
    "first_name": "Gerda",
    "last_name": "Gast",
    "email": "gerda@example.com",
    "phone": "",
    "description": "",
    "copy_to": "",
}


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def appointment():
    office = make_territory()
    return make_appointment(
        make_resource(office, name="Anna Berger", email="anna@example.com"),
        START,
        territory=office,
        first_name="Greda",
        email="gerda@exmaple.com",
    )


def url_of(appointment):
    return reverse("appointment_details", args=[appointment.key])


def press(client, appointment, **fields):
    form = hidden_fields(client.get(url_of(appointment)))
    return client.post(url_of(appointment), {**DETAILS, **form, **fields})


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def test_a_mistyped_address_is_corrected_and_both_sides_hear_of_it(client, appointment):
    assert url_of(appointment) in links(client.get(appointment.get_absolute_url()))
    assert "gerda@exmaple.com" in text(client.get(url_of(appointment)))
    response = press(client, appointment, description="I come by bike", copy_to="tom@example.com")
    own_page = appointment.get_absolute_url()
    assert (response.status_code, response.url) == (303, f"{own_page}?said=details")
    assert "Your details are saved." in text(client.get(response.url))
    assert "Your details are saved." not in text(client.get(own_page))
    appointment.refresh_from_db()
    found = {name: getattr(appointment, name) for name in DETAILS}
    assert found == {**DETAILS, "description": "I come by bike", "copy_to": "tom@example.com"}
    event = AppointmentEvent.objects.get()
    expected = {"changed": ["first_name", "email", "description", "copy_to"]}
    assert (event.kind, event.details) == ("details_changed", expected)
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {"gerda@example.com", "anna@example.com"}
    assert "I come by bike" in letters["anna@example.com"].body
    ical = Calendar.from_ical(letters["gerda@example.com"].attachments[0].content)
    assert ical.walk("VEVENT")[0]["sequence"] == 1


def test_sent_twice_or_unchanged_nobody_is_written_to_again(client, appointment):
    form = {**DETAILS, **hidden_fields(client.get(url_of(appointment)))}
    for _ in range(3):
        assert client.post(url_of(appointment), form).status_code == 303
    assert kinds() == ["guest_changed", "resource_changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "gerda@"},
        {"email": '"a\x0bb"@example.com'},
        {"copy_to": '"a\x1eb"@example.com'},
        {"first_name": ""},
        {"copy_to": "tom"},
        {"description": "x" * 2001},
        {"last_name": "\x00"},
        {"form_token": "made up"},
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, appointment, wrong):
    response = press(client, appointment, **{"phone": "+49 30 12345", **wrong})
    assert response.status_code == 422
    assert "+49 30 12345" in text(response)
    assert not AppointmentEvent.objects.exists()


def test_a_call_needs_a_number(client, appointment):
    Appointment.objects.update(appointment_type="phone", phone="+49 30 1")
    assert press(client, appointment, phone="").status_code == 422


def test_l8_of_a_client_nothing_is_shown_and_what_is_left_empty_is_kept(client, appointment):
    known = Client.objects.create(first_name="Rosa", last_name="Reich", email="rosa@example.com")
    Appointment.objects.update(
        client=known, first_name="Rosa", last_name="Reich", email="rosa@example.com", phone="12345"
    )
    page = text(client.get(url_of(appointment)))
    for secret in ("Reich", "rosa@example.com", "12345"):
        assert secret not in page
    empty = dict.fromkeys(DETAILS, "")
    assert press(client, appointment, **{**empty, "phone": "99999"}).status_code == 303
    appointment.refresh_from_db()
    assert (appointment.last_name, appointment.email, appointment.phone) == (
        "Reich",
        "rosa@example.com",
        "99999",
    )


def test_what_is_over_leads_to_the_page_that_says_so(client, appointment, time_machine):
    form = {**DETAILS, **hidden_fields(client.get(url_of(appointment)))}
    changes.cancel(appointment.pk, now=NOW)
    for response in (client.get(url_of(appointment)), client.post(url_of(appointment), form)):
        assert (response.status_code, response.url) == (303, appointment.get_absolute_url())
    assert Appointment.objects.get().email == "gerda@exmaple.com"
    assert url_of(appointment) not in links(client.get(appointment.get_absolute_url()))


def test_what_ends_in_the_middle_leads_to_the_page_that_says_so(client, appointment, monkeypatch):
    form = {**DETAILS, **hidden_fields(client.get(url_of(appointment)))}
    correct = corrections.correct

    def correct_too_late(*args, **kwargs):
        changes.cancel(appointment.pk, now=NOW)
        return correct(*args, **kwargs)

    monkeypatch.setattr(corrections, "correct", correct_too_late)
    response = client.post(url_of(appointment), form)
    assert (response.status_code, response.url) == (303, appointment.get_absolute_url())
    assert Appointment.objects.get().email == "gerda@exmaple.com"


def test_l8_whoever_has_a_personal_link_gets_no_copy_that_names_the_client(client, appointment):
    appointment.client = Client.objects.create(
        first_name="Rosa", last_name="R", email="r@r.example"
    )
    appointment.save()
    assert "Copy to" not in text(client.get(url_of(appointment)))
    assert press(client, appointment, copy_to="nosy@example.com").status_code == 303
    appointment.refresh_from_db()
    assert appointment.copy_to == ""


def test_l8_a_mail_to_another_address_shows_no_more_than_the_first_name(client, appointment):
    known = {"first_name": "Rosa", "last_name": "Reich", "email": "r@r.example", "phone": "998877"}
    Appointment.objects.update(
        client=Client.objects.create(**known), appointment_type="phone", **known
    )
    other = {**dict.fromkeys(DETAILS, ""), "email": "nosy@example.com"}
    assert press(client, appointment, **other).status_code == 303
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    [letter] = [letter for letter in mail.outbox if letter.to == ["nosy@example.com"]]
    html, ical = letter.alternatives[0].content, letter.attachments[0].content
    assert letter.body.startswith("Dear Rosa,")
    for part in (letter.body, html, ical.replace("\r\n ", "")):
        assert not [word for word in ("Reich", "r@r.example", "998877") if word in part]


def test_looking_changes_nothing(client, appointment):
    assert client.get(url_of(appointment)).status_code == 200
    assert client.head(url_of(appointment)).status_code == 200
    assert not AppointmentEvent.objects.exists()


def test_before_it_is_confirmed_a_new_address_is_asked_and_no_host_hears_of_it(client, appointment):
    Appointment.objects.update(status="pending", confirm_until=NOW + dt.timedelta(minutes=10))
    assert press(client, appointment).status_code == 303
    assert kinds() == ["guest_confirm"]
    for number in range(5):
        press(client, appointment, email=f"gerda{number}@example.com")
    assert len(kinds()) == 3


def staff_url(appointment):
    return reverse("admin:appointments_appointment_details", args=[appointment.pk])


def test_an_assistant_corrects_from_the_admin_and_both_names_are_kept(appointment):
    host = appointment.assignments.get().service_resource
    user = make_assistant(host)
    client = signed_in(user)
    page = client.get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))
    assert staff_url(appointment) in links(page)
    assert "gerda@exmaple.com" in text(client.get(staff_url(appointment)))
    assert client.post(staff_url(appointment), {**DETAILS, "phone": "123456"}).status_code == 302
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.actor, event.on_behalf_of) == ("details_changed", user, host)
    assert Appointment.objects.get().phone == "123456"
    assert kinds() == ["guest_changed", "resource_changed"]


def test_staff_see_what_does_not_fit_with_what_they_typed(appointment):
    client = signed_in(own_user(appointment.assignments.get().service_resource))
    page = client.post(staff_url(appointment), {**DETAILS, "email": "gerda@", "phone": "12345"})
    assert page.status_code == 200
    assert "12345" in text(page)
    assert not AppointmentEvent.objects.exists()


def test_strangers_and_assistants_without_the_right_correct_nothing(appointment):
    host = appointment.assignments.get().service_resource
    without = make_assistant(host, can_change_appointments=False)
    for user in (own_user(make_resource(name="Tom")), without):
        assert signed_in(user).post(staff_url(appointment), DETAILS).status_code in (403, 404)
    assert Appointment.objects.get().first_name == "Greda"


def test_l1_the_guests_page_closes_some_time_after_the_appointment(
    client, appointment, time_machine
):
    pages = [appointment.get_absolute_url(), reverse("move", args=[appointment.key])]
    time_machine.move_to(appointment.end + dt.timedelta(days=89), tick=False)
    assert [client.get(url).status_code for url in pages] == [200, 409]
    time_machine.move_to(appointment.end + dt.timedelta(days=90), tick=False)
    assert [client.get(url).status_code for url in pages] == [404, 404]
