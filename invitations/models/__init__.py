"""Invitations: criteria with a link, and what was booked by it."""

from invitations.models.bookings import InvitationBooking
from invitations.models.invitations import Closed, Invitation, InvitationHost, InvitationQuerySet
from invitations.models.keys import InvitationKey

__all__ = [
    "Closed",
    "Invitation",
    "InvitationBooking",
    "InvitationHost",
    "InvitationKey",
    "InvitationQuerySet",
]
