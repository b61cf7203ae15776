"""An appointment's own terms, as if it were booked once more at the same time and place."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import timedelta

from appointments.models import Appointment
from appointments.terms import Terms
from scheduling.models import ServiceResource, WorkType

MINUTE = timedelta(minutes=1)


def own_terms(appointment: Appointment, hosts: Sequence[ServiceResource]) -> Terms:
    """With its own times, whatever the work takes today (rule B4), for any one of the hosts."""
    return all_own_terms([(appointment, hosts)])[0]


def all_own_terms(
    asked: Sequence[tuple[Appointment, Sequence[ServiceResource]]],
) -> list[Terms]:
    """The same of any number; appointments that come from ``with_page()`` take one query in all."""
    keys = {appointment.work_type_id for appointment, _hosts in asked}
    works = WorkType.objects.with_rules().in_bulk(keys)
    return [_terms(each, copy(works[each.work_type_id]), hosts) for each, hosts in asked]


def _terms(appointment: Appointment, work: WorkType, hosts: Sequence[ServiceResource]) -> Terms:
    part, territory = appointment.assignments.all()[0], appointment.territory
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
        is_extended=True,
        plans=appointment.group is None,
    )
