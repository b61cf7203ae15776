"""The database itself refuses overlaps of time held, per resource and seat (rule B2).

PostgreSQL has an exclusion constraint, SQLite two triggers. Both read the assignment table
alone. They are made after every migrate and belong to no migration: SQLite rebuilds a table
without its triggers, so there they are dropped before a migrate and made again after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.db import IntegrityError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from appointments.models import Assignment

TABLE = Assignment._meta.db_table
CONSTRAINT = "assignment_no_overlap"
TRIGGERS = {"assignment_no_overlap_insert": "INSERT", "assignment_no_overlap_update": "UPDATE"}

_POSTGRESQL = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {CONSTRAINT} EXCLUDE USING gist (
    service_resource_id WITH =, seat WITH =, tstzrange(blocked_start, blocked_end) WITH &&
) WHERE (holds_time)
"""

# Times are compared as text, so only one way to write them may get in: whole minutes as
# Django writes them. “+0 days” makes SQLite count: without it 31 February is a date to it.
# A row that holds time may be found by its end alone, as the past is long.
_SQLITE = """
CREATE TRIGGER {name} AFTER {event} ON {table}
BEGIN
    SELECT RAISE(ABORT, '{constraint}: blocked times are whole minutes in UTC')
    WHERE NEW.holds_time NOT IN (0, 1)
        OR NEW.blocked_start IS NOT strftime('%Y-%m-%d %H:%M:00', NEW.blocked_start, '+0 days')
        OR NEW.blocked_end IS NOT strftime('%Y-%m-%d %H:%M:00', NEW.blocked_end, '+0 days');
    SELECT RAISE(ABORT, '{constraint}: this time is held already')
    WHERE NEW.holds_time AND EXISTS (
        SELECT 1 FROM {table}
        WHERE holds_time
            AND service_resource_id = NEW.service_resource_id
            AND blocked_end > NEW.blocked_start
            AND blocked_start < NEW.blocked_end
            AND seat = NEW.seat
            AND id <> NEW.id
    );
END
"""


def is_overlap(error: IntegrityError) -> bool:
    """Whether it was the guard that refused a row."""
    return CONSTRAINT in str(error)


def in_place(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database refuses overlaps. False too where the table does not exist yet."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT count(*) FROM pg_constraint WHERE conname = %s AND contype = 'x'"
                " AND conrelid = to_regclass(%s)",
                [CONSTRAINT, TABLE],
            )
            return bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE]
        )
        return set(TRIGGERS) <= {name for (name,) in cursor.fetchall()}


def install(connection: BaseDatabaseWrapper) -> None:
    """Make sure of the guard. Raises IntegrityError if rows overlap already (PostgreSQL)."""
    if in_place(connection):
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            cursor.execute(_POSTGRESQL)
        else:
            for name, event in TRIGGERS.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(
                    _SQLITE.format(name=name, event=event, table=TABLE, constraint=CONSTRAINT)
                )


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the guard away, for a migration that rebuilds the table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {CONSTRAINT}")
        else:
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def before_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of ``pre_migrate``: a trigger would stop SQLite from renaming columns."""
    connection = connections[using]
    if connection.vendor == "sqlite" and router.allow_migrate_model(using, Assignment):
        remove(connection)


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``; a database migrated back to nothing has no table."""
    connection = connections[using]
    if router.allow_migrate_model(using, Assignment) and _table_exists(connection):
        install(connection)


def check_guards(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check ``appointments.E001``, run by ``check --deploy --database default``."""
    return [
        Error(
            f"The database “{alias}” does not refuse overlapping appointments.",
            hint="Run “manage.py migrate”.",
            id="appointments.E001",
        )
        for alias in databases or ()
        if _table_exists(connections[alias]) and not in_place(connections[alias])
    ]


def _table_exists(connection: BaseDatabaseWrapper) -> bool:
    return TABLE in connection.introspection.table_names()
