"""What is offered is what can be booked, also beside the present moment and beyond usual hours."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest
from django.db import transaction

from appointments import booking, outcomes
from appointments.booking import Guest, SentForm
from appointments.changes import Author
from appointments.models import Appointment, Status
from appointments.openings import is_open, question, question_about
from appointments.reassigning import reassign
from appointments.terms import Terms
from scheduling.engine.intervals import minute_of
from scheduling.engine.openings import openings
from scheduling.models import Absence, TimeSlot
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_group,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-24 10:00")
EVENING = at("2026-11-24 18:00")
_numbers = count(1)


@pytest.fixture
def office():
    return make_territory()


def offered(terms: Terms, start: dt.datetime, now: dt.datetime = NOW) -> bool:
    return minute_of(start) in openings(question(terms, now), minute_of(now), minute_of(start) + 1)


def book(terms: Terms, start: dt.datetime, now: dt.datetime = NOW) -> Appointment:
    number = next(_numbers)
    guest = Guest(f"G{number}", "G", f"g{number}@example.com", "", "", "", "en", BERLIN)
    with transaction.atomic():
        return booking.book(terms, start, guest, SentForm(f"form-{number}", now), now).appointment


# Block times that reach into the past


def test_time_before_the_present_counts_where_a_block_reaches_into_it(office):
    anna, tom = make_resource(office), make_resource(office)
    work = make_work_type(office, block_time_before=30)
    Absence.objects.create(service_resource=anna, start=at("2026-11-24 08:00"), end=NOW)
    make_appointment(tom, at("2026-11-24 09:00"), 45, territory=office, work_type=work)
    for host in (anna, tom):
        terms = make_terms(host, territory=office, work_type=work)
        for start, is_free in ((NOW, False), (at("2026-11-24 10:30"), True)):
            assert offered(terms, start) is is_free
            assert is_open(question_about(terms, start, NOW, NOW), start) is is_free


# Places of extended time


@pytest.fixture(params=["normal", "extended"])
def crowded(request, office):
    """Two hosts and work, with three places at a time in the evening."""
    TimeSlot.objects.create(
        operating_hours=office.operating_hours,
        day_of_week=1,
        start_time=dt.time(18),
        end_time=dt.time(20),
        type=request.param,
        maximum_appointments=3,
    )
    work = make_work_type(office)
    return [
        make_terms(make_resource(office), territory=office, work_type=work, is_extended=True)
        for _ in range(2)
    ]


def test_a_host_with_a_place_left_takes_over(crowded):
    one, other = crowded
    appointment, _taken = book(one, EVENING), book(other, EVENING)
    author = Author(make_user("staff"))
    assert reassign(appointment.pk, one.hosts[0].pk, other.hosts[0].pk, author=author, now=NOW)


def test_a_no_show_is_taken_back_while_there_is_a_place(crowded):
    terms, author = crowded[0], Author(make_user("staff"))
    appointment, _other = book(terms, EVENING), book(terms, EVENING)
    outcomes.record(appointment.pk, Status.NO_SHOW, author=author, now=EVENING)
    assert outcomes.record(appointment.pk, Status.SCHEDULED, author=author, now=EVENING)


# Groups


@pytest.fixture
def seminar(office):
    return make_work_type(office, attendee_limit=5)


@pytest.mark.parametrize("kind", ["phone", "video"])
def test_groups_that_meet_otherwise_are_not_on_offer(office, seminar, kind):
    anna = make_resource(office)
    make_group(anna, start=EVENING, work_type=seminar, territory=office, appointment_type=kind)
    terms = make_terms(anna, territory=office, work_type=seminar)
    assert not offered(terms, EVENING)
    assert offered(
        make_terms(anna, territory=office, work_type=seminar, appointment_type=kind), EVENING
    )


def test_groups_of_who_is_not_active_are_not_on_offer(office, seminar):
    anna = make_resource(office)
    make_group(anna, start=EVENING, work_type=seminar, territory=office)
    terms = make_terms(anna, territory=office, work_type=seminar)
    assert offered(terms, EVENING)
    anna.is_active = False
    anna.save()
    assert not offered(terms, EVENING)
    with pytest.raises(booking.TimeGoneError):
        book(terms, EVENING)
