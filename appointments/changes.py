"""Changes of an appointment after it was booked."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from appointments.models import HOLDING, Appointment, AppointmentEvent, Assignment, Status
from scheduling.models import ServiceResource


@transaction.atomic
def set_status(
    appointment_key: int,
    status: Status,
    *,
    actor: User | None = None,
    on_behalf_of: ServiceResource | None = None,
) -> Appointment:
    """Give an appointment another status, and its resources' time with it (rule B2).

    The same status twice is once. Locks resources before the appointment (rule B1). Raises
    IntegrityError where an appointment would hold time again that is taken meanwhile.
    """
    assigned = Assignment.objects.filter(appointment=appointment_key)
    ServiceResource.objects.lock(list(assigned.values_list("service_resource", flat=True)))
    appointment = Appointment.objects.select_for_update().get(pk=appointment_key)
    if appointment.status == status:
        return appointment
    details = {"from": appointment.status, "to": status}
    appointment.status = status
    appointment.sequence += 1
    appointment.save(update_fields=["status", "sequence"])
    assigned.update(holds_time=status in HOLDING)
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=AppointmentEvent.Kind.STATUS_CHANGED,
        actor=actor,
        on_behalf_of=on_behalf_of,
        details=details,
    )
    return appointment
