"""Which policy is in force for what was booked."""

from __future__ import annotations

from appointments.models import Appointment
from scheduling.models import SchedulingPolicy, WorkType


def policy_of(appointment: Appointment) -> SchedulingPolicy:
    """That of its invitation if it had its own, else that of its work as it is today."""
    if appointment.scheduling_policy is not None:
        return appointment.scheduling_policy
    return WorkType.objects.with_rules().get(pk=appointment.work_type_id).policy
