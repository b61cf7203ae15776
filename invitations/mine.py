"""What is a client's own: their appointments, and the invitations made for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments import formats
from appointments.changes import MOVABLE
from appointments.details import Details
from appointments.models import Appointment, Client
from invitations.models import InvitationKey
from invitations.summary import heading

MOST_TO_COME = 50
MOST_DONE_WITH = 20
MOST_INVITATIONS = 20
"""How many of each stand on the page; more of it nobody reads through."""


@dataclass(frozen=True, slots=True)
class OwnAppointment:
    """An appointment in words, with what its guest may want to do.

    Cut-offs are not looked at: past them, the pages for moving and cancelling say whom to ask.
    """

    details: Details
    has_lapsed: bool
    may_move: bool
    may_cancel: bool

    @classmethod
    def of(cls, appointment: Appointment, now: datetime) -> OwnAppointment:
        """Read in the zone in which it was booked. It comes from ``with_page()``."""
        begins_later = appointment.start > now
        return cls(
            details=Details.of(appointment, appointment.time_zone),
            has_lapsed=appointment.has_lapsed(now),
            may_move=begins_later and appointment.status in MOVABLE,
            may_cancel=begins_later,
        )


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """A personal link that is open; ``until`` is its last day in words, empty for no end."""

    key: str
    title: str
    until: str

    @classmethod
    def of(cls, key: InvitationKey) -> OwnInvitation:
        key.lengthen(key.invitation)
        last = key.invitation.last_day
        return cls(key.key, heading(key.invitation), formats.full_date(last) if last else "")


@dataclass(frozen=True, slots=True)
class Mine:
    """All that a client's own page shows."""

    to_come: Sequence[OwnAppointment]
    done_with: Sequence[OwnAppointment]
    invitations: Sequence[OwnInvitation]

    @classmethod
    def of(cls, client: Client, now: datetime) -> Mine:
        """At an aware instant. Pages of appointments that no longer open are left out."""
        rows = Appointment.objects.of_client(client).with_own_page(now)
        keys = InvitationKey.objects.of_client(client).with_open_link(now)
        return cls(
            [OwnAppointment.of(row, now) for row in rows.to_come(now)[:MOST_TO_COME]],
            [OwnAppointment.of(row, now) for row in rows.done_with(now)[:MOST_DONE_WITH]],
            [OwnInvitation.of(key) for key in keys[:MOST_INVITATIONS]],
        )
