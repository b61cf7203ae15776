"""What a race left in the database, read in plain SQL and compared in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from tests.races.databases import Database

HELD = (
    "SELECT service_resource_id, seat, blocked_start, blocked_end, id"
    " FROM appointments_assignment WHERE holds_time"
)


def overlaps(database: Database) -> list[tuple[int, int]]:
    """The ids of every two assignments that hold the same seat at the same time."""
    return [
        (one[-1], other[-1])
        for one, other in combinations(database.rows(HELD), 2)
        if _clash(one, other)
    ]


def bookings(database: Database, invitations: Sequence[int]) -> int:
    """How many appointments were booked through any of the invitations."""
    return database.number(
        "SELECT count(*) FROM invitations_invitationbooking"
        f" WHERE invitation_id IN ({_listed(invitations)})"
    )


def confirmations(database: Database, invitations: Sequence[int]) -> int:
    """How many confirmations of such appointments are owed or sent."""
    return database.number(
        "SELECT count(*) FROM appointments_outboxmessage AS message"
        " JOIN invitations_invitationbooking AS booking"
        " ON booking.appointment_id = message.object_id"
        f" WHERE message.kind = 'guest_booked' AND invitation_id IN ({_listed(invitations)})"
    )


def seats(database: Database, invitations: Sequence[int]) -> list[int]:
    """The seats that appointments booked through any of the invitations hold, in order."""
    rows = database.rows(
        "SELECT seat FROM appointments_assignment AS part"
        " JOIN invitations_invitationbooking AS booking"
        " ON booking.appointment_id = part.appointment_id"
        f" WHERE holds_time AND invitation_id IN ({_listed(invitations)}) ORDER BY seat"
    )
    return [seat for (seat,) in rows]


def drop_guard(database: Database) -> None:
    if database.is_sqlite:
        database.rows("DROP TRIGGER IF EXISTS assignment_no_overlap_insert")
        database.rows("DROP TRIGGER IF EXISTS assignment_no_overlap_update")
    else:
        database.rows(
            "ALTER TABLE appointments_assignment DROP CONSTRAINT IF EXISTS assignment_no_overlap"
        )


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _clash(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    same_seat = one[:2] == other[:2]
    return bool(same_seat and one[2] < other[3] and other[2] < one[3])
