"""Limits against misuse: how much is booked within a day before it has to pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model, QuerySet

from appointments.models import Appointment
from invitations.models import BookingOrigin, Invitation

A_DAY = timedelta(days=1)


def again_from(invitation: Invitation, email: str, network: str, now: datetime) -> datetime | None:
    """From when on another booking may follow, None where it may now. All instants are aware.

    Counted are bookings of the last day, also those cancelled since: by an e-mail address, by
    the invitation, and from a network (``networks.network_of``), unless it is empty.
    """
    since = now - A_DAY
    booked = Appointment.objects.filter(created_at__gt=since)
    by_invitation = booked.filter(invitation_booking__invitation=invitation)
    from_network = BookingOrigin.objects.filter(network=network, at__gt=since)
    pauses = [
        _pause(booked.filter(email__iexact=email), "created_at", settings.LIMIT_PER_ADDRESS),
        _pause(by_invitation, "created_at", settings.LIMIT_PER_INVITATION),
        _pause(from_network, "at", settings.LIMIT_PER_NETWORK if network else 0),
    ]
    return max((pause for pause in pauses if pause), default=None)


def note(network: str, now: datetime) -> None:
    """Write down that something was booked from a network, in the open transaction."""
    if network and settings.LIMIT_PER_NETWORK:
        BookingOrigin.objects.forget(now - A_DAY)
        BookingOrigin.objects.create(network=network, at=now)


def _pause(rows: QuerySet[Model], moment: str, most: int) -> datetime | None:
    """When fewer than ``most`` rows of the last day are left; None if that is so now, or for 0."""
    if not most:
        return None
    newest_first: list[datetime] = list(
        rows.order_by(f"-{moment}").values_list(moment, flat=True)[:most]
    )
    return newest_first[-1] + A_DAY if len(newest_first) == most else None
