"""A limit on the mails that one guest gets, whoever causes them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.crypto import salted_hmac

from appointments.models import MessageKind, OutboxMessage

A_DAY = timedelta(days=1)


def recipient_of(message: OutboxMessage, mail: EmailMessage) -> str:
    """A keyed hash of the guest whom a mail goes to; empty for hosts, who are not limited."""
    if message.kind not in MessageKind or not MessageKind(message.kind).is_to_guest:
        return ""
    return _hash_of(mail.to[0])


def copied_to(message: OutboxMessage, mail: EmailMessage) -> str:
    """A keyed hash of whom the guest named for a copy; empty where there is none."""
    return _hash_of(mail.cc[0]) if mail.cc and recipient_of(message, mail) else ""


def may_copy(message: OutboxMessage, copy: str, now: datetime) -> bool:
    """Whether somebody may get one more copy, or this one has been counted already.

    Counted is what was tried: a copy may arrive although the guest's own address refuses the mail.
    """
    most = settings.LIMIT_MAILS
    if not most or message.copied_to == copy:
        return True
    since = now - A_DAY
    return OutboxMessage.objects.filter(copied_to=copy, not_before__gt=since).count() < most


def limited_until(recipient: str, now: datetime) -> datetime | None:
    """Until when a guest gets no more mails, None if one may go out now.

    So many go to one recipient within any day; an empty one is not limited.
    """
    most = settings.LIMIT_MAILS
    if not recipient or not most:
        return None
    sent = OutboxMessage.objects.filter(recipient=recipient, finished_at__gt=now - A_DAY)
    newest_first = list(sent.order_by("-finished_at").values_list("finished_at", flat=True)[:most])
    oldest = newest_first[-1] if len(newest_first) == most else None
    return oldest + A_DAY if oldest else None


def _hash_of(address: str) -> str:
    hashed = salted_hmac("appointments.mail_limit", address.lower(), algorithm="sha256")
    return hashed.hexdigest()
