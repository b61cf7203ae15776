"""The pages on which staff plan groups and see to who takes part (A10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.mail import get_connection
from django.urls import reverse
from icalendar import Calendar

from appointments import outbox
from appointments.models import Appointment, AppointmentEvent, Status
from tests.factories import (
    at,
    make_appointment,
    make_group,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import hidden_fields, text
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 09:00")
EVENING = at("2026-11-24 19:00")
PLAN = "/admin/appointments/appointment/plan/"


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
def yoga(office):
    return make_work_type(office, name="Yoga", duration=60, attendee_limit=3)


@pytest.fixture
def browser():
    return signed_in(make_administrator())


def fields(anna, yoga, office, **changed):
    return {
        "resource": anna.pk,
        "work_type": yoga.pk,
        "territory": office.pk,
        "start_0": "2026-11-24",
        "start_1": "19:00",
        "places": "",
        "appointment_type": "in_person",
        "subject": "",
        **changed,
    }


def send(browser, page, form):
    return browser.post(page, {**hidden_fields(browser.get(page)), **form}, follow=True)


def make_attendee(group, name="Gerda", **fields):
    [part] = group.assignments.all()
    attendee = make_appointment(
        part.service_resource,
        at("2020-01-01 00:00"),
        work_type=group.work_type,
        territory=group.territory,
        group=group,
        first_name=name,
        email=f"{name.lower()}@example.com",
        **fields,
    )
    attendee.assignments.update(blocked_start=group.start, blocked_end=group.end, holds_time=False)
    Appointment.objects.filter(pk=attendee.pk).update(start=group.start, end=group.end)
    return attendee


@pytest.fixture
def group(anna, yoga, office):
    return make_group(anna, start=EVENING, work_type=yoga, territory=office)


def page_of(appointment, tool=""):
    name = f"admin:appointments_appointment_{tool or 'change'}"
    return reverse(name, args=[appointment.pk])


def test_staff_plan_a_group_with_several_hosts(browser, anna, yoga, office):
    tom = make_resource(office, name="Tom Reed")
    response = send(browser, PLAN, fields(anna, yoga, office, others=[tom.pk, anna.pk]))
    group = Appointment.objects.get()
    assert response.redirect_chain == [(page_of(group), 302)]
    assert (group.start, group.places, group.end - group.start) == (
        EVENING,
        3,
        dt.timedelta(hours=1),
    )
    assert [row.service_resource for row in group.assignments.all()] == [anna, tom]
    assert "Nobody takes part yet." in text(response)
    assert "Places taken: 0 of 3." in text(response)


def test_its_history_does_not_call_planning_a_booking_at_any_time(browser, anna, yoga, office):
    response = send(browser, PLAN, fields(anna, yoga, office))
    assert Appointment.objects.get().events.get().details["anyway"]
    assert "Booked at any time" not in text(response)


def test_places_may_be_fewer_and_at_least_one(browser, anna, yoga, office):
    assert "greater than or equal to 1" in text(
        send(browser, PLAN, fields(anna, yoga, office, places=0))
    )
    send(browser, PLAN, fields(anna, yoga, office, places=2))
    assert Appointment.objects.get().places == 2


def test_work_for_one_guest_is_not_planned_nor_group_work_booked(browser, anna, yoga, office):
    plain = make_work_type(office)
    response = send(browser, PLAN, fields(anna, plain, office))
    assert "Select a valid choice" in text(response)
    book = browser.get(reverse("admin:appointments_appointment_book"))
    assert list(book.context["form"].fields["work_type"].queryset) == [plain]


def test_a_time_that_is_taken_is_said_with_everything_typed_kept(browser, anna, yoga, office):
    make_appointment(anna, EVENING)
    others = [make_resource(office).pk]
    response = send(browser, PLAN, fields(anna, yoga, office, subject="Mats", others=others))
    assert "There is another appointment at this time" in text(response)
    assert 'value="Mats"' in text(response)
    assert f'value="{others[0]}" selected' in text(response)


def test_hosts_read_of_it_once_and_can_answer_the_site(browser, anna, yoga, office, settings):
    send(browser, PLAN, fields(anna, yoga, office))
    while message := outbox.claim():
        outbox.deliver(message, get_connection())
    [letter] = mail.outbox
    assert letter.to == [anna.email]
    assert "A group appointment is planned with you." in letter.body
    assert "mailto:" not in letter.alternatives[0].content
    assert letter.reply_to == [settings.DEFAULT_FROM_EMAIL]
    [event] = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")
    assert str(event["attendee"]) == f"mailto:{anna.email}"


def test_who_may_not_book_anyway_plans_nothing(anna, yoga, office, group):
    own = signed_in(own_user(anna))
    assert own.get(PLAN).status_code == 403
    assert own.get(page_of(group, "add_attendee")).status_code == 403
    changelist = reverse("admin:appointments_appointment_changelist")
    assert PLAN not in text(own.get(changelist))
    anna.user.user_permissions.add(Permission.objects.get(codename="book_anyway_appointment"))
    assert PLAN in text(own.get(changelist))
    assert own.get(PLAN).status_code == 200


def test_the_page_of_a_group_lists_who_takes_part(browser, group):
    coming = make_attendee(group, "Ada")
    make_attendee(group, "Bea", status=Status.CANCELLED)
    page = text(browser.get(page_of(group)))
    assert "Places taken: 1 of 3." in page
    assert page_of(coming) in page
    assert "bea@example.com" in page
    assert "In a group:" in text(browser.get(page_of(coming)))


def test_the_table_has_those_who_come_and_no_formulas(browser, group):
    make_attendee(group, "=1+1", phone="030 1")
    make_attendee(group, "Bea", status=Status.CANCELLED)
    response = browser.get(page_of(group, "attendees"))
    assert response["Content-Disposition"] == 'attachment; filename="attendees-2026-11-24.csv"'
    assert response.content.decode("utf-8-sig").splitlines() == [
        "First name,Last name,E-mail address,Phone,State",
        "'=1+1,Gast,'=1+1@example.com,030 1,Scheduled",
    ]


def test_somebody_is_added_by_hand_once(browser, group):
    page = page_of(group, "add_attendee")
    form = {
        "first_name": "Ada",
        "last_name": "Gast",
        "email": "ada@example.com",
        "phone": "",
        "language": "de",
        "description": "",
    }
    sent = {**hidden_fields(browser.get(page)), **form}
    for _ in range(2):
        assert browser.post(page, sent).status_code == 302
    [attendee] = group.attendees.all()
    assert (attendee.start, attendee.language, attendee.status) == (EVENING, "de", "scheduled")
    assert AppointmentEvent.objects.get(appointment=attendee).actor is not None


def test_nobody_is_added_to_a_full_group(browser, anna, yoga, office):
    group = make_group(anna, start=EVENING, work_type=yoga, territory=office, places=1)
    make_attendee(group)
    page = page_of(group, "add_attendee")
    assert page not in text(browser.get(page_of(group)))
    form = {"first_name": "A", "last_name": "B", "email": "a@example.com", "language": "en"}
    assert "All places are taken by now." in text(send(browser, page, form))
    assert group.attendees.count() == 1


def test_places_change_but_leave_room_for_who_takes_part(browser, group):
    for name in ("Ada", "Bea"):
        make_attendee(group, name)
    page = page_of(group, "places")
    assert "2 people take part already." in text(send(browser, page, {"places": 1}))
    assert "The places are changed." in text(send(browser, page, {"places": 2}))
    group.refresh_from_db()
    assert group.places == 2


def test_an_attendee_is_marked_alone_and_a_group_never_missing(browser, anna, yoga, office):
    began = make_group(anna, start=at("2026-11-23 08:30"), work_type=yoga, territory=office)
    attendee = make_attendee(began)
    assert 'value="no_show"' not in text(browser.get(page_of(began)))
    assert 'value="no_show"' in text(browser.get(page_of(attendee)))
    browser.post(page_of(attendee, "outcome"), {"outcome": "no_show"})
    attendee.refresh_from_db()
    began.refresh_from_db()
    assert (attendee.status, began.status) == ("no_show", "scheduled")
    assert began.assignments.get().holds_time
    browser.post(page_of(attendee, "outcome"), {"outcome": "completed"})
    assert not attendee.assignments.get().holds_time


def test_what_concerns_a_guest_is_not_asked_of_a_group_nor_a_host_of_an_attendee(browser, group):
    attendee = make_attendee(group)
    assert page_of(group, "details") not in text(browser.get(page_of(group)))
    assert page_of(attendee, "reassign") not in text(browser.get(page_of(attendee)))
    assert browser.get(page_of(attendee, "places")).status_code == 404
    assert browser.get(page_of(attendee, "attendees")).status_code == 404


def test_strangers_see_nothing_of_a_group(group, office):
    stranger = signed_in(make_assistant(make_resource(office)))
    for tool in ("change", "attendees", "places", "add_attendee"):
        assert stranger.get(page_of(group, tool)).status_code == 404


def test_the_agenda_has_a_group_once(browser, anna, group):
    make_attendee(group)
    page = reverse("admin:appointments_appointment_agenda")
    shown = text(browser.get(f"{page}?resource={anna.pk}&week=2026-W48"))
    assert page_of(group) in shown
    assert "Gerda Gast" not in shown


def test_a_group_has_no_page_for_guests(client, group):
    assert client.get(group.get_absolute_url()).status_code == 404
