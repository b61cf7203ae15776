"""Absences and hours laid over appointments: nobody is left to find out by himself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import changes
from appointments.conflicts import conflicts, with_absence
from appointments.locks import TooBusyError
from appointments.models import Appointment, AppointmentEvent, OutboxMessage, Status
from scheduling.models import Absence, Holiday, Membership, ServiceResource, TimeSlot
from tests.factories import at, make_appointment, make_resource, make_territory, make_work_type
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
PAGE = "/admin/appointments/appointment/conflicts/"


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
def appointment(anna, office):
    return make_appointment(anna, START, territory=office)


def away(resource, start, end, **fields):
    return Absence.objects.create(service_resource=resource, start=at(start), end=at(end), **fields)


def found():
    return [
        (each.appointment, each.words) for each in conflicts(ServiceResource.objects.all(), NOW)
    ]


# What is one


def test_without_a_change_nothing_is_in_conflict(appointment):
    assert found() == []


def test_an_absence_over_an_appointment_is_one(appointment, anna):
    absence = away(anna, "2026-11-24 10:29", "2026-11-24 12:00")
    assert [row.appointment for row in with_absence(absence, NOW)] == [appointment]
    assert found() == [(appointment, "absent")]


def test_a3_the_time_that_it_blocks_counts_and_what_only_touches_does_not(appointment, anna):
    absence = away(anna, "2026-11-24 10:30", "2026-11-24 12:00")
    assert (list(with_absence(absence, NOW)), found()) == ([], [])
    appointment.assignments.update(blocked_end=at("2026-11-24 10:45"))
    assert with_absence(absence, NOW).count() == 1
    assert found() == [(appointment, "absent")]


def test_absences_of_others_and_what_is_over_or_cancelled_are_none(appointment, anna, office):
    absence = away(make_resource(office), "2026-11-24 00:00", "2026-11-25 00:00")
    assert not with_absence(absence, NOW).exists()
    own = away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    assert not with_absence(own, START + dt.timedelta(minutes=30)).exists()
    changes.set_status(appointment.pk, Status.CANCELLED)
    assert (list(with_absence(own, NOW)), found()) == ([], [])


def test_what_its_guest_did_not_confirm_in_time_is_none(appointment, anna):
    own = away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    appointment.assignments.update(holds_until=NOW - dt.timedelta(minutes=5))
    assert (list(with_absence(own, NOW)), found()) == ([], [])


def test_hours_that_no_longer_reach_there_are_one(appointment):
    TimeSlot.objects.update(start_time=dt.time(10, 15))
    assert found() == [(appointment, "outside the hours")]


def test_a_holiday_is_one(appointment, office):
    Holiday.objects.create(
        operating_hours=office.operating_hours, date=START.date(), name="Holiday"
    )
    assert found() == [(appointment, "a holiday")]


def test_a_membership_that_ends_before_is_one(appointment):
    Membership.objects.update(end_date=NOW.date())
    assert found() == [(appointment, "not at this place")]


def test_two_reasons_are_both_said(appointment, anna):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    TimeSlot.objects.update(start_time=dt.time(12))
    assert found() == [(appointment, "absent and outside the hours")]


def test_its_own_length_counts_not_what_the_work_takes_today(appointment):
    appointment.work_type.duration = 480
    appointment.work_type.save()
    assert found() == []


def test_finding_them_takes_the_same_queries_for_any_number(anna, office):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            found()
        return len(asked)

    work = make_work_type(office)
    away(anna, "2026-11-24 00:00", "2026-12-25 00:00")
    make_appointment(anna, START, territory=office, work_type=work)
    one = queries()
    for number in range(1, 20):
        start = START + number * dt.timedelta(hours=1)
        make_appointment(anna, start, territory=make_territory())
    assert (len(found()), queries()) == (20, one)


# Saving an absence


def save_absence(client, resource, url="", **fields):
    return client.post(
        url or reverse("admin:scheduling_absence_add"),
        {
            "service_resource": resource.pk,
            "type": "vacation",
            "start_0": "2026-11-24",
            "start_1": "09:00",
            "end_0": "2026-11-24",
            "end_1": "12:00",
            **fields,
        },
        follow=True,
    )


def test_an_absence_over_appointments_is_saved_and_leads_to_them(appointment, anna):
    response = save_absence(signed_in(own_user(anna)), anna)
    assert Absence.objects.count() == 1
    assert response.redirect_chain == [(PAGE, 302)]
    page = text(response)
    assert "1 appointment is booked in this time." in page
    assert "Gerda Gast" in page
    assert reverse("admin:appointments_appointment_cancel", args=[appointment.pk]) in page
    assert reverse("admin:invitations_invitation_move", args=[appointment.pk]) in page
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_so_does_one_that_is_made_longer(appointment, anna):
    absence = away(anna, "2026-11-24 08:00", "2026-11-24 09:00")
    url = reverse("admin:scheduling_absence_change", args=[absence.pk])
    response = save_absence(signed_in(own_user(anna)), anna, url)
    assert response.redirect_chain == [(PAGE, 302)]


def test_an_absence_that_touches_nothing_says_nothing(appointment, anna):
    response = save_absence(signed_in(own_user(anna)), anna, end_1="10:00")
    assert response.redirect_chain == [(reverse("admin:scheduling_absence_changelist"), 302)]
    assert "booked in this time" not in text(response)


def test_who_sees_no_appointments_learns_that_there_are_some_and_no_more(appointment, anna):
    user = make_user()
    names = ["view_absence", "add_absence", "change_absence", "view_serviceresource"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    page = text(save_absence(signed_in(user), anna))
    assert "1 appointment is booked in this time." in page
    assert "Gerda" not in page


# Saving hours


def test_saving_hours_that_leave_appointments_out_says_so(appointment, office):
    hours = office.operating_hours
    [tuesday] = hours.time_slots.filter(day_of_week=1)
    data = {
        "name": hours.name,
        "time_zone": "Europe/Berlin",
        "time_slots-TOTAL_FORMS": "1",
        "time_slots-INITIAL_FORMS": "1",
        "time_slots-0-id": tuesday.pk,
        "time_slots-0-operating_hours": hours.pk,
        "time_slots-0-day_of_week": "1",
        "time_slots-0-start_time": "14:00",
        "time_slots-0-end_time": "17:00",
        "time_slots-0-type": "normal",
        "holidays-TOTAL_FORMS": "0",
        "holidays-INITIAL_FORMS": "0",
    }
    url = reverse("admin:scheduling_operatinghours_change", args=[hours.pk])
    client = signed_in(make_administrator())
    response = client.post(url, data, follow=True)
    assert "1 appointment to come cannot be kept" in text(response)
    assert PAGE in text(response)
    assert "cannot be kept" not in text(client.post(url, data, follow=True))


# The page


def test_those_ticked_are_cancelled_together_with_one_reason(appointment, anna, office):
    kept = make_appointment(anna, START + dt.timedelta(hours=1), territory=office)
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    user = make_assistant(anna)
    data = {"appointment": [appointment.pk], "reason": "Anna is ill."}
    page = text(signed_in(user).post(PAGE, data, follow=True))
    assert "1 appointment is cancelled." in page
    event = AppointmentEvent.objects.get()
    assert (event.appointment, event.actor, event.on_behalf_of) == (appointment, user, anna)
    assert event.details["reason"] == "Anna is ill."
    assert sorted(OutboxMessage.objects.values_list("kind", flat=True)) == [
        "guest_cancelled",
        "resource_cancelled",
    ]
    assert found() == [(kept, "absent")]


def test_only_what_is_in_conflict_can_be_cancelled_there(appointment, anna):
    client = signed_in(own_user(anna))
    page = text(client.post(PAGE, {"appointment": [appointment.pk, "x"]}, follow=True))
    assert "Tick the appointments" in page
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_a_reason_that_is_too_long_comes_back_with_the_ticks(appointment, anna):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    response = signed_in(own_user(anna)).post(
        PAGE, {"appointment": [appointment.pk], "reason": "x" * 501}
    )
    assert f'value="{appointment.pk}" checked' in text(response)
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_strangers_see_and_cancel_nothing(appointment, anna):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    blind = make_assistant(anna, can_see_appointments=False)
    assert signed_in(blind).get(PAGE).status_code == 403
    reader = make_assistant(anna, can_change_appointments=False)
    for user in (own_user(make_resource()), reader):
        client = signed_in(user)
        client.post(PAGE, {"appointment": [appointment.pk]})
        assert ("Gerda" in text(client.get(PAGE))) == (user is reader)
        assert 'type="checkbox"' not in text(client.get(PAGE))
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_a_reason_is_kept_where_nothing_was_ticked(appointment, anna):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    response = signed_in(own_user(anna)).post(PAGE, {"reason": "Anna is ill."})
    assert "Tick the appointments" in text(response)
    assert "Anna is ill." in response.content.decode()
    assert Appointment.objects.get().status == Status.SCHEDULED


def test_a_reason_and_ticks_are_kept_where_others_change_the_same(appointment, anna, monkeypatch):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")

    def busy(*_args, **_kwargs):
        raise TooBusyError

    monkeypatch.setattr(changes, "cancel", busy)
    response = signed_in(own_user(anna)).post(
        PAGE, {"appointment": [appointment.pk], "reason": "Anna is ill."}
    )
    page = text(response)
    assert "Others are changing the same." in page
    assert "Anna is ill." in page
    assert f'value="{appointment.pk}" checked' in page


def test_what_took_place_meanwhile_is_left_alone(appointment, anna, time_machine):
    away(anna, "2026-11-24 00:00", "2026-11-25 00:00")
    client = signed_in(own_user(anna))
    time_machine.move_to(START + dt.timedelta(minutes=5), tick=False)
    changes.set_status(appointment.pk, Status.COMPLETED)
    shown = text(client.post(PAGE, {"appointment": [appointment.pk]}, follow=True))
    assert "This appointment was changed meanwhile." in shown
    assert 'type="checkbox"' not in shown
    assert Appointment.objects.get().status == Status.COMPLETED
