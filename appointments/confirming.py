"""The request to confirm a booking: what proves the answer, and how often it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.signing import Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from appointments import outbox
from appointments.locks import waiting_for_locks
from appointments.models import Appointment, MessageKind, OutboxMessage

MOST = 3
"""How many mails one booking may ask for; whoever booked may have named somebody else's address."""

PAUSE = timedelta(minutes=2)
"""How long a mail may take before another is asked for."""


def confirm_path(appointment: Appointment) -> str:
    """The link of the mail: its page, with what only the mail says."""
    page = reverse("appointment_confirm", args=[appointment.key])
    return f"{page}?{urlencode({'code': _code(appointment)})}"


def proves(code: str, appointment: Appointment) -> bool:
    """Whether somebody who says this has read the mail to the appointment's address.

    The key alone proves nothing: whoever booked knows it.
    """
    return constant_time_compare(code, _code(appointment))


class Asked(NamedTuple):
    """When the guest was last sent the mail, and how often in all."""

    last: datetime
    times: int

    def next_from(self) -> datetime | None:
        """From when on it may be sent again, None if never."""
        return self.last + PAUSE if self.times < MOST else None


def asked(appointment: Appointment) -> Asked:
    """How the guest of an unconfirmed appointment was asked so far."""
    about = OutboxMessage.objects.filter(
        kind=MessageKind.GUEST_CONFIRM, object_id=appointment.pk
    ).values_list("created_at", flat=True)
    return Asked(max(about, default=appointment.created_at), len(about))


@waiting_for_locks()
def ask_again(appointment_key: int, *, now: datetime) -> bool:
    """Owe the guest the mail once more; say whether this call did.

    Not if it went out a moment ago or often enough, nor once it is of no use. Raises
    TooBusyError, DoesNotExist.
    """
    appointment = Appointment.objects.select_for_update().get(pk=appointment_key)
    if not appointment.is_unconfirmed or appointment.has_lapsed(now):
        return False
    from_then = asked(appointment).next_from()
    if from_then is None or now < from_then:
        return False
    outbox.owe([(MessageKind.GUEST_CONFIRM, appointment.pk)], not_before=now)
    return True


def asked_once_more(appointment: Appointment) -> list[tuple[str, int]]:
    """What is owed to a guest who has not confirmed yet, of whose booking something changed.

    The request says how it is by then, and nothing else may be said to an address that nobody has
    answered from. Nothing once it was sent often enough.
    """
    if asked(appointment).times >= MOST:
        return []
    return [(MessageKind.GUEST_CONFIRM, appointment.pk)]


def _code(appointment: Appointment) -> str:
    signer = Signer(salt="appointments.confirming")
    return signer.signature(f"{appointment.key}:{appointment.email}")
