"""Booking through an invitation: its locks, its uses, and what is answered under pressure."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.booking import FormReusedError, Guest, SentForm, TimeGoneError
from appointments.changes import set_status
from appointments.form_tokens import hand_out
from appointments.models import Appointment, OutboxMessage, Status
from appointments.models import Client as Customer
from appointments.terms import Terms
from invitations import booking
from invitations.booking import GuestLimitError, LinkClosedError
from invitations.choices import terms_of
from invitations.keys import find_key
from invitations.models import Closed, Invitation, InvitationBooking, InvitationKey
from tests.factories import (
    BERLIN,
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = at("2026-11-20 12:00")
TEN = at("2026-11-23 10:00")
ELEVEN = at("2026-11-23 11:00")
NOON = at("2026-11-23 12:00")
GERDA = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
HANS = replace(GERDA, first_name="Hans", email="hans@example.com")


def book(
    key: InvitationKey,
    start: dt.datetime = TEN,
    token: str = "a form",
    now: dt.datetime = NOW,
    guest: Guest = GERDA,
    network: str = "",
) -> Appointment:
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    return booking.book(key, terms, start, guest, SentForm(token, now), now, network)


def assert_nothing_written() -> None:
    models = (Appointment, InvitationBooking, OutboxMessage)
    assert [model.objects.count() for model in models] == [0, 0, 0]


def tables(queries: list[dict[str, str]]) -> list[tuple[str, str]]:
    """The verb and first table of each statement on a table, in order."""
    pattern = re.compile(r'^\(?(SELECT|INSERT|UPDATE).*?(?:FROM|INTO|UPDATE) "(\w+)"', re.DOTALL)
    matches = (pattern.match(query["sql"]) for query in queries)
    return [(match[1], match[2]) for match in matches if match]


def test_b1_locks_come_first_and_in_order_then_fresh_rows_then_writes() -> None:
    territory = make_territory()
    hosts = [make_resource(territory) for _ in range(3)]
    work = make_work_type(territory)
    key = make_invitation(*reversed(hosts), territory=territory, work_type=work, max_bookings=9)
    found = find_key(key.key, NOW)
    assert found is not None

    with CaptureQueriesContext(connection) as captured:
        book(found)

    queries = [query for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    after_terms = next(n for n, query in enumerate(queries) if _locks(query, "invitation"))
    steps = tables(queries[after_terms:])
    assert steps[:4] == [
        ("SELECT", "invitations_invitation"),
        ("SELECT", "invitations_invitationbooking"),
        ("SELECT", "scheduling_serviceresource"),
        ("SELECT", "appointments_appointment"),
    ]
    assert ("SELECT", "appointments_assignment") in steps
    writes = [table for verb, table in steps if verb == "INSERT"]
    assert steps[-len(writes) :] == [("INSERT", table) for table in writes]
    assert writes == [
        "appointments_appointment",
        "appointments_assignment",
        "appointments_appointmentevent",
        "appointments_outboxmessage",
        "invitations_invitationbooking",
    ]
    [resources] = [query["sql"] for query in queries if _locks(query, "serviceresource")]
    assert 'ORDER BY "scheduling_serviceresource"."id" ASC' in resources
    if connection.features.has_select_for_update:
        assert resources.endswith("FOR NO KEY UPDATE")


def _locks(query: dict[str, str], table: str) -> bool:
    """Whether a query is the one that locks rows of a table, as far as the database says so."""
    sql = query["sql"]
    if connection.features.has_select_for_update:
        return "FOR NO KEY UPDATE" in sql and f'_{table}"."id"' in sql
    app = "invitations" if table == "invitation" else "scheduling"
    start = (
        rf'SELECT "{app}_{table}"\."id".* FROM "{app}_{table}" WHERE "{app}_{table}"\."id" (=|IN)'
    )
    return re.match(start, sql) is not None


def test_the_appointment_is_linked_to_the_invitation_and_its_key() -> None:
    key = make_invitation()

    appointment = book(key)

    link = InvitationBooking.objects.get()
    assert (link.appointment, link.key, link.invitation) == (appointment, key, key.invitation)


def test_b5_a_repeat_is_answered_also_after_that_booking_used_up_the_link() -> None:
    key = make_invitation(max_bookings=1)
    first = book(key)

    assert book(key) == first
    assert InvitationBooking.objects.count() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"expiry_date": dt.date(2026, 11, 1)}])
def test_b5_a_repeat_is_answered_whyever_the_link_closed(change: dict[str, Any]) -> None:
    key = make_invitation()
    first = book(key)
    Invitation.objects.update(**change)

    assert book(key) == first
    with pytest.raises(LinkClosedError):
        book(key, ELEVEN, "another form")


def test_b5_another_body_is_a_conflict_also_after_the_link_closed() -> None:
    key = make_invitation(max_bookings=1)
    book(key)

    with pytest.raises(FormReusedError):
        book(key, ELEVEN)


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        ({"is_active": False}, Closed.SWITCHED_OFF),
        ({"expiry_date": dt.date(2026, 11, 19)}, Closed.EXPIRED),
        ({"until_date": dt.date(2026, 11, 19)}, Closed.EXPIRED),
    ],
)
def test_b6_what_closed_the_link_meanwhile_is_seen_under_the_lock(
    change: dict[str, Any], closed: Closed
) -> None:
    key = make_invitation()
    assert key.invitation.closed(NOW, 0) is None
    Invitation.objects.update(**change)

    with pytest.raises(LinkClosedError) as caught:
        book(key)
    assert caught.value.closed == closed
    assert_nothing_written()


def test_b6_dates_that_changed_meanwhile_are_seen_under_the_lock() -> None:
    key = make_invitation()
    Invitation.objects.update(from_date=dt.date(2026, 11, 24))

    with pytest.raises(TimeGoneError):
        book(key)
    assert_nothing_written()


def test_b6_a_cancellation_gives_the_use_back() -> None:
    key = make_invitation(max_bookings=1)
    first = book(key)
    with pytest.raises(LinkClosedError) as caught:
        book(key, ELEVEN, "another form")
    assert caught.value.closed == Closed.USED_UP

    set_status(first.pk, Status.CANCELLED)

    assert book(key, ELEVEN, "another form").start == ELEVEN
    with pytest.raises(LinkClosedError):
        book(key, TEN, "a third form")


@pytest.mark.parametrize("status", [Status.NO_SHOW, Status.COMPLETED])
def test_b6_only_a_cancellation_gives_the_use_back(status: Status) -> None:
    key = make_invitation(max_bookings=1)
    set_status(book(key).pk, status)

    with pytest.raises(LinkClosedError):
        book(key, ELEVEN, "another form")


def test_b6_a_guest_books_as_often_as_one_guest_may_and_others_still_can() -> None:
    key = make_invitation(max_per_guest=2)
    book(key, TEN, "one")
    book(key, ELEVEN, "two")

    with pytest.raises(GuestLimitError) as caught:
        book(key, NOON, "three")
    assert caught.value.most == 2
    assert InvitationBooking.objects.count() == Appointment.objects.count() == 2
    assert book(key, NOON, "three", guest=HANS).start == NOON


@pytest.mark.parametrize("email", ["gerda@example.com", "Gerda@EXAMPLE.com"])
def test_b6_the_same_address_in_any_case_is_the_same_guest(email: str) -> None:
    key = make_invitation(max_per_guest=1)
    book(key)

    with pytest.raises(GuestLimitError):
        book(key, ELEVEN, "two", guest=replace(HANS, email=email))


@pytest.mark.parametrize("email", ["gerda_@example.com", "gerd_@example.com", "%@example.com"])
def test_b6_an_address_is_no_pattern(email: str) -> None:
    key = make_invitation(max_per_guest=1)
    book(key)

    assert book(key, ELEVEN, "two", guest=replace(GERDA, email=email)).start == ELEVEN


def test_b6_a_personal_link_counts_its_client_whatever_address_was_typed() -> None:
    key = make_invitation(max_per_guest=1)
    elena, luca = (
        Customer.objects.create(first_name=name, last_name="Rossi", email="rossi@bank.test")
        for name in ("Elena", "Luca")
    )
    book(key, guest=replace(GERDA, client=elena))

    with pytest.raises(GuestLimitError):
        book(key, ELEVEN, "two", guest=replace(HANS, client=elena))
    assert book(key, ELEVEN, "two", guest=replace(GERDA, client=luca)).client == luca


def test_b6_what_a_guest_booked_by_another_invitation_does_not_count() -> None:
    book(make_invitation(max_per_guest=1))

    assert book(make_invitation(max_per_guest=1), token="another form").start == TEN


def test_b6_a_cancellation_lets_the_guest_book_again() -> None:
    key = make_invitation(max_per_guest=1)
    set_status(book(key).pk, Status.CANCELLED)

    assert book(key, ELEVEN, "two").start == ELEVEN


def test_b5_a_repeat_is_answered_also_when_it_took_the_guests_last_use() -> None:
    key = make_invitation(max_per_guest=1)
    first = book(key)

    assert book(key) == first
    with pytest.raises(FormReusedError):
        book(key, ELEVEN)


def test_b6_a_limit_set_meanwhile_is_seen_and_counted_after_the_lock() -> None:
    key = make_invitation()
    book(key)
    Invitation.objects.update(max_per_guest=1)

    with CaptureQueriesContext(connection) as captured, pytest.raises(GuestLimitError):
        book(key, ELEVEN, "two")

    queries = captured.captured_queries
    lock = next(n for n, query in enumerate(queries) if _locks(query, "invitation"))
    assert tables(queries[lock:])[1] == ("SELECT", "invitations_invitationbooking")


def test_a_limit_per_guest_costs_one_query_and_none_where_there_is_none() -> None:
    counts = []
    for limit in (None, 1):
        key = make_invitation(max_per_guest=limit)
        with CaptureQueriesContext(connection) as captured:
            book(key, token=f"limit {limit}")
        counts.append(len(captured))
    assert counts[1] == counts[0] + 1


def form_for(key: InvitationKey) -> dict[str, str]:
    return {
        "form_token": hand_out(key.key, NOW),
        "start": TEN.isoformat(),
        "first_name": "Gerda",
        "last_name": "Gast",
        "email": "gerda@example.com",
    }


@contextmanager
def somebody_else_in_the_middle_of_a_booking(table: str) -> Iterator[None]:
    """Another connection holds the lock that a booking needs; ours does not wait for long."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        other: Any = sqlite3.connect(name, isolation_level=None)
        begin, impatience = "BEGIN IMMEDIATE", "PRAGMA busy_timeout = 100"
    else:
        given = connection.get_connection_params()
        arguments = {
            name: given[name] for name in ("host", "port", "user", "password") if name in given
        }
        other = psycopg.connect(dbname=name, **arguments)
        begin, impatience = f"SELECT id FROM {table} FOR NO KEY UPDATE", "SET lock_timeout = 100"
    with closing(other):
        other.execute(begin)
        with connection.cursor() as cursor:
            cursor.execute(impatience)
        yield
        other.rollback()
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["invitations_invitation", "scheduling_serviceresource"])
def test_b7_a_lock_that_is_not_to_be_had_is_a_page_that_keeps_the_form(
    client: Client, table: str
) -> None:
    key = make_invitation()
    with time_machine.travel(NOW, tick=False):
        with somebody_else_in_the_middle_of_a_booking(table):
            response = client.post(f"/invite/{key.key}/book/", form_for(key))

        assert response.status_code == 503
        assert 'value="Gerda"' in response.content.decode()
        assert_nothing_written()
        assert client.post(f"/invite/{key.key}/book/", form_for(key)).status_code == 303
