"""Who a client is: found, or made, by a proved address, given another one, or merged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction

from appointments.locks import TooBusyError, waiting_for_locks
from appointments.models import Appointment, Client, Status
from appointments.models.addresses import folded

LONGEST_NAME = 100
"""Characters of each name that a record keeps."""


class ClientGoneError(TooBusyError):
    """The record was merged with another one since it was read, or deleted."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's name, and how they are reached beside their mail."""

    first_name: str
    last_name: str
    phone: str = ""


def client_of(user: User | AnonymousUser) -> Client | None:
    """The record that the signed-in user opens, None for staff and for whoever has none."""
    return Client.objects.of_user(user).first()


def is_known(email: str) -> bool:
    """Whether an address is that of a client, or something was booked with it."""
    booked = Appointment.objects.by_guests().filter(email__folded=folded(email))
    return Client.objects.with_address(email).exists() or booked.exists()


def prove(email: str, now: datetime, person: Person | None = None) -> Client:
    """The record of whoever has just proved to read an address; found, else made.

    It is the one with the same proof. Else it is the only one that the office keeps under that
    address; of several none is opened, as nothing says whose it is. Without ``person``, a new
    one is called as the guest who last booked with this address, else by the address itself. What
    was not confirmed, or is cancelled, may have been booked by anybody.
    """
    with transaction.atomic():
        same = list(Client.objects.select_for_update().with_address(email))
        for client in same:
            if client.verified_at is not None:
                return client
        if len(same) == 1:
            return _proved(same[0], now)
        return _made(email, now, person or _last_guest(email) or Person("", email))


def _proved(client: Client, now: datetime) -> Client:
    client.verified_at = now
    client.save(update_fields=["verified_at"])
    return client


def _made(email: str, now: datetime, person: Person) -> Client:
    try:
        with transaction.atomic():
            return Client.objects.create(
                first_name=person.first_name[:LONGEST_NAME],
                last_name=person.last_name[:LONGEST_NAME],
                phone=person.phone,
                email=email,
                verified_at=now,
            )
    except IntegrityError:  # somebody proved the same address in the same instant
        return Client.objects.proven().with_address(email).get()


def _last_guest(email: str) -> Person | None:
    booked = Appointment.objects.by_guests().filter(email__folded=folded(email))
    stood = booked.filter(confirm_until=None).exclude(status=Status.CANCELLED)
    last = stood.order_by("-created_at").first()
    return Person(last.first_name, last.last_name, last.phone) if last else None


@waiting_for_locks()
def give_up_address(key: int) -> None:
    """Forget that a client has proved their address, as it is about to become another.

    What they booked as a guest with it stays theirs. Raises TooBusyError, ClientGoneError.
    """
    client = lock(key).get(key)
    if client is None:
        raise ClientGoneError
    if client.verified_at is not None:
        _adopt(client)
        client.verified_at = None
        client.save(update_fields=["verified_at"])


def hold(client: Client) -> Client:
    """A client as they are now, whom nobody merges or deletes until the transaction ends.

    Clients are locked after everything else. Raises ClientGoneError.
    """
    for found in Client.objects.select_for_update(no_key=True).filter(pk=client.pk):
        return found
    raise ClientGoneError


def lock(*keys: int) -> dict[int, Client]:
    """Those of the clients that there are, by key, locked with their appointments.

    Appointments come first, as in a guest's confirmation, which locks its own and then proves
    an address (rule B1).
    """
    for client in Client.objects.filter(pk__in=keys).order_by("pk"):
        booked = Appointment.objects.of_client(client).order_by("pk")
        list(booked.select_for_update().values_list("pk"))
    locked = Client.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return {client.pk: client for client in locked}


def absorb(kept: Client, other: Client) -> None:
    """Give a client what another one has, and delete that one. Both come from ``lock()``.

    What is known of the one that is kept stays; what is blank is taken from the other. Whatever
    else protects the other has to be moved before.
    """
    same_address = folded(kept.email) == folded(other.email)
    if not same_address:
        _adopt(other)
    other.appointments.update(client=kept)
    _fill(kept, other)
    other.delete()
    if same_address:  # only one of an address has it proved
        kept.verified_at = kept.verified_at or other.verified_at
    kept.save()


def _fill(kept: Client, other: Client) -> None:
    kept.phone = kept.phone or other.phone
    kept.visiting_hours = kept.visiting_hours or other.visiting_hours
    if not kept.resource_preferences.exists():
        other.resource_preferences.update(client=kept)


def _adopt(client: Client) -> None:
    """Make what a guest booked with the client's proved address theirs, whatever it becomes."""
    Appointment.objects.of_client(client).update(client=client)
