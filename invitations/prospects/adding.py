"""Putting recipients on a list, and taking off who was never written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from appointments.changes import Author
from appointments.clients import ClientGoneError
from appointments.locks import waiting_for_locks
from appointments.models import Client, OutboxMessage
from invitations.models import (
    InvitationBooking,
    InvitationEvent,
    InvitationKey,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
)
from invitations.prospects.review import Prospect, Review, known_about, sift
from invitations.prospects.traces import log

AT_ONCE = 1_000
"""So many rows go into one statement."""

Kind = InvitationEvent.Kind


@dataclass(frozen=True, slots=True)
class Terms:
    """Who adds recipients, what they may know of addresses, and whom they want added."""

    author: Author
    sees_clients: bool
    includes_invited: bool


@waiting_for_locks()
def add_prospects(key: int, prospects: Sequence[Prospect], terms: Terms, now: datetime) -> Review:
    """Add people to the list with this key, each with a link of their own (rules L1, L8).

    The review says whom it left out; their rows are counted from 1. Raises TooBusyError, and
    ClientGoneError where one of the clients is there no more; nothing is written then.
    """
    prospect_list = ProspectList.lock(key)
    known = known_about(prospect_list, sees_clients=terms.sees_clients, now=now)
    numbered = enumerate(prospects, start=1)
    found = sift(numbered, known, includes_invited=terms.includes_invited)
    write(prospect_list, found.prospects, terms.author)
    return found


def write(prospect_list: ProspectList, prospects: Sequence[Prospect], author: Author) -> None:
    """Write recipients and their keys, in a few statements. The list is locked."""
    if not prospects:
        return
    keys = _keys(prospect_list.invitation_id, prospects)
    recipients = (
        Recipient(
            prospect_list=prospect_list,
            key=key,
            client=prospect.client,
            first_name=prospect.first_name,
            last_name=prospect.last_name,
            email=prospect.email,
            phone=prospect.phone,
        )
        for key, prospect in zip(keys, prospects, strict=True)
    )
    Recipient.objects.bulk_create(recipients, batch_size=AT_ONCE)
    log(prospect_list, Kind.RECIPIENTS_ADDED, author)


@waiting_for_locks()
def remove_recipients(key: int, recipients: Iterable[int], author: Author) -> int:
    """Take those off the list whose link nobody can have; say how many there were.

    Others are withdrawn, not removed: no link is dead (rule L3). Raises TooBusyError.
    """
    prospect_list = ProspectList.lock(key)
    rows = prospect_list.recipients.filter(pk__in=list(recipients))
    rows = rows.exclude(pk__in=_letters().values("object_id"))
    rows = rows.exclude(pk__in=RecipientMark.objects.values("recipient"))
    rows = rows.exclude(key__in=InvitationBooking.objects.values("key"))
    gone = {recipient.pk: recipient.key_id for recipient in rows}
    if gone:
        Recipient.objects.filter(pk__in=gone).delete()
        InvitationKey.objects.filter(pk__in=gone.values(), client=None).delete()
        log(prospect_list, Kind.RECIPIENTS_REMOVED, author)
    return len(gone)


def _keys(invitation: int, prospects: Sequence[Prospect]) -> list[InvitationKey]:
    """A key for each, new but for clients who have a link of this invitation already."""
    clients = _held([prospect.client for prospect in prospects if prospect.client])
    theirs = InvitationKey.objects.filter(invitation=invitation, client__in=clients)
    known = {key.client: key for key in theirs.filter(is_second=False).select_related("client")}
    keys = [
        known.get(prospect.client)
        or InvitationKey(invitation_id=invitation, client=prospect.client)
        for prospect in prospects
    ]
    new = [key for key in keys if key.pk is None]
    InvitationKey.objects.bulk_create(new, batch_size=AT_ONCE)
    return keys


def _held(clients: list[Client]) -> list[Client]:
    """The same, whom nobody merges or deletes until the transaction ends; locked last."""
    if not clients:
        return []
    rows = Client.objects.filter(pk__in=[client.pk for client in clients]).order_by("pk")
    held = list(rows.select_for_update(no_key=True))
    if len(held) < len(clients):
        raise ClientGoneError
    return held


def _letters() -> models.QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(kind__in=Letter.values)
