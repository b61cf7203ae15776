"""The guest's form: what it books, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

import pytest
import time_machine

from appointments.models import Appointment, AppointmentEvent, OutboxMessage
from scheduling.models import Absence
from tests.factories import at, make_invitation
from tests.invitations.pages import hidden_fields, open_form, starts, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

MONDAY_TEN = "2026-11-23T09:00:00Z"


@pytest.fixture
def key():
    return make_invitation()


def url_of(key):
    return f"/invite/{key.key}/"


def send(client, key, **changes):
    data = {**open_form(client, url_of(key), MONDAY_TEN), **changes}
    return client.post(url_of(key) + "book/", data)


def test_a_booking_leads_to_its_confirmation_and_writes_everything_once(client, key):
    response = send(client, key, subject="Pension", description="Two\nlines")
    appointment = Appointment.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/appointment/{appointment.key}/"
    assert appointment.start == at("2026-11-23 10:00")
    assert (appointment.subject, appointment.description) == ("Pension", "Two\nlines")
    assert key.invitation.bookings.get().appointment == appointment
    assert [event.kind for event in appointment.events.all()] == [AppointmentEvent.Kind.BOOKED]
    kinds = sorted(OutboxMessage.objects.values_list("kind", flat=True))
    assert kinds == ["guest_booked", "guest_reminder", "resource_booked"]
    page = text(client.get(response["Location"]))
    assert "10:00 – 10:30" in page
    assert key.invitation.hosts.get().service_resource.name in page


def test_the_time_booked_is_no_longer_offered(client, key):
    before = starts(client.get(url_of(key) + "2026-W48/"))
    send(client, key)
    after = starts(client.get(url_of(key) + "2026-W48/"))
    assert set(before) - set(after) == {MONDAY_TEN}


def test_b5_the_same_form_twice_is_one_appointment_also_when_the_link_is_used_up(client):
    key = make_invitation(max_bookings=1)
    data = open_form(client, url_of(key), MONDAY_TEN)
    first, second = (client.post(url_of(key) + "book/", data) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1
    other = client.post(url_of(key) + "book/", {**data, "form_token": "x"})
    assert other.status_code in {410, 422}


def test_b5_the_same_form_with_another_body_is_a_conflict(client, key):
    data = open_form(client, url_of(key), MONDAY_TEN)
    client.post(url_of(key) + "book/", data)
    response = client.post(url_of(key) + "book/", {**data, "first_name": "Hans"})
    assert response.status_code == 409
    assert "Hans" in text(response)
    assert Appointment.objects.count() == 1


def test_b7_a_time_that_has_gone_keeps_the_form_and_offers_the_nearest(client, key):
    data = open_form(client, url_of(key), MONDAY_TEN)
    send(client, key)
    response = client.post(url_of(key) + "book/", {**data, "description": "Bring the file"})
    page = text(response)
    assert response.status_code == 409
    assert "Bring the file" in page
    for near in ("2026-11-23T08:00:00Z", "2026-11-23T08:30:00Z", "2026-11-23T09:30:00Z"):
        assert f'name="start" value="{near}"' in page
    again = {**data, **hidden_fields(response), "start": "2026-11-23T09:30:00Z"}
    assert client.post(url_of(key) + "book/", again).status_code == 303


BAD_STARTS = {
    "in the past": "2026-11-16T09:00:00Z",
    "off the grid": "2026-11-23T09:07:00Z",
    "with seconds": "2026-11-23T09:00:30Z",
    "outside the hours": "2026-11-23T03:00:00Z",
    "on a Sunday": "2026-11-22T09:00:00Z",
    "in a skipped hour": "2027-03-28T01:30:00Z",
    "without an offset": "2026-11-23T09:00:00",
    "a word": "tomorrow",
    "empty": "",
    "a date": "2026-11-23",
    "NUL": "2026-11-23T09:00:00Z\x00",
    "year 9999": "9999-12-31T23:59:00Z",
    "beyond the calendar": "9999-12-31T23:59:00-12:00",
    "year 1": "0001-01-01T00:00:00+12:00",
    "long": "2" * 10_000,
    "other digits": "２０２６-11-23T09:00:00Z",
}


@pytest.mark.parametrize("start", BAD_STARTS.values(), ids=BAD_STARTS)
def test_a_start_that_cannot_be_is_a_clear_page_that_keeps_what_was_typed(client, key, start):
    sent = send(client, key, start=start, description="Bring the file")
    assert sent.status_code == 409
    assert "Bring the file" in text(sent)
    assert text(sent).count("<h1") == 1
    assert Appointment.objects.count() == 0
    opened = client.get(url_of(key) + "book/", {"start": start})
    assert opened.status_code == 409
    assert text(opened).count("<h1") == 1


@pytest.mark.parametrize("start", ["9999-12-31T23:59:00Z", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar_in_an_invalid_form_are_a_clear_page(client, key, start):
    data = {**open_form(client, url_of(key), MONDAY_TEN), "start": start, "first_name": ""}
    response = client.post(f"{url_of(key)}book/?tz=Pacific/Niue", data)
    assert response.status_code == 409


def test_the_same_instant_with_another_offset_is_the_same_time(client, key):
    assert send(client, key, start="2026-11-23T18:00:00+09:00").status_code == 303
    assert Appointment.objects.get().start == at("2026-11-23 10:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"first_name": ""},
        {"last_name": "   "},
        {"email": "not an address"},
        {"email": ""},
        {"first_name": "x" * 101},
        {"description": "x" * 2001},
        {"last_name": "NUL\x00"},
    ],
)
def test_a_form_error_is_said_beside_the_field_and_nothing_is_lost(client, key, changes):
    response = send(client, key, **{"subject": "Pension", **changes})
    assert response.status_code == 422
    assert "Pension" in text(response)
    assert Appointment.objects.count() == 0


def test_no_charset_smuggles_in_half_a_character(client, key):
    data = open_form(client, url_of(key), MONDAY_TEN)
    boundary = "b0undary"
    fields = {**data, "first_name": "+2AA-"}  # a lone surrogate in UTF-7
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    response = client.generic(
        "POST",
        url_of(key) + "book/",
        f"{body}--{boundary}--\r\n",
        content_type=f"multipart/form-data; boundary={boundary}; charset=utf-7",
    )
    assert response.status_code == 303
    assert Appointment.objects.get().first_name == "+2AA-"


def test_line_breaks_in_a_name_become_spaces(client, key):
    send(client, key, first_name="Gerda\r\nBcc: all@example.com")
    assert Appointment.objects.get().first_name == "Gerda Bcc: all@example.com"


def test_a_phone_call_needs_a_number(client):
    key = make_invitation(appointment_type="phone")
    assert send(client, key).status_code == 422
    assert send(client, key, phone="+49 30 1234").status_code == 303


def test_a4_whoever_typed_for_half_an_hour_is_not_refused(client):
    key = make_invitation()
    key.invitation.work_type.timeframe_start = 4
    key.invitation.work_type.save()
    with time_machine.travel(at("2026-11-23 06:00"), tick=False) as clock:
        data = open_form(client, url_of(key), MONDAY_TEN)
        clock.move_to(at("2026-11-23 06:31"))
        assert client.post(url_of(key) + "book/", data).status_code == 409
        clock.move_to(at("2026-11-23 06:30"))
        assert client.post(url_of(key) + "book/", data).status_code == 303


def test_the_guests_zone_and_language_are_kept(client, key):
    url = f"{url_of(key)}book/?tz=Asia/Tokyo"
    data = hidden_fields(client.get(f"{url}&start={MONDAY_TEN}"))
    client.post(
        url,
        {**data, "first_name": "G", "last_name": "G", "email": "g@example.com"},
        headers={"accept-language": "de"},
    )
    appointment = Appointment.objects.get()
    assert (appointment.time_zone.key, appointment.language) == ("Asia/Tokyo", "de")


def test_nothing_free_is_a_page_with_status_200(client, key):
    host = key.invitation.hosts.get().service_resource
    Absence.objects.create(
        service_resource=host, start=at("2026-11-01 00:00"), end=at("2028-01-01 00:00")
    )
    for page in (url_of(key), url_of(key) + "2026-W48/"):
        response = client.get(page)
        assert (response.status_code, starts(response)) == (200, [])
        assert text(response).count("<h1") == 1
