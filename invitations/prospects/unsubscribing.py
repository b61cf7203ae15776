"""The way out of all letters, for whoever holds the key of one (RFC 8058)."""

from __future__ import annotations

from datetime import datetime

from appointments.locks import waiting_for_locks
from invitations.models import DoNotContact, Recipient
from invitations.prospects.letters import letters_to


@waiting_for_locks()
def unsubscribe(recipient: Recipient, *, now: datetime) -> None:
    """Write to this address no more, from whatever list; once more changes nothing.

    Raises TooBusyError.
    """
    unwanted = DoNotContact(email=recipient.email, recipient=recipient)
    DoNotContact.objects.bulk_create([unwanted], ignore_conflicts=True)
    # What is owed in this very moment is dropped when it is to be sent.
    letters_to(Recipient.objects.with_address(recipient.email)).waiting().drop(now)


def is_unsubscribed(recipient: Recipient) -> bool:
    return DoNotContact.objects.with_address(recipient.email).exists()
