"""Invitations: criteria with a link, and what was booked by it."""

from invitations.models.audience import Audience
from invitations.models.bookings import InvitationBooking
from invitations.models.closed import Closed
from invitations.models.do_not_contact import DoNotContact
from invitations.models.events import InvitationEvent
from invitations.models.guest_side import GUEST_SIDE
from invitations.models.hosts import InvitationHost, Invited
from invitations.models.invitations import Invitation, InvitationQuerySet
from invitations.models.keys import InvitationKey
from invitations.models.lists import ProspectList
from invitations.models.origins import BookingOrigin
from invitations.models.recipient_states import State
from invitations.models.recipients import (
    Letter,
    Recipient,
    RecipientMark,
    RecipientQuerySet,
)
from invitations.models.templates import InvitationTemplate, Lockable, ResourceDefaults
from invitations.models.uploads import RecipientUpload
from invitations.models.websites import CustomerWebsite

__all__ = [
    "GUEST_SIDE",
    "Audience",
    "BookingOrigin",
    "Closed",
    "CustomerWebsite",
    "DoNotContact",
    "Invitation",
    "InvitationBooking",
    "InvitationEvent",
    "InvitationHost",
    "InvitationKey",
    "InvitationQuerySet",
    "InvitationTemplate",
    "Invited",
    "Letter",
    "Lockable",
    "ProspectList",
    "Recipient",
    "RecipientMark",
    "RecipientQuerySet",
    "RecipientUpload",
    "ResourceDefaults",
    "State",
]
