"""What becomes of those in a group, and of others, when something around them changes (A10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count

import pytest
from django.db import transaction

from appointments import booking, changes, planning
from appointments.booking import FormReusedError, Guest, SentForm
from appointments.changes import Author
from appointments.models import Appointment, MessageKind, OutboxMessage, Status
from appointments.outcomes import outcomes, record
from appointments.planning import Plan
from appointments.reassigning import obstacles, reassign
from invitations.models import InvitationBooking
from invitations.moving import Move, terms_to_move
from scheduling.engine.rules import Reason
from scheduling.models import Absence, SchedulingPolicy, WorkType
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_group,
    make_invitation,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.staff import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOW = at("2026-11-23 09:00")
TUESDAY, WEDNESDAY = at("2026-11-24 10:00"), at("2026-11-25 10:00")
_tokens = count(1)


def a_form() -> SentForm:
    return SentForm(f"change {next(_tokens)}", NOW)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def author():
    return Author(make_user("staff"))


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def work(office):
    return make_work_type(office, attendee_limit=3, duration=60, reminders="60")


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna")


@pytest.fixture
def terms(anna, office, work):
    return make_terms(anna, territory=office, work_type=work)


def plan(terms, start, **fields):
    return make_group(
        *terms.hosts, start=start, work_type=terms.work_type, territory=terms.territory, **fields
    )


def enrol(terms, start=TUESDAY, name="Gerda") -> Appointment:
    guest = Guest(name, "Gast", f"{name}@example.com", "", "", "", "en", BERLIN)
    with transaction.atomic():
        made = booking.book(terms, start, guest, a_form(), NOW).appointment
    return Appointment.objects.with_page().get(pk=made.pk)


def enrol_unconfirmed(terms) -> Appointment:
    SchedulingPolicy.objects.create(name="Confirm", is_default=True, confirm_within=60)
    work = WorkType.objects.with_rules().get(pk=terms.work_type.pk)
    return enrol(replace(terms, work_type=work))


def owed(appointment) -> list[str]:
    waiting = OutboxMessage.objects.waiting().filter(kind__startswith="guest")
    return sorted(waiting.filter(object_id=appointment.pk).values_list("kind", flat=True))


def found(appointment) -> Appointment:
    return Appointment.objects.with_page().get(pk=appointment.pk)


# Who has not confirmed yet


def test_who_has_not_confirmed_is_asked_once_more_when_the_group_moves(terms, author):
    """Nobody knows yet whose address it is; and one that stands later is reminded once."""
    group = plan(terms, TUESDAY)
    attendee = enrol_unconfirmed(terms)
    changes.move(
        group.pk, replace(terms, plans=True), WEDNESDAY, issued_at=NOW, author=author, now=NOW
    )
    assert owed(attendee) == [MessageKind.GUEST_CONFIRM] * 2
    assert changes.confirm(attendee.pk, attendee.email, now=NOW)
    told = owed(attendee)
    assert told.count(MessageKind.GUEST_REMINDER) == 1
    assert MessageKind.GUEST_MOVED not in told
    assert found(attendee).start == WEDNESDAY


def test_who_has_not_confirmed_is_asked_once_more_when_another_takes_the_group(
    terms, office, author
):
    group, other = plan(terms, TUESDAY), make_resource(office)
    attendee = enrol_unconfirmed(terms)
    assert reassign(group.pk, terms.hosts[0].pk, other.pk, author=author, now=NOW)
    assert owed(attendee) == [MessageKind.GUEST_CONFIRM] * 2
    assert reassign(group.pk, other.pk, terms.hosts[0].pk, author=author, now=NOW)
    assert reassign(group.pk, terms.hosts[0].pk, other.pk, author=author, now=NOW)
    assert owed(attendee) == [MessageKind.GUEST_CONFIRM] * 3


# Planning


def test_the_same_form_with_other_places_is_a_conflict(terms, author):
    """B5."""
    form, asked = a_form(), Plan(replace(terms, plans=True), TUESDAY, 3, "", "en")
    planning.plan(asked, form, author=author, now=NOW)
    with pytest.raises(FormReusedError):
        planning.plan(replace(asked, places=5), form, author=author, now=NOW)


def test_other_places_are_another_version_in_calendars(terms, author):
    """M2: their title says how many there are."""
    group = plan(terms, TUESDAY)
    planning.set_places(group.pk, 5, author=author, now=NOW)
    assert found(group).sequence == group.sequence + 1


# Moving into another group


def test_who_was_to_come_in_person_moves_into_no_video_call(terms):
    plan(terms, TUESDAY)
    plan(terms, WEDNESDAY, appointment_type="video")
    attendee = enrol(terms)
    with pytest.raises(booking.TimeGoneError):
        changes.move(attendee.pk, terms_to_move(attendee), WEDNESDAY, issued_at=NOW, now=NOW)
    assert (found(attendee).start, found(attendee).appointment_type) == (TUESDAY, "in_person")


def test_who_is_in_a_group_of_more_hosts_moves_to_whatever_the_invitation_offers(
    terms, anna, office, work
):
    other = make_resource(office)
    plan(replace(terms, hosts=(anna, other)), TUESDAY)
    alone = plan(terms, WEDNESDAY)
    attendee = enrol(terms)
    key = make_invitation(anna, territory=office, work_type=work)
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=attendee)
    move = Move.by_staff(found(attendee))
    assert move.to(WEDNESDAY, issued_at=NOW, author=changes.GUEST, now=NOW)
    assert found(attendee).group == alone
    assert found(attendee).hosts == [anna]


# Work that becomes group work, or no longer is


def test_who_is_in_a_group_stays_in_one_when_the_work_has_no_places_any_more(terms):
    plan(terms, TUESDAY)
    other = plan(terms, WEDNESDAY)
    attendee = enrol(terms)
    WorkType.objects.update(attendee_limit=None)
    move = Move.by_staff(found(attendee))
    with pytest.raises(booking.TimeGoneError):
        move.to(at("2026-11-26 10:00"), issued_at=NOW, author=changes.GUEST, now=NOW)
    assert move.to(WEDNESDAY, issued_at=NOW, author=changes.GUEST, now=NOW)
    assert found(attendee).group == other


def test_what_was_booked_for_one_guest_moves_as_such_when_the_work_gets_places(
    anna, office, author
):
    work = make_work_type(office, duration=60)
    booked = make_appointment(anna, TUESDAY, 60, territory=office, work_type=work)
    WorkType.objects.update(attendee_limit=3)
    make_group(
        make_resource(office),
        start=WEDNESDAY,
        work_type=WorkType.objects.get(pk=work.pk),
        territory=office,
    )
    move = Move.by_staff(found(booked))
    assert move.to(WEDNESDAY, issued_at=NOW, author=author, now=NOW)
    assert found(booked).group is None
    [part] = booked.assignments.all()
    assert (part.service_resource, part.holds_time, part.blocked_start) == (anna, True, WEDNESDAY)


def test_what_was_booked_for_one_guest_is_not_given_to_who_is_away(anna, office):
    work = make_work_type(office, duration=60)
    booked = make_appointment(anna, TUESDAY, 60, territory=office, work_type=work)
    WorkType.objects.update(attendee_limit=3)
    away, free = make_resource(office), make_resource(office)
    Absence.objects.create(
        service_resource=away, start=TUESDAY, end=TUESDAY + dt.timedelta(hours=1)
    )
    found_for = obstacles(found(booked), [away, free], NOW)
    assert found_for == [{Reason.ABSENT}, set()]


# What became of it


def test_nobody_comes_back_into_a_group_that_was_cancelled(terms, author):
    """Who did not come stays so; there is nothing left to have come to."""
    group = plan(terms, TUESDAY)
    attendee = enrol(terms)
    record(attendee.pk, Status.NO_SHOW, author=author, now=TUESDAY)
    changes.cancel(group.pk, author=author, now=TUESDAY)
    with pytest.raises(changes.TooLateError):
        record(attendee.pk, Status.SCHEDULED, author=author, now=TUESDAY)
    assert outcomes(found(attendee), TUESDAY) == ()
