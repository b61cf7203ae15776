"""The way out of all letters, for whoever holds the key of one (RFC 8058)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from appointments.locks import TooBusyError, waiting_for_locks
from invitations.models import DoNotContact, Recipient
from invitations.prospects.letters import letters_to


def unsubscribe(recipient: Recipient, *, now: datetime) -> None:
    """Write to this address no more, from whatever list; once more changes nothing.

    Raises TooBusyError.
    """
    with waiting_for_locks():
        unwanted = DoNotContact(email=recipient.email, recipient=recipient)
        DoNotContact.objects.bulk_create([unwanted], ignore_conflicts=True)
    # By itself, as mail programs press only once: what is not dropped now, as others hold it or owe
    # it in this very moment, is dropped when it is to be sent.
    with suppress(TooBusyError), waiting_for_locks():
        letters_to(Recipient.objects.with_address(recipient.email)).waiting().drop(now)


def is_unsubscribed(recipient: Recipient) -> bool:
    return DoNotContact.objects.with_address(recipient.email).exists()
