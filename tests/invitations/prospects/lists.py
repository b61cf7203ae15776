"""Lists and their recipients, with plain defaults."""

from __future__ import annotations

from typing import Any

from appointments import outbox
from appointments.models import Appointment, OutboxMessage
from invitations.models import (
    InvitationBooking,
    InvitationKey,
    Letter,
    ProspectList,
    Recipient,
)
from tests.factories import make_appointment, make_invitation


def make_list(*hosts: Any, invitation: dict[str, Any] | None = None, **fields: Any) -> ProspectList:
    """A list to half an hour with a host in Berlin, a letter a second."""
    key = make_invitation(*hosts, **(invitation or {}))
    fields = {"name": "Autumn", "subject": "A time with {host}", "message": "{link}", **fields}
    return ProspectList.objects.create(invitation=key.invitation, **fields)


def make_recipients(prospect_list: ProspectList, number: int = 3) -> list[Recipient]:
    return [make_recipient(prospect_list, f"prospect{n}@example.com") for n in range(number)]


def make_recipient(
    prospect_list: ProspectList, email: str = "petra@example.com", **fields: Any
) -> Recipient:
    key = InvitationKey.objects.create(invitation=prospect_list.invitation)
    names = {"first_name": "Petra", "last_name": "Prospekt", **fields}
    return Recipient.objects.create(prospect_list=prospect_list, key=key, email=email, **names)


def book(recipient: Recipient, start: Any, **fields: Any) -> Appointment:
    """An appointment by a recipient's link, written past the booking function."""
    invitation = recipient.key.invitation
    host = invitation.hosts.all()[0].service_resource
    appointment = make_appointment(host, start, email=recipient.email, **fields)
    InvitationBooking.objects.create(
        invitation=invitation, key=recipient.key, appointment=appointment
    )
    return appointment


def letters(*recipients: Recipient, kind: str = Letter.FIRST) -> list[OutboxMessage]:
    """What is or was owed to them, in the order in which it is due."""
    keys = [recipient.pk for recipient in recipients]
    rows = OutboxMessage.objects.filter(kind=kind, object_id__in=keys)
    return list(rows.order_by("not_before", "pk"))


def deliver_all(backend: Any = None) -> int:
    """Deliver whatever is due; returns how many messages that were."""
    from django.core.mail import get_connection

    count = 0
    while message := outbox.claim():
        outbox.deliver(message, backend or get_connection())
        count += 1
    return count
