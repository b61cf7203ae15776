"""How long an appointment holds its hosts' time: for good, or until its guest should confirm it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from appointments.models import GRACE, Appointment, AppointmentEvent, Assignment, Status
from scheduling.models import SchedulingPolicy
from scheduling.prepared import prepared


def confirm_until(policy: SchedulingPolicy, end: datetime, now: datetime) -> datetime | None:
    """Until when the guest of an appointment that is booked now has to confirm it.

    None where its policy asks for no confirmation; else a whole minute, at most its end.
    """
    if not policy.confirm_within:
        return None
    this_minute = now.replace(second=0, microsecond=0)
    return min(this_minute + timedelta(minutes=policy.confirm_within), end)


def give_status(
    appointment: Appointment, status: Status, *, confirm_until: datetime | None = None
) -> None:
    """Write a status, and what the appointment's assignments hold by it (rule B2).

    Belongs under the appointment's lock; ``confirm_until`` is kept for one that has lapsed.
    """
    appointment.status = status
    appointment.confirm_until = confirm_until
    appointment.sequence += 1
    appointment.save(update_fields=["status", "confirm_until", "sequence"])
    appointment.assignments.required().update(**appointment.hold._asdict())


def release_lapsed(
    resources: Collection[int], start: datetime, end: datetime, now: datetime
) -> None:
    """Cancel what had ``[start, end)`` of these resources but was not confirmed in time.

    The guard cannot look at the clock, so whoever takes such time calls this before, under the
    locks of the resources. Nobody is written to: the hosts never heard of it, and the guest was
    told when it lapses.
    """
    since = now - GRACE
    keys = set(_lapsed(resources, start, end, since))
    if not keys:
        return
    # In one order, as others of its hosts may be locked by somebody who releases it as well.
    lapsed = Appointment.objects.filter(
        pk__in=keys, status=Status.PENDING, confirm_until__lte=since
    ).order_by("pk")
    for appointment in lapsed.select_for_update():
        give_status(appointment, Status.CANCELLED, confirm_until=appointment.confirm_until)
        AppointmentEvent.objects.create(
            appointment=appointment,
            kind=AppointmentEvent.Kind.CANCELLED,
            details={"from": Status.PENDING, "lapsed": True},
        )


@prepared
def _lapsed(
    resources: Collection[int], start: datetime, end: datetime, since: datetime
) -> QuerySet[Assignment, int]:
    rows = Assignment.objects.filter(service_resource__in=resources).lapsed(start, end, since)
    return rows.values_list("appointment", flat=True).order_by()
