"""Changes of an appointment after it was booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from appointments import outbox
from appointments.models import (
    HOLDING,
    Appointment,
    AppointmentEvent,
    Assignment,
    MessageKind,
    Status,
)
from scheduling.models import SchedulingPolicy, ServiceResource

Kind = AppointmentEvent.Kind


class TooLateError(Exception):
    """Guests can no longer do this by themselves."""


def cancellable_until(appointment: Appointment) -> datetime:
    """Up to when the guest may cancel; the policy's cut-off before the start."""
    policy = SchedulingPolicy.objects.of(appointment.work_type)
    return appointment.start - timedelta(minutes=policy.cancel_cutoff if policy else 0)


def is_cancellable(appointment: Appointment, now: datetime) -> bool:
    """Whether the guest may cancel it at an instant."""
    return appointment.status in HOLDING and now < cancellable_until(appointment)


@transaction.atomic
def cancel(
    appointment_key: int,
    *,
    reason: str = "",
    actor: User | None = None,
    on_behalf_of: ServiceResource | None = None,
    now: datetime,
) -> bool:
    """Cancel an appointment, and owe everybody concerned a message; say whether this call did.

    Its time is free at once, and its use goes back to the invitation by itself (rule B6).
    Cancelled twice is once. Without an actor it is the guest who cancels: raises TooLateError
    where that is no longer possible. Raises DoesNotExist for an unknown appointment.
    """
    appointment = _locked(appointment_key)
    if appointment.status == Status.CANCELLED:
        return False
    if actor is None and not is_cancellable(appointment, now):
        raise TooLateError
    details = {"from": appointment.status, **({"reason": reason} if reason else {})}
    _write(appointment, Status.CANCELLED, Kind.CANCELLED, details, actor, on_behalf_of)
    owed = [(MessageKind.GUEST_CANCELLED, appointment.pk)]
    owed += [(MessageKind.RESOURCE_CANCELLED, each.pk) for each in appointment.assignments.all()]
    outbox.owe(owed, not_before=now)
    return True


@transaction.atomic
def set_status(
    appointment_key: int,
    status: Status,
    *,
    actor: User | None = None,
    on_behalf_of: ServiceResource | None = None,
) -> Appointment:
    """Give an appointment another status, and its resources' time with it (rule B2).

    The same status twice is once. Nobody is written to: who cancels calls ``cancel``. Raises
    IntegrityError where an appointment would hold time again that is taken meanwhile.
    """
    appointment = _locked(appointment_key)
    if appointment.status != status:
        details = {"from": appointment.status, "to": status}
        _write(appointment, status, Kind.STATUS_CHANGED, details, actor, on_behalf_of)
    return appointment


def _locked(key: int) -> Appointment:
    """The appointment, locked after its resources (rule B1)."""
    assigned = Assignment.objects.filter(appointment=key)
    ServiceResource.lock(list(assigned.values_list("service_resource", flat=True)))
    return Appointment.objects.select_for_update().get(pk=key)


def _write(
    appointment: Appointment,
    status: Status,
    kind: AppointmentEvent.Kind,
    details: dict[str, Any],
    actor: User | None,
    on_behalf_of: ServiceResource | None,
) -> None:
    appointment.status = status
    appointment.sequence += 1
    appointment.save(update_fields=["status", "sequence"])
    appointment.assignments.update(holds_time=status in HOLDING)
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        actor=actor,
        on_behalf_of=on_behalf_of,
        details=details,
    )
