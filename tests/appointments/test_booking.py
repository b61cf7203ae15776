"""Booking itself: what is written, what is refused, and how long a form is good for."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments import booking, outbox
from appointments.booking import Booked, FormReusedError, Guest, SentForm, TimeGoneError
from appointments.changes import set_status
from appointments.models import Appointment, AppointmentEvent, Assignment, OutboxMessage, Status
from appointments.terms import Terms
from scheduling.models import Absence, WorkType
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = at("2026-11-20 12:00")
START = at("2026-11-23 10:00")
A_MINUTE = dt.timedelta(minutes=1)
GERDA = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)


def book(terms: Terms, start: dt.datetime = START, guest: Guest = GERDA, **fields: Any) -> Booked:
    """Book from a form of its own, opened just now, unless told otherwise."""
    now = fields.pop("now", NOW)
    form = SentForm(fields.pop("token", f"form at {start}"), fields.pop("issued_at", now))
    with transaction.atomic():
        return booking.book(terms, start, guest, form, now)


def assert_nothing_written() -> None:
    models = (Appointment, Assignment, AppointmentEvent, OutboxMessage)
    assert [model.objects.count() for model in models] == [0, 0, 0, 0]


def test_b4_block_times_are_stored_and_later_settings_change_nothing() -> None:
    territory = make_territory()
    work = make_work_type(territory, block_time_before=10, block_time_after=20)
    appointment, is_new = book(make_terms(territory=territory, work_type=work))

    WorkType.objects.update(duration=120, block_time_before=0, block_time_after=0)

    assignment = appointment.assignments.get()
    assert is_new
    assert assignment.blocked_start == START - 10 * A_MINUTE
    assert assignment.blocked_end == START + 50 * A_MINUTE
    assert Appointment.objects.get().end == START + 30 * A_MINUTE


def test_neighbours_keep_both_their_block_times() -> None:
    territory = make_territory()
    work = make_work_type(territory, block_time_before=10, block_time_after=20, start_interval=5)
    terms = make_terms(territory=territory, work_type=work)
    book(terms)

    with pytest.raises(TimeGoneError):
        book(terms, START + 55 * A_MINUTE)
    assert book(terms, START + 60 * A_MINUTE).is_new


def test_b5_the_same_form_finds_its_appointment_again() -> None:
    terms = make_terms()
    first = book(terms)

    assert book(terms) == Booked(first.appointment, is_new=False)
    assert OutboxMessage.objects.count() == 3


def test_b5_the_same_form_finds_its_appointment_also_when_that_has_begun() -> None:
    terms = make_terms()
    first = book(terms)

    again = book(terms, now=START + A_MINUTE, issued_at=NOW)

    assert again == Booked(first.appointment, is_new=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_name": "Greta"},
        {"phone": "1"},
        {"description": "x"},
        {"subject": "y"},
        {"answers": (("Alone?", "Yes"),)},
    ],
)
def test_b5_the_same_form_with_another_body_is_a_conflict(changes: dict[str, Any]) -> None:
    terms = make_terms()
    book(terms)

    with pytest.raises(FormReusedError):
        book(terms, guest=replace(GERDA, **changes))
    with pytest.raises(FormReusedError):
        book(terms, START + 60 * A_MINUTE, token=f"form at {START}")
    assert Appointment.objects.count() == 1


def test_answers_and_the_hosts_words_are_kept_with_the_appointment() -> None:
    answers = (("Alone?", "Yes"), ("By car?", "No"))
    terms = make_terms(confirmation="Bring your passport.")

    book(terms, guest=replace(GERDA, answers=answers))

    appointment = Appointment.objects.get()
    assert appointment.answers == [list(pair) for pair in answers]
    assert appointment.confirmation == "Bring your passport."
    with pytest.raises(FormReusedError):
        book(terms, guest=replace(GERDA, answers=(answers[0], ("By car?", "Yes"))))


def patient_terms(minutes: int) -> Terms:
    """Work that is booked at least so many minutes ahead."""
    territory = make_territory()
    work = make_work_type(territory, timeframe_start=minutes, timeframe_start_unit="minutes")
    return make_terms(territory=territory, work_type=work)


@pytest.mark.parametrize(("typed", "is_booked"), [(0, True), (29, True), (30, True), (31, False)])
def test_a4_lead_time_counts_from_the_opening_of_a_form_for_thirty_minutes(
    typed: int, is_booked: bool
) -> None:
    opened = START - 60 * A_MINUTE
    terms, now = patient_terms(60), opened + typed * A_MINUTE

    if is_booked:
        assert book(terms, now=now, issued_at=opened).is_new
    else:
        with pytest.raises(TimeGoneError):
            book(terms, now=now, issued_at=opened)
        assert_nothing_written()


def test_a4_a_start_that_passed_while_somebody_typed_is_refused() -> None:
    opened = START - 10 * A_MINUTE
    terms = patient_terms(10)

    with pytest.raises(TimeGoneError):
        book(terms, now=START + A_MINUTE, issued_at=opened)
    assert book(terms, now=START + dt.timedelta(seconds=59), issued_at=opened).is_new


def test_a4_a_form_handed_out_by_a_server_whose_clock_is_fast_is_no_worse_than_a_new_one() -> None:
    now = START - 60 * A_MINUTE

    assert book(patient_terms(60), now=now, issued_at=now + A_MINUTE).is_new


@pytest.mark.parametrize(
    "start",
    [
        START + dt.timedelta(seconds=1),
        START + dt.timedelta(microseconds=1),
        START + A_MINUTE,
        NOW - dt.timedelta(days=7),
        NOW + dt.timedelta(days=400),
        dt.datetime.min.replace(tzinfo=dt.UTC),
        dt.datetime.max.replace(tzinfo=dt.UTC, second=0, microsecond=0),
    ],
)
def test_a_start_that_is_no_opening_is_refused(start: dt.datetime) -> None:
    with pytest.raises(TimeGoneError):
        book(make_terms(), start)
    assert_nothing_written()


def test_an_absence_that_came_meanwhile_refuses() -> None:
    terms = make_terms()
    Absence.objects.create(service_resource=terms.hosts[0], start=START, end=START + A_MINUTE)

    with pytest.raises(TimeGoneError):
        book(terms)
    assert_nothing_written()


def test_a_host_who_left_meanwhile_refuses() -> None:
    terms = make_terms()
    type(terms.hosts[0]).objects.update(is_active=False)

    with pytest.raises(TimeGoneError):
        book(terms)
    assert_nothing_written()


def test_all_hosts_are_assigned_the_first_as_primary_and_each_is_told() -> None:
    territory = make_territory()
    hosts = [make_resource(territory) for _ in range(3)]
    terms = make_terms(hosts[2], hosts[0], hosts[1], territory=territory)

    appointment, _ = book(terms)

    assigned = appointment.assignments.order_by("pk")
    assert [(row.service_resource, row.is_primary) for row in assigned] == [
        (hosts[2], True),
        (hosts[0], False),
        (hosts[1], False),
    ]
    owed = {(kind, appointment.pk) for kind in ("guest_booked", "guest_reminder")}
    owed |= {("resource_booked", row.pk) for row in assigned}
    assert set(OutboxMessage.objects.values_list("kind", "object_id")) == owed


def test_one_busy_host_of_several_refuses_all() -> None:
    territory = make_territory()
    hosts = [make_resource(territory) for _ in range(2)]
    make_appointment(hosts[1], START, territory=territory)

    with pytest.raises(TimeGoneError):
        book(make_terms(*hosts, territory=territory))


def test_b2_the_guards_refusal_is_a_time_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = make_terms()
    find = booking.taken_for

    def find_and_lose(*args: Any) -> Any:
        """A raw writer, who takes no locks, comes between check and insert."""
        found = find(*args)
        make_appointment(terms.hosts[0], START, territory=terms.territory)
        return found

    monkeypatch.setattr(booking, "taken_for", find_and_lose)
    with pytest.raises(TimeGoneError):
        book(terms)
    assert_nothing_written()


def test_another_broken_rule_of_the_database_is_no_time_that_has_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terms = make_terms()
    monkeypatch.setattr(booking, "write", _violate)

    with pytest.raises(IntegrityError):
        book(terms)


def _violate(*args: Any) -> Any:
    raise IntegrityError("UNIQUE constraint failed: appointments_appointment.form_token")


def test_m1_nothing_is_owed_where_the_last_step_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outbox, "owe", fail)
    with pytest.raises(ZeroDivisionError):
        book(make_terms())
    assert_nothing_written()


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW, Status.CANNOT_COMPLETE])
def test_a2_a_status_that_frees_the_time_lets_the_next_one_in(status: Status) -> None:
    terms = make_terms()
    appointment, _ = book(terms)

    set_status(appointment.pk, status)

    assert book(terms, token="the next form").is_new


def test_time_that_was_given_to_another_cannot_be_held_again() -> None:
    terms = make_terms()
    appointment, _ = book(terms)
    set_status(appointment.pk, Status.CANCELLED)
    book(terms, token="the next form")

    with pytest.raises(IntegrityError), transaction.atomic():
        set_status(appointment.pk, Status.SCHEDULED)
    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
