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
    make_client,
    make_hours,
    make_preference,
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


# For a client


@pytest.fixture
def gerda():
    """Who can be met in the mornings of workdays."""
    hours = make_hours(times=[(dt.time(9), dt.time(12))])
    return make_client(phone="030 1", visiting_hours=hours)


@pytest.fixture
def for_gerda(fields, gerda):
    """Monday at ten, for her, with nothing typed of who she is."""
    unsaid = dict.fromkeys(("first_name", "last_name", "email"), "")
    when = {"start_0": "2026-11-23", "start_1": "10:00"}
    return {**fields, **unsaid, **when, "client": gerda.pk}


def options(response, name="resource"):
    return [label for _key, label in response.context["form"].fields[name].choices]


def warning(response):
    [words] = response.context["form"].errors["despite"]
    return words


def test_staff_book_for_a_client_who_is_known(anna, gerda, for_gerda):
    send(signed_in(make_administrator()), for_gerda, appointment_type="phone")
    made = Appointment.objects.get()
    assert (made.client, made.guest_name, made.email) == (gerda, "Gerda Gast", gerda.email)
    assert (made.phone, made.start) == ("030 1", at("2026-11-23 10:00"))


def test_what_is_typed_counts_instead_of_what_is_known(for_gerda, gerda):
    send(signed_in(make_administrator()), for_gerda, email="office@example.com")
    made = Appointment.objects.get()
    assert (made.client, made.email) == (gerda, "office@example.com")


@pytest.mark.parametrize("name", ["first_name", "last_name", "email"])
def test_of_somebody_else_all_has_to_be_typed(gerda, fields, name):
    response = send(signed_in(make_administrator()), fields, **{name: ""})
    assert list(response.context["form"].errors) == [name]
    assert not Appointment.objects.exists()


def test_a8_a_time_outside_the_visiting_hours_is_said_before_it_is_booked(for_gerda):
    browser, late = signed_in(make_administrator()), {"start_1": "11:45"}
    response = send(browser, for_gerda, **late)
    words = warning(response)
    assert words == "Mon 23 Nov 2026, 11:45 (Berlin) is outside the visiting hours of Gerda Gast."
    assert not Appointment.objects.exists()
    agreed = {**for_gerda, **hidden_fields(response), "despite": words}
    other = browser.post(PAGE, {**agreed, "start_1": "11:50"})
    assert "11:50" in warning(other)
    assert not Appointment.objects.exists()
    browser.post(PAGE, {**agreed, **late})
    assert Appointment.objects.get().start == at("2026-11-23 11:45")


def test_a8_a_holiday_of_the_visiting_hours_is_said(for_gerda, gerda, office):
    day = dt.date(2026, 11, 23)
    for hours, name in ((office.operating_hours, "Ours"), (gerda.visiting_hours, "Hers")):
        hours.holidays.create(date=day, name=name)
    assert "is a holiday in the visiting hours" in warning(
        send(signed_in(make_administrator()), for_gerda)
    )
    gerda.visiting_hours.holidays.all().delete()
    send(signed_in(make_administrator()), for_gerda)
    assert Appointment.objects.count() == 1


def test_a8_an_excluded_host_is_said_before_it_is_booked(for_gerda, gerda, anna, office):
    make_preference(gerda, make_resource(office), "required")
    words = warning(send(signed_in(make_administrator()), for_gerda))
    assert words == "Gerda Gast would rather not meet Anna Berger."


def test_a8_preferred_hosts_are_offered_first_and_excluded_ones_last(
    for_gerda, gerda, anna, office
):
    tom, uwe = (make_resource(office, name=name) for name in ("Tom Reed", "Uwe Voss"))
    make_preference(gerda, anna, "excluded")
    make_preference(gerda, uwe, "preferred")
    browser = signed_in(make_administrator())
    expected = ["Uwe Voss (preferred)", "Tom Reed", "Anna Berger (excluded by the client)"]
    assert options(browser.get(f"{PAGE}?client={gerda.pk}")) == expected
    assert options(send(browser, for_gerda)) == expected
    assert options(browser.get(PAGE)) == ["Anna Berger", "Tom Reed", "Uwe Voss"]
    assert tom.assignments.count() == 0


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30])
def test_a_client_whom_nobody_knows_is_not_chosen(gerda, asked):
    response = signed_in(make_administrator()).get(f"{PAGE}?client={asked}")
    assert (response.status_code, " selected" in text(response).split("id_resource")[0]) == (
        200,
        False,
    )


def test_a_client_out_of_reach_is_not_booked_for(anna, for_gerda, gerda):
    browser = signed_in(permitted(own_user(anna)))
    assert "client" not in browser.get(f"{PAGE}?client={gerda.pk}").context["form"].fields
    send(browser, for_gerda)
    assert not Appointment.objects.exists()
    make_appointment(anna, NOW, client=make_client(email="hers@example.com"))
    assert "Select a valid choice" in text(send(browser, for_gerda))


def test_a_clients_page_leads_there(gerda):
    page = reverse("admin:appointments_client_change", args=[gerda.pk])
    assert f"{PAGE}?client={gerda.pk}" in text(signed_in(make_administrator()).get(page))
