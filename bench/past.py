"""A long past for a host, loaded as one statement per table."""

from __future__ import annotations

from django.db import connections

from appointments import guards
from appointments.models import Appointment
from bench.measure import progress
from bench.switch import Switch
from invitations.models import InvitationKey

EARLIER = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:%%M:00', '2026-01-01', '-' || (10 * {n}) || ' minutes')",
    "postgresql": "timestamptz '2026-01-01Z' - (10 * {n}) * interval '1 minute'",
}
"""``n`` times ten minutes before 2026."""

UUID = {
    "sqlite": "printf('%%032x', n + 4096)",
    "postgresql": "lpad(to_hex(n + 4096), 32, '0')::uuid",
}
NUMBERS = "WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < %s)"


def load(key: InvitationKey, number: int) -> None:
    """Give an invitation's only host ``number`` appointments before 2026, back to back.

    Each is like the newest appointment there is and was booked by the key. Writes where
    ``Switch`` says. The guard is gone afterwards: PostgreSQL would take minutes for its index,
    and no page reads it. So are the checks of foreign keys in this session.
    """
    connection = connections[Switch.alias]
    guards.remove(connection)
    newest = Appointment.objects.order_by("-pk").values_list("pk", flat=True)[0]
    host = key.invitation.hosts.get().service_resource_id
    earlier = EARLIER[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        for table, columns, values in (
            _appointments(newest, earlier, UUID[connection.vendor]),
            _assignments(newest, host, earlier),
            _bookings(newest, key),
        ):
            progress(f"{number:,} past rows of {table} ...")
            statement = f"{NUMBERS} INSERT INTO {table} ({columns}) SELECT {values}"
            if connection.vendor == "sqlite":  # where WITH stands before the SELECT
                statement = f"INSERT INTO {table} ({columns}) {NUMBERS} SELECT {values}"
            cursor.execute(statement, [number])
        progress("Statistics ...")
        cursor.execute("ANALYZE")


Insert = tuple[str, str, str]
"""Table, columns, and what to select for them from ``past``."""


def _appointments(newest: int, earlier: str, uuid: str) -> Insert:
    own = {
        "id": f"{newest} + n",
        "key": "'past-' || n",
        "uid": uuid,
        '"start"': earlier.format(n="n"),
        '"end"': earlier.format(n="(n - 1)"),
        "form_token": "'past-' || n",
    }
    fields = [field.column for field in Appointment._meta.local_concrete_fields]
    copied = [name for name in fields if name not in {key.strip('"') for key in own}]
    columns = ", ".join([*own, *copied])
    values = ", ".join([*own.values(), *(f"model.{name}" for name in copied)])
    source = f"FROM past CROSS JOIN appointments_appointment AS model WHERE model.id = {newest}"
    return "appointments_appointment", columns, f"{values} {source}"


def _assignments(newest: int, host: int, earlier: str) -> Insert:
    values = {
        "appointment_id": f"{newest} + n",
        "service_resource_id": str(host),
        "is_primary": "true",
        "is_required": "true",
        "seat": "1",
        "blocked_start": earlier.format(n="n"),
        "blocked_end": earlier.format(n="(n - 1)"),
        "holds_time": "true",
    }
    return "appointments_assignment", ", ".join(values), f"{', '.join(values.values())} FROM past"


def _bookings(newest: int, key: InvitationKey) -> Insert:
    columns = "invitation_id, key_id, appointment_id"
    values = f"{key.invitation_id}, {key.pk}, {newest} + n FROM past"
    return "invitations_invitationbooking", columns, values
