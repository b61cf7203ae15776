"""An appointment's own terms, as if it were booked once more at the same time and place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from appointments.models import Appointment
from appointments.terms import Terms
from scheduling.models import ServiceResource, WorkType

MINUTE = timedelta(minutes=1)


def own_terms(appointment: Appointment, hosts: Sequence[ServiceResource]) -> Terms:
    """With its own times, whatever the work takes today (rule B4), for any one of the hosts."""
    part, territory = appointment.assignments.all()[0], appointment.territory
    work = WorkType.objects.with_rules().get(pk=appointment.work_type_id)
    work.duration = (appointment.end - appointment.start) // MINUTE
    work.block_time_before = (appointment.start - part.blocked_start) // MINUTE
    work.block_time_after = (part.blocked_end - appointment.end) // MINUTE
    return Terms(
        work_type=work,
        territory=territory,
        hosts=tuple(hosts),
        appointment_type=appointment.appointment_type,
        time_zone=territory.time_zone,
        any_host=True,
        topic=appointment.topic,
        own_policy=appointment.scheduling_policy,
    )
