"""Booking at a time that no guest is offered: a permission of its own, and its limits (B8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from appointments.booking import FormReusedError, Guest, SentForm, TimeGoneError, book_anyway
from appointments.changes import Author
from appointments.models import Appointment, AppointmentEvent, Assignment, OutboxMessage, Status
from scheduling.models import Absence, SchedulingPolicy
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_hours,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import hidden_fields, text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SUNDAY = at("2026-11-22 22:07")
NOW = SUNDAY - dt.timedelta(minutes=30)
PAGE = "/admin/appointments/appointment/book/"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def work(office):
    return make_work_type(
        office, name="Review", timeframe_start=5, block_time_before=15, block_time_after=15
    )


@pytest.fixture
def terms(office, anna, work):
    return make_terms(anna, territory=office, work_type=work)


def guest(**fields):
    written = {
        "first_name": "Gerda",
        "last_name": "Gast",
        "email": "gerda@example.com",
        "phone": "",
        "subject": "",
        "description": "",
        **fields,
    }
    return Guest(**written, language="en", time_zone=BERLIN)


def book(terms, start=SUNDAY, token="one", now=NOW, **fields):
    author = Author(make_user(), terms.hosts[0])
    return book_anyway(terms, start, guest(**fields), SentForm(token, now), author=author, now=now)


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def test_b8_hours_lead_time_grid_and_absences_are_lifted_and_it_is_written_down(terms, anna):
    Absence.objects.create(
        service_resource=anna, start=NOW, end=SUNDAY + dt.timedelta(hours=2), type="vacation"
    )
    appointment, is_new = book(terms)
    assert is_new
    assert (appointment.start, appointment.status) == (SUNDAY, Status.SCHEDULED)
    row, quarter = Assignment.objects.get(), dt.timedelta(minutes=15)
    assert (row.blocked_start, row.blocked_end, row.holds_time) == (
        SUNDAY - quarter,
        appointment.end + quarter,
        True,
    )
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.on_behalf_of, event.details["anyway"]) == ("booked", anna, True)
    assert event.actor is not None
    assert kinds() == ["guest_booked", "resource_booked"]


def test_b8_another_appointment_is_never_overlapped_nor_its_block_time(terms, anna):
    make_appointment(anna, SUNDAY + dt.timedelta(minutes=40))
    with pytest.raises(TimeGoneError):
        book(terms)
    assert Appointment.objects.count() == 1
    assert kinds() == []
    Assignment.objects.update(blocked_start=SUNDAY + dt.timedelta(minutes=45))
    assert book(terms).is_new


def test_time_that_lapsed_without_a_confirmation_is_free(terms, anna):
    lapsed = NOW - dt.timedelta(hours=1)
    other = make_appointment(anna, SUNDAY, status=Status.PENDING, confirm_until=lapsed)
    other.assignments.update(holds_until=lapsed)
    assert book(terms).is_new


@pytest.mark.parametrize(
    "start",
    [NOW - dt.timedelta(minutes=1), at("2028-01-01 10:00"), at("9999-01-01 10:00")],
    ids=["over", "too far ahead", "far beyond"],
)
def test_what_is_over_or_too_far_ahead_is_not_booked(terms, start):
    with pytest.raises(TimeGoneError):
        book(terms, start)


def test_a_guest_whom_staff_book_need_not_confirm(terms):
    SchedulingPolicy.objects.create(name="Careful", is_default=True, confirm_within=30)
    assert book(terms).appointment.status == Status.SCHEDULED


def test_b5_the_same_form_books_once_and_with_anything_else_in_it_not_at_all(terms, office, work):
    first = book(terms).appointment
    again = book(terms)
    assert (again.appointment, again.is_new) == (first, False)
    other = make_terms(make_resource(office), territory=office, work_type=work)
    for changed in ({"start": SUNDAY + dt.timedelta(hours=1)}, {"first_name": "Greta"}):
        with pytest.raises(FormReusedError):
            book(terms, **changed)
    with pytest.raises(FormReusedError):
        book(other)
    assert Appointment.objects.count() == 1


# The page


@pytest.fixture
def fields(anna, office, work):
    return {
        "resource": anna.pk,
        "work_type": work.pk,
        "territory": office.pk,
        "start_0": "2026-11-22",
        "start_1": "22:07",
        "appointment_type": "in_person",
        "first_name": "Gerda",
        "last_name": "Gast",
        "email": "gerda@example.com",
        "language": "de",
    }


def send(client, fields, **changed):
    token = hidden_fields(client.get(PAGE))["form_token"]
    return client.post(PAGE, {"form_token": token, **fields, **changed}, follow=True)


def permitted(user):
    user.user_permissions.add(Permission.objects.get(codename="book_anyway_appointment"))
    return user


def test_an_assistant_with_the_permission_books_for_their_host(anna, fields):
    user = permitted(make_assistant(anna))
    client = signed_in(user)
    resource = reverse("admin:scheduling_serviceresource_change", args=[anna.pk])
    agenda = "/admin/appointments/appointment/agenda/"
    for page in (resource, agenda):
        assert f"{PAGE}?resource={anna.pk}" in text(client.get(page))
    page = client.get(f"{PAGE}?resource={anna.pk}")
    assert f'value="{anna.pk}" selected' in text(page)
    response = send(client, fields)
    appointment = Appointment.objects.get()
    assert response.redirect_chain == [
        (reverse("admin:appointments_appointment_change", args=[appointment.pk]), 302)
    ]
    assert (appointment.start, appointment.language) == (SUNDAY, "de")
    assert "Booked at any time" in text(response)
    event = AppointmentEvent.objects.get()
    assert (event.actor, event.on_behalf_of) == (user, anna)


def test_the_time_is_that_of_the_territory(anna, fields):
    tokyo = make_territory(make_hours("Asia/Tokyo"))
    client = signed_in(make_administrator())
    send(client, fields, territory=tokyo.pk, start_0="2026-11-23", start_1="10:00")
    assert Appointment.objects.get().start == at("2026-11-23 10:00", "Asia/Tokyo")


def test_a_time_that_is_taken_comes_back_with_everything_typed_kept(anna, fields):
    make_appointment(anna, SUNDAY)
    response = send(signed_in(make_administrator()), fields, description="By phone <b>today</b>")
    page = text(response)
    assert "There is another appointment at this time" in page
    for typed in ('value="22:07"', 'value="Gerda"', "By phone &lt;b&gt;today&lt;/b&gt;"):
        assert typed in page
    assert Appointment.objects.count() == 1


def test_pressed_twice_is_once_and_corrected_after_that_is_a_second_one(anna, fields):
    client = signed_in(make_administrator())
    form = {"form_token": hidden_fields(client.get(PAGE))["form_token"], **fields}
    for _ in range(2):
        assert client.post(PAGE, form).status_code == 302
    assert Appointment.objects.count() == 1
    response = client.post(PAGE, {**form, "start_1": "23:59"})
    assert "This form was sent already." in text(response)
    again = {**form, "start_1": "23:59", **hidden_fields(response)}
    assert client.post(PAGE, again).status_code == 302
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"appointment_type": "phone"}, "A phone call needs a number."),
        ({"start_0": "2027-03-28", "start_1": "02:30"}, "skip 02:30"),
        ({"start_0": "0001-01-01", "start_1": "00:00"}, "Enter a valid date."),
        ({"start_1": ""}, "This field is required."),
        ({"form_token": "made up"}, "This form is no longer valid."),
    ],
)
def test_what_does_not_fit_is_said(fields, changed, words):
    assert words in text(send(signed_in(make_administrator()), fields, **changed))
    assert not Appointment.objects.exists()


def test_without_the_permission_or_the_right_for_the_host_nothing_is_booked(anna, fields):
    assert signed_in(own_user(anna)).get(PAGE).status_code == 403
    assert PAGE not in text(
        signed_in(anna.user).get(reverse("admin:scheduling_serviceresource_change", args=[anna.pk]))
    )
    reader = permitted(make_assistant(anna, can_change_appointments=False))
    assert signed_in(reader).post(PAGE, fields).status_code == 403
    other = permitted(own_user(make_resource()))
    response = send(signed_in(other), fields)
    assert "Select a valid choice" in text(response)
    assert not Appointment.objects.exists()
