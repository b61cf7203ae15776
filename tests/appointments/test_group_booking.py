"""Appointments for several attendees: planned, entered, left, moved and cancelled (A10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from appointments import booking, changes, planning
from appointments.booking import FormReusedError, Guest, SentForm, TimeGoneError
from appointments.changes import Author, TooLateError
from appointments.models import Appointment, Assignment, MessageKind, OutboxMessage, Status
from appointments.openings import is_open, question
from appointments.planning import FewerThanTakenError, Plan
from appointments.reassigning import is_reassignable, reassign
from invitations import integrity
from scheduling.engine.intervals import minute_of
from scheduling.engine.openings import places
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Reason
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
from tests.staff import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

NOW = at("2026-11-23 09:00")
NIGHT = at("2026-11-24 21:10")
LATER = at("2026-11-25 21:10")
_tokens = count(1)


def a_form() -> SentForm:
    return SentForm(f"token {next(_tokens)}", NOW)


def a_guest(name: str = "Gerda") -> Guest:
    return Guest(name, "Gast", f"{name}@example.com", "", "", "", "en", BERLIN)


@pytest.fixture
def author():
    return Author(make_user("staff"))


@pytest.fixture
def terms():
    territory = make_territory()
    work = make_work_type(territory, attendee_limit=2, duration=60, reminders="60")
    return make_terms(make_resource(territory), territory=territory, work_type=work)


def plan(terms, author, start=NIGHT, places=2, form=None):
    asked = Plan(replace(terms, plans=True), start, places, "", "en")
    return planning.plan(asked, form or a_form(), author=author, now=NOW).appointment


@pytest.fixture
def group(terms, author):
    return plan(terms, author)


def enrol(terms, name="Gerda", start=NIGHT, form=None):

    with transaction.atomic():
        return booking.book(terms, start, a_guest(name), form or a_form(), NOW).appointment


def owed(appointment) -> set[str]:
    parts = list(appointment.assignments.values_list("pk", flat=True))
    to_guest = OutboxMessage.objects.filter(object_id=appointment.pk, kind__startswith="guest")
    to_hosts = OutboxMessage.objects.filter(object_id__in=parts, kind__startswith="resource")
    return {message.kind for message in [*to_guest, *to_hosts]}


def faults() -> list[str]:
    return [fault for check in integrity.CHECKS for fault in check()]


def test_a_group_holds_its_hosts_time_at_any_hour_and_only_they_are_told(terms, group):
    [part] = group.assignments.all()
    assert (part.holds_time, part.blocked_start, group.end) == (
        True,
        NIGHT,
        NIGHT + dt.timedelta(hours=1),
    )
    assert owed(group) == {MessageKind.RESOURCE_BOOKED}
    with pytest.raises(TimeGoneError):
        plan(terms, Author(make_user("other")))


def test_planned_twice_by_one_form_is_planned_once(terms, author):
    form = a_form()
    assert plan(terms, author, form=form) == plan(terms, author, form=form)


def test_only_starts_of_groups_with_places_are_open(terms, group):
    asked = question(terms, NOW)
    assert is_open(asked, NIGHT)
    assert places(asked, minute_of(NIGHT)) == 2
    assert reasons(asked, minute_of(at("2026-11-24 10:00"))) == {Reason.NO_GROUP}


def test_attendees_take_places_until_none_is_left(terms, group):
    first, second = enrol(terms, "Ada"), enrol(terms, "Bea")
    assert {first.group, second.group} == {group}
    with pytest.raises(TimeGoneError):
        enrol(terms, "Cleo")
    assert reasons(question(terms, NOW), minute_of(NIGHT)) == {Reason.GROUP_FULL}
    assert faults() == []


def test_an_attendee_holds_no_time_and_no_host_is_told(terms, group):
    attendee = enrol(terms)
    [part] = attendee.assignments.all()
    assert (part.service_resource, part.holds_time) == (terms.hosts[0], False)
    assert owed(attendee) == {MessageKind.GUEST_BOOKED, MessageKind.GUEST_REMINDER}


def test_the_same_form_enrols_once(terms, group):
    """B5."""
    form = a_form()
    assert enrol(terms, form=form) == enrol(terms, form=form)
    with pytest.raises(FormReusedError):
        enrol(terms, "Bea", form=form)


def test_who_withdraws_frees_the_place_at_once(terms, group):
    attendee = enrol(terms, "Ada")
    enrol(terms, "Bea")
    assert changes.cancel(attendee.pk, now=NOW)
    assert owed(attendee) >= {MessageKind.GUEST_CANCELLED}
    assert enrol(terms, "Cleo").group == group


def test_a_pending_attendee_keeps_a_place_until_it_lapses(terms, group):
    SchedulingPolicy.objects.create(name="Confirm", is_default=True, confirm_within=60)
    asked = make_terms(*terms.hosts, territory=terms.territory, work_type=terms.work_type)
    enrol(asked, "Ada")
    enrol(asked, "Bea")
    with pytest.raises(TimeGoneError):
        enrol(asked, "Cleo")
    lapsed = NOW + dt.timedelta(minutes=62)
    assert places(question(asked, lapsed), minute_of(NIGHT)) == 2


def test_an_attendee_moves_to_another_date_of_the_group(terms, group, author):
    other = plan(terms, author, LATER, places=1)
    attendee = enrol(terms)
    assert changes.move(attendee.pk, terms, LATER, issued_at=NOW, now=NOW)
    attendee.refresh_from_db()
    assert (attendee.group, attendee.start) == (other, LATER)
    asked = question(terms, NOW)
    assert (places(asked, minute_of(NIGHT)), is_open(asked, LATER)) == (2, False)
    assert owed(attendee) >= {MessageKind.GUEST_MOVED}
    assert not owed(attendee) & {MessageKind.RESOURCE_MOVED, MessageKind.RESOURCE_BOOKED}
    assert faults() == []


def test_nobody_moves_into_a_full_group(terms, group, author):
    plan(terms, author, LATER, places=1)
    attendee = enrol(terms)
    enrol(terms, "Bea", LATER)
    with pytest.raises(TimeGoneError):
        changes.move(attendee.pk, terms, LATER, issued_at=NOW, now=NOW)


def test_attendees_move_with_their_group_and_are_told(terms, group, author):
    attendee, left = enrol(terms, "Ada"), enrol(terms, "Bea")
    changes.cancel(left.pk, now=NOW)
    to = at("2026-11-25 10:00")
    own = replace(terms, plans=True)
    assert changes.move(group.pk, own, to, issued_at=NOW, author=author, now=NOW)
    attendee.refresh_from_db()
    left.refresh_from_db()
    assert (attendee.start, attendee.group, left.start) == (to, group, NIGHT)
    assert owed(attendee) >= {MessageKind.GUEST_MOVED}
    assert MessageKind.RESOURCE_MOVED in owed(group)
    assert MessageKind.GUEST_MOVED not in owed(group) | owed(left)
    assert faults() == []


def test_a_group_that_is_cancelled_cancels_all_who_come(terms, group, author):
    attendees = [enrol(terms, "Ada"), enrol(terms, "Bea")]
    assert changes.cancel(group.pk, reason="Ill", author=author, now=NOW)
    assert set(group.attendees.values_list("status", flat=True)) == {Status.CANCELLED}
    assert all(MessageKind.GUEST_CANCELLED in owed(each) for each in attendees)
    assert owed(group) == {MessageKind.RESOURCE_BOOKED, MessageKind.RESOURCE_CANCELLED}
    assert not Assignment.objects.filter(holds_time=True).exists()
    assert not is_open(question(terms, NOW), NIGHT)


def test_another_host_takes_the_group_with_all_who_come(terms, group, author):
    attendee = enrol(terms)
    assert not is_reassignable(attendee, NOW)
    other = make_resource(terms.territory)
    reassign(group.pk, terms.hosts[0].pk, other.pk, anyway=True, author=author, now=NOW)
    [part] = attendee.assignments.all()
    assert (part.service_resource, part.holds_time) == (other, False)
    assert MessageKind.GUEST_REASSIGNED in owed(attendee)
    released = OutboxMessage.objects.filter(kind=MessageKind.RESOURCE_RELEASED)
    assert released.count() == 1


def test_staff_add_somebody_while_there_is_a_place(terms, group, author):
    enrol(terms)
    form = a_form()
    added = planning.add(group.pk, a_guest("Bea"), form, author=author, now=NOW)
    again = planning.add(group.pk, a_guest("Bea"), form, author=author, now=NOW)
    assert (added.appointment.group, added.is_new, again.is_new) == (group, True, False)
    assert owed(added.appointment) >= {MessageKind.GUEST_BOOKED}
    with pytest.raises(TimeGoneError):
        planning.add(group.pk, a_guest("Cleo"), a_form(), author=author, now=NOW)
    with pytest.raises(TooLateError):
        planning.add(group.pk, a_guest("Dora"), a_form(), author=author, now=group.end)


def test_places_fall_no_lower_than_who_takes_part(terms, group, author):
    enrol(terms, "Ada")
    enrol(terms, "Bea")
    with pytest.raises(FewerThanTakenError) as error:
        planning.set_places(group.pk, 1, author=author, now=NOW)
    assert error.value.taken == 2
    assert planning.set_places(group.pk, 3, author=author, now=NOW)
    assert not planning.set_places(group.pk, 3, author=author, now=NOW)
    assert enrol(terms, "Cleo").group == group


def test_hosts_of_a_group_beside_those_asked_for_do_not_make_room_twice(terms, author):
    """A6: any one host asked for will do, and a group counts once."""
    other = make_resource(terms.territory)
    group = plan(replace(terms, hosts=(*terms.hosts, other)), author, places=1)
    anybody = replace(terms, hosts=(other, *terms.hosts), any_host=True)
    assert places(question(anybody, NOW), minute_of(NIGHT)) == 1
    assert {part.service_resource for part in enrol(anybody).assignments.all()} == {
        *terms.hosts,
        other,
    }
    with pytest.raises(TimeGoneError):
        enrol(terms, "Bea")
    assert group.attendees.count() == 1


def test_integrity_sees_too_many_and_those_gone_astray(terms, group):
    for name in ("Ada", "Bea"):
        enrol(terms, name)
    Appointment.objects.filter(pk=group.pk).update(places=1)
    assert faults() == [f"Group {group.pk} has 2 attendees in 1 places"]
    Appointment.objects.filter(pk=group.pk).update(places=2, end=LATER)
    assert len(faults()) == 2


def test_ordinary_work_is_asked_about_groups_in_no_query(django_assert_num_queries):
    plain = make_terms()
    make_appointment(plain.hosts[0], NIGHT)
    with django_assert_num_queries(5):
        question(plain, NOW)


@pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="transactions run one by one"
)
def test_b1_the_group_is_locked_before_its_places_are_counted(terms, group):
    """Who comes by another host of the group holds other locks."""
    with CaptureQueriesContext(connection) as asked:
        enrol(terms)
    statements = [each["sql"] for each in asked]
    locked = [n for n, sql in enumerate(statements) if _locks_appointments(sql)]
    counted = [n for n, sql in enumerate(statements) if '"taken"' in sql]
    assert len(locked) == len(counted) == 1
    assert locked < counted


def _locks_appointments(sql: str) -> bool:
    return "FOR UPDATE" in sql and 'FROM "appointments_appointment"' in sql
