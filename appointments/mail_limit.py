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
    address = mail.to[0].lower()
    return salted_hmac("appointments.mail_limit", address, algorithm="sha256").hexdigest()


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
