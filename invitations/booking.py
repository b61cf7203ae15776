"""Booking through an invitation: the one call behind a guest's form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import OperationalError, transaction

from appointments import booking
from appointments.booking import Guest, SentForm
from appointments.guards import is_lock_timeout
from appointments.models import Appointment
from appointments.terms import Terms
from invitations.models import Closed, Invitation, InvitationBooking, InvitationKey


class LinkClosedError(Exception):
    """The invitation was switched off, expired or used up meanwhile."""

    def __init__(self, closed: Closed) -> None:
        super().__init__(closed.value)
        self.closed = closed


class TooBusyError(Exception):
    """Too many book at this moment; trying again helps."""


def book(
    key: InvitationKey,
    terms: Terms,
    start: datetime,
    guest: Guest,
    form: SentForm,
    now: datetime,
) -> Appointment:
    """Book a start under an invitation, once per form (rules B1, B5, B6).

    The dates of ``terms`` are taken from the invitation as it is under the lock. ``start`` and
    ``now`` are aware. Raises LinkClosedError, TooBusyError, and what
    ``appointments.booking.book`` raises; nothing is written then.
    """
    try:
        with transaction.atomic():
            return _book(key, terms, start, guest, form, now)
    except OperationalError as error:
        if is_lock_timeout(error):
            raise TooBusyError from error
        raise


def _book(
    key: InvitationKey,
    terms: Terms,
    start: datetime,
    guest: Guest,
    form: SentForm,
    now: datetime,
) -> Appointment:
    invitation = Invitation.objects.lock(key.invitation_id)
    if closed := invitation.closed(now, invitation.count_uses()):
        earlier = booking.already_booked(start, guest, form)
        if earlier is None:
            raise LinkClosedError(closed)
        return earlier
    terms = replace(terms, first_date=invitation.from_date, last_date=invitation.until_date)
    appointment, is_new = booking.book(terms, start, guest, form, now)
    if is_new:
        InvitationBooking.objects.create(invitation=invitation, key=key, appointment=appointment)
    return appointment
