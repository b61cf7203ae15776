"""Several appointments of one host at the same moment, each on a seat (rules A7, B2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from appointments import booking, changes, reassigning
from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.changes import Author
from appointments.models import Appointment, Assignment, Status
from appointments.outcomes import record
from invitations.integrity import overlaps
from scheduling.models import TimeSlot
from tests.factories import BERLIN, at, make_resource, make_terms, make_territory
from tests.staff import make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)
LATER = START + dt.timedelta(hours=2)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    office = make_territory()
    allow(2)
    return office


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def terms(office, anna):
    return make_terms(anna, territory=office)


def allow(places):
    TimeSlot.objects.update(maximum_appointments=places)


def guest(number):
    return Guest("Gerda", f"Gast {number}", "gerda@example.com", "", "", "", "en", BERLIN)


def book(terms, start=START, now=NOW):
    number = Appointment.objects.count()
    with transaction.atomic():
        return booking.book(
            terms, start, guest(number), SentForm(f"form {number}", now), now
        ).appointment


def book_anyway(terms, start=START):
    form = SentForm(f"form {Appointment.objects.count()}", NOW)
    author = Author(make_user())
    return booking.book_anyway(terms, start, guest(0), form, author=author, now=NOW).appointment


def seat(appointment):
    return Assignment.objects.get(appointment=appointment).seat


def say(appointment, outcome):
    return record(appointment.pk, outcome, author=Author(make_user()), now=START)


def test_each_takes_the_lowest_free_seat_until_none_is_left(terms):
    first, second = book(terms), book(terms)
    assert (seat(first), seat(second)) == (1, 2)
    with pytest.raises(TimeGoneError):
        book(terms)
    changes.cancel(first.pk, now=NOW)
    assert seat(book(terms)) == 1


def test_booking_anyway_takes_a_seat_and_no_more_than_there_are(terms):
    assert [seat(book_anyway(terms)) for _ in range(2)] == [1, 2]
    with pytest.raises(TimeGoneError):
        book_anyway(terms)


def test_what_moves_takes_a_free_seat_at_the_new_time(terms):
    book(terms, LATER)
    moved = book(terms)
    assert seat(moved) == 1
    changes.move(moved.pk, terms, LATER, issued_at=NOW, now=NOW)
    assert seat(moved) == 2
    with pytest.raises(TimeGoneError):
        changes.move(book(terms).pk, terms, LATER, issued_at=NOW, now=NOW)


def test_what_is_given_away_takes_a_free_seat_of_the_other_host(terms, office, anna):
    tom = make_resource(office)
    of_tom = make_terms(tom, territory=office)
    book(of_tom)
    given = book(terms)
    author = Author(make_user())
    reassigning.reassign(given.pk, anna.pk, tom.pk, author=author, now=NOW)
    assert seat(given) == 2
    with pytest.raises(TimeGoneError):
        reassigning.reassign(book(terms).pk, anna.pk, tom.pk, author=author, now=NOW)


def test_a_no_show_taken_back_sits_on_another_seat_where_its_own_is_taken(terms):
    first = book(terms)
    say(first, Status.NO_SHOW)
    assert seat(book(terms, now=START)) == 1
    assert say(first, Status.SCHEDULED)
    assert seat(first) == 2
    assert list(overlaps()) == []


def test_a_no_show_stays_one_where_no_seat_is_left(terms):
    first = book(terms)
    say(first, Status.NO_SHOW)
    book(terms, now=START)
    book(terms, now=START)
    with pytest.raises(TimeGoneError):
        say(first, Status.SCHEDULED)
    first.refresh_from_db()
    assert first.status == Status.NO_SHOW


def test_a_no_show_gets_its_own_seat_back_though_the_hours_state_fewer_by_now(terms):
    book(terms)
    second = book(terms)
    say(second, Status.NO_SHOW)
    allow(1)
    assert say(second, Status.SCHEDULED)
    assert seat(second) == 2


def test_b2_the_database_refuses_a_seat_twice_and_check_integrity_would_say_so(terms):
    book(terms)
    second = book(terms)
    assert list(overlaps()) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(appointment=second).update(seat=1)


def test_all_of_them_stand_side_by_side_on_the_agenda(terms, anna):
    for _ in range(2):
        book(terms)
    page = signed_in(own_user(anna)).get("/admin/appointments/appointment/agenda/")
    first, second = (each.box for each in page.context["agenda"].appointments)
    assert first.y == second.y
    assert first.x + first.width <= second.x
