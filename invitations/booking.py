"""Booking through an invitation: the one call behind a guest's form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from appointments import booking
from appointments.booking import Guest, SentForm
from appointments.locks import waiting_for_locks
from appointments.models import GRACE, Appointment, Client
from appointments.terms import Terms
from invitations import limits
from invitations.caps import capped
from invitations.choices import respected
from invitations.models import Closed, Invitation, InvitationBooking, InvitationKey
from invitations.prospects import marks


class LinkClosedError(Exception):
    """The invitation was switched off, expired or used up meanwhile."""

    def __init__(self, closed: Closed) -> None:
        super().__init__(closed.value)
        self.closed = closed


class NotAdmittedError(Exception):
    """The link is not, or no longer, open to who is signed in."""


class GuestLimitError(Exception):
    """The guest has booked as often by this invitation as one guest may."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class OverLimitError(Exception):
    """So much was booked within a day that it has to pause until ``again_from`` (aware)."""

    def __init__(self, again_from: datetime) -> None:
        super().__init__(again_from)
        self.again_from = again_from


def book(
    key: InvitationKey,
    terms: Terms,
    start: datetime,
    guest: Guest,
    form: SentForm,
    now: datetime,
    network: str = "",
    signed_in: Client | None = None,
) -> Appointment:
    """Book a start under an invitation, once per form (rules B1, B5, B6).

    The dates and the policy of ``terms``, what counts towards its caps, and the client's wishes
    are taken as they are under the lock. ``start`` and ``now`` are aware; ``network`` is the
    guest's, as ``networks.network_of`` names it. Raises LinkClosedError, NotAdmittedError,
    GuestLimitError, OverLimitError, TooBusyError, and what ``appointments.booking.book`` raises;
    nothing is written then.
    """
    with waiting_for_locks():
        invitation = Invitation.lock(key.invitation_id)
        key.lengthen(invitation)
        refusal = _refusal(invitation, key, signed_in, now) or _limit(
            invitation, key, guest, now, network
        )
        if refusal is None:
            return _book(key, invitation, terms, start, guest, form, now, network)
        earlier = booking.already_booked(start, guest, form)
        if earlier is None:
            raise refusal
        return earlier


def _book(
    key: InvitationKey,
    invitation: Invitation,
    terms: Terms,
    start: datetime,
    guest: Guest,
    form: SentForm,
    now: datetime,
    network: str,
) -> Appointment:
    terms = replace(
        terms,
        first_date=invitation.from_date,
        last_date=invitation.until_date,
        wishes=respected(invitation, guest.client),
        own_policy=invitation.scheduling_policy,
        is_extended=invitation.allows_extended_hours,
    )
    terms = capped(invitation, terms, now)
    appointment, is_new = booking.book(terms, start, guest, form, now)
    if is_new:
        InvitationBooking.objects.create(invitation=invitation, key=key, appointment=appointment)
        limits.note(network, now)
    return appointment


def _refusal(
    invitation: Invitation, key: InvitationKey, signed_in: Client | None, now: datetime
) -> LinkClosedError | NotAdmittedError | None:
    """Why the link is not open; asked under the invitation's lock, as staff may have closed it."""
    if key.of_recipient and marks.is_withdrawn(key.of_recipient):
        return LinkClosedError(Closed.WITHDRAWN)
    if closed := invitation.closed(now, invitation.count_uses(now)):
        return LinkClosedError(closed)
    return None if invitation.admits(key.client, signed_in) else NotAdmittedError()


def _limit(
    invitation: Invitation, key: InvitationKey, guest: Guest, now: datetime, network: str
) -> GuestLimitError | OverLimitError | None:
    """Why this guest may not book again; asked under the invitation's lock.

    Whatever is counted here is linked to this invitation, and links are made under the same
    lock only. So a booking that could change the count has either committed, and is counted by
    these later statements, or still waits for the lock and will count ours (rule B6).
    """
    most = invitation.max_per_guest
    if most is not None:
        booked = invitation.bookings.counting(now - GRACE).of_guest(guest.client, guest.email)
        if booked.count() >= most:
            return GuestLimitError(most)
    pause = limits.again_from(key, guest, network, now)
    return OverLimitError(pause) if pause else None
