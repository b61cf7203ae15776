"""Rule B3: how connections to the database behave."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def asked(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_b3_requests_run_in_no_transaction_of_their_own():
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own settings")
def test_b3_sqlite_writes_ahead_and_checks_foreign_keys():
    assert asked("PRAGMA journal_mode") == "wal"
    assert asked("PRAGMA foreign_keys") == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite's own settings")
def test_b3_sqlite_transactions_take_the_write_lock_at_once(django_assert_num_queries):
    with django_assert_num_queries(2) as queries, transaction.atomic():
        pass
    assert [each["sql"] for each in queries.captured_queries] == ["BEGIN IMMEDIATE", "COMMIT"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own setting")
def test_b3_postgresql_gives_up_waiting_for_a_lock():
    assert asked("SHOW lock_timeout") == "5s"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's own setting")
def test_postgresql_compiles_no_query():
    assert asked("SHOW jit") == "off"
