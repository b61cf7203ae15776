"""Limits against misuse: how much is booked within a day before it has to pause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from appointments.booking import Guest
from appointments.models import Appointment
from appointments.models.addresses import Folded, folded
from invitations.models import BookingOrigin, InvitationBooking, InvitationKey
from scheduling.prepared import prepared

A_DAY = timedelta(days=1)


def again_from(key: InvitationKey, guest: Guest, network: str, now: datetime) -> datetime | None:
    """From when on another booking may follow, None where it may now. All instants are aware.

    Counted are bookings of the last day, also those cancelled since: by the guest's e-mail
    address, and by the client that they are known as; by the invitation's open links, or by a
    personal one, which is limited like an address; and from a network (``networks.network_of``),
    unless it is empty.
    """
    return max(_pauses(key, guest, network, now - A_DAY), default=None)


def note(network: str, now: datetime) -> None:
    """Write down that something was booked from a network, in the open transaction."""
    if network and settings.LIMIT_PER_NETWORK:
        BookingOrigin.objects.forget(now - A_DAY)
        BookingOrigin.objects.create(network=network, at=now)


def _pauses(key: InvitationKey, guest: Guest, network: str, since: datetime) -> Iterator[datetime]:
    """For each limit that is reached, when fewer bookings of the last day are left."""
    if most := settings.LIMIT_PER_ADDRESS:
        yield from _pause(_by_address(folded(guest.email), since), most)
        if client := guest.client:
            yield from _pause(_by_client(client.pk, folded(client.email), since), most)
        if key.person:
            yield from _pause(_by_key(key.pk, since), most)
    if (most := settings.LIMIT_PER_INVITATION) and key.person is None:
        yield from _pause(_by_open_links(key.invitation_id, since), most)
    if network and (most := settings.LIMIT_PER_NETWORK):
        yield from _pause(_from_network(network, since), most)


def _pause(newest_first: list[datetime], most: int) -> list[datetime]:
    return [oldest + A_DAY for oldest in newest_first[most - 1 : most]]


# Each finds hardly more rows than its limit allows, as then there are no more bookings.


@prepared
def _by_address(address: str, since: datetime) -> QuerySet[Appointment, datetime]:
    rows = Appointment.objects.alias(address=Folded("email")).filter(address=address)
    rows = rows.filter(created_at__gt=since).order_by("-created_at")
    return rows.values_list("created_at", flat=True)


@prepared
def _by_client(client: int, address: str, since: datetime) -> QuerySet[Appointment, datetime]:
    """Those of a client, and whatever was booked with its address."""
    rows = Appointment.objects.alias(address=Folded("email"))
    rows = rows.filter(Q(client=client) | Q(address=address), created_at__gt=since)
    return rows.order_by("-created_at").values_list("created_at", flat=True)


@prepared
def _by_key(key: int, since: datetime) -> QuerySet[Appointment, datetime]:
    rows = Appointment.objects.filter(invitation_booking__key=key, created_at__gt=since)
    return rows.order_by("-created_at").values_list("created_at", flat=True)


@prepared
def _by_open_links(invitation: int, since: datetime) -> QuerySet[Appointment, datetime]:
    # Not a join, which SQLite begins with everything that the invitation was ever booked by.
    by_it = InvitationBooking.objects.filter(
        appointment=OuterRef("pk"), invitation=invitation, key__client=None, key__recipient=None
    )
    rows = Appointment.objects.filter(Exists(by_it), created_at__gt=since)
    return rows.order_by("-created_at").values_list("created_at", flat=True)


@prepared
def _from_network(network: str, since: datetime) -> QuerySet[BookingOrigin, datetime]:
    rows = BookingOrigin.objects.filter(network=network, at__gt=since).order_by("-at")
    return rows.values_list("at", flat=True)
