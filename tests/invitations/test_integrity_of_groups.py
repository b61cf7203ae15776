"""``check_integrity`` sees what writes past the booking function broke (A7, A10, B2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from appointments import guards
from appointments.models import Appointment, Assignment, Status
from invitations import integrity
from tests.factories import (
    at,
    make_appointment,
    make_group,
    make_resource,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 09:00")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def group():
    office = make_territory()
    work = make_work_type(office, attendee_limit=2, duration=60)
    host = make_resource(office)
    return make_group(host, start=NOW - HOUR, work_type=work, territory=office)


@pytest.fixture
def attendee(group):
    [part] = group.assignments.all()
    made = make_appointment(
        part.service_resource,
        group.start + 5 * HOUR,
        60,
        work_type=group.work_type,
        territory=group.territory,
        group=group,
    )
    made.assignments.update(
        blocked_start=part.blocked_start, blocked_end=part.blocked_end, holds_time=False
    )
    Appointment.objects.filter(pk=made.pk).update(start=group.start, end=group.end)
    return Appointment.objects.get(pk=made.pk)


def faults() -> list[str]:
    return [fault for check in integrity.CHECKS for fault in check()]


def test_what_is_as_it_should_be_is_no_fault(attendee):
    assert faults() == []


def test_one_who_stands_in_a_group_that_does_not(group, attendee):
    group.assignments.update(holds_time=False)
    Appointment.objects.filter(pk=group.pk).update(status=Status.CANCELLED)
    [fault] = faults()
    assert f"Appointment {attendee.pk}" in fault
    assert "cancelled" in fault
    Appointment.objects.filter(pk=attendee.pk).update(status=Status.NO_SHOW)
    assert faults() == []


def test_one_in_what_is_no_group(group, attendee):
    Appointment.objects.filter(pk=group.pk).update(places=None)
    assert any(f"Appointment {attendee.pk}" in fault for fault in faults())


def test_one_with_other_hosts_than_its_group(group, attendee):
    attendee.assignments.update(service_resource=make_resource(group.territory))
    [fault] = faults()
    assert f"Appointment {attendee.pk}" in fault
    assert "hosts" in fault
    attendee.assignments.all().delete()
    assert len(faults()) == 1


def test_one_whose_part_is_at_another_time_than_its_group(attendee):
    attendee.assignments.update(blocked_end=attendee.end + HOUR)
    [fault] = faults()
    assert f"Appointment {attendee.pk}" in fault


def test_one_that_holds_time_beside_its_group(attendee):
    attendee.assignments.update(holds_time=True, seat=2)
    [part] = attendee.assignments.all()
    assert faults() == [f"Assignment {part.pk}: holds_time is True while scheduled"]


def test_one_on_a_seat_that_another_has(group):
    [part] = group.assignments.all()
    other = make_appointment(part.service_resource, group.start + 5 * HOUR, 60)
    connection.check_constraints()  # what is put off would keep the table from being changed
    guards.remove(connection)  # until the test's transaction ends
    other.assignments.update(blocked_start=part.blocked_start, blocked_end=part.blocked_end)
    [fault] = integrity.overlaps()
    assert "overlaps an earlier one" in fault
    other.assignments.update(seat=2)
    assert list(integrity.overlaps()) == []


def test_somebody_invited_beside_whose_time_is_held(group):
    """The database itself refuses that, as long as its constraint is there."""
    with unrefused("assignment_optional_holds_nothing"):
        part = Assignment.objects.create(
            appointment=group,
            service_resource=make_resource(group.territory),
            is_primary=False,
            is_required=False,
            blocked_start=group.start,
            blocked_end=group.end,
        )
    assert f"Assignment {part.pk}: holds_time is True while scheduled" in faults()


@contextmanager
def unrefused(constraint: str) -> Iterator[None]:
    """Within the test's transaction, as if the constraint were not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {guards.TABLE} DROP CONSTRAINT {constraint}")
            yield
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
