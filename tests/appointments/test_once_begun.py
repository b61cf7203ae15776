"""What has begun or is over: what may still be changed of it, and of those who take part (A10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import reverse

from appointments import booking, changes, outcomes, planning
from appointments.booking import Guest, SentForm
from appointments.changes import Author, TooLateError
from appointments.models import Appointment, OutboxMessage, Status
from appointments.planning import Plan
from appointments.reassigning import reassign
from invitations import integrity
from invitations.moving import Move
from scheduling.models import SchedulingPolicy
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW, START = at("2026-11-23 09:00"), at("2026-11-24 10:00")
BEGUN, NEXT_DAY = START + dt.timedelta(minutes=20), START + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    return make_resource(office)


@pytest.fixture
def author():
    return Author(make_user())


@pytest.fixture
def terms(anna, office):
    work = make_work_type(office, attendee_limit=3, duration=120)
    return make_terms(anna, territory=office, work_type=work)


@pytest.fixture
def group(terms, author):
    asked = Plan(replace(terms, plans=True), START, 3, "", "en")
    return planning.plan(asked, SentForm("p", NOW), author=author, now=NOW).appointment


def attend(terms, name):
    guest = Guest(name, "Gast", f"{name}@example.com", "", "", "", "en", BERLIN)
    with transaction.atomic():
        return booking.book(terms, START, guest, SentForm(name, NOW), NOW).appointment


def move(group, start, author, now):
    fresh = Appointment.objects.with_page().get(pk=group.pk)
    return Move.by_staff(fresh).to(start, issued_at=now, author=author, now=now)


@pytest.mark.parametrize("outcome", [Status.NO_SHOW, Status.COMPLETED])
def test_once_it_was_said_who_came_a_group_stays_as_it_is(terms, group, author, clock, outcome):
    ada, _bea = attend(terms, "ada"), attend(terms, "bea")
    clock.move_to(BEGUN, tick=False)
    outcomes.record(ada.pk, outcome, author=author, now=BEGUN)
    with pytest.raises(TooLateError):
        move(group, NEXT_DAY, author, BEGUN)
    other = make_resource(terms.territory)
    with pytest.raises(TooLateError):
        reassign(group.pk, terms.hosts[0].pk, other.pk, anyway=True, author=author, now=BEGUN)
    assert not [found for check in integrity.CHECKS for found in check()]
    outcomes.record(ada.pk, Status.SCHEDULED, author=author, now=BEGUN)
    assert move(group, NEXT_DAY, author, BEGUN)
    assert set(Appointment.objects.values_list("start", flat=True)) == {NEXT_DAY}


def test_who_was_there_is_not_told_that_the_group_is_cancelled(terms, group, author, clock):
    ada, bea = attend(terms, "ada"), attend(terms, "bea")
    clock.move_to(BEGUN, tick=False)
    outcomes.record(ada.pk, Status.COMPLETED, author=author, now=BEGUN)
    OutboxMessage.objects.all().delete()
    assert changes.cancel(group.pk, author=author, now=BEGUN)
    status = dict(Appointment.objects.values_list("pk", "status"))
    assert status == {group.pk: "cancelled", bea.pk: "cancelled", ada.pk: "completed"}
    assert not OutboxMessage.objects.filter(object_id=ada.pk).exists()
    assert not [
        found for check in (integrity.stray_attendees, integrity.wrong_holds) for found in check()
    ]


def test_who_cancels_a_group_is_told_how_many_take_part(terms, group):
    page = reverse("admin:appointments_appointment_cancel", args=[group.pk])
    staff = signed_in(make_administrator())
    assert "Cancel this appointment?" in text(staff.get(page))
    attend(terms, "ada")
    assert "Cancel this group, and the place of 1 attendee?" in text(staff.get(page))


def test_the_page_names_the_language_of_the_guest(anna, office):
    made = make_appointment(anna, START, territory=office, language="de")
    page = reverse("admin:appointments_appointment_change", args=[made.pk])
    assert '<div class="readonly">German</div>' in text(signed_in(make_administrator()).get(page))


def test_what_is_over_is_cancelled_by_nobody(anna, office, author, clock):
    made = make_appointment(anna, START, territory=office)
    page = reverse("admin:appointments_appointment_cancel", args=[made.pk])
    staff = signed_in(make_administrator())
    clock.move_to(made.end, tick=False)
    assert staff.get(page).status_code == 403
    change = reverse("admin:appointments_appointment_change", args=[made.pk])
    assert page not in text(staff.get(change))
    with pytest.raises(TooLateError):
        changes.cancel(made.pk, author=author, now=made.end)


def test_what_took_place_is_not_cancelled_before_its_end_either(anna, office, author, clock):
    made = make_appointment(anna, START, territory=office)
    outcomes.record(made.pk, Status.COMPLETED, author=author, now=BEGUN)
    with pytest.raises(TooLateError):
        changes.cancel(made.pk, author=author, now=BEGUN)


def test_what_a_group_that_moved_earlier_has_behind_it_is_not_confirmed(terms, group, author):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, confirm_within=7 * 1440)
    terms.work_type.refresh_from_db()
    asked = make_terms(*terms.hosts, territory=terms.territory, work_type=terms.work_type)
    ada = attend(asked, "ada")
    earlier = at("2026-11-23 11:00")
    assert move(group, earlier, author, NOW)
    ada.refresh_from_db()
    assert (ada.status, ada.confirm_until) == ("pending", ada.end)
    with pytest.raises(changes.LapsedError):
        changes.confirm(ada.pk, ada.email, now=ada.end)
