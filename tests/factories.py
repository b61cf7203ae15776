"""Rows with plain defaults; a test names what matters to it."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from appointments.models import Appointment, Assignment, Client, ResourcePreference
from appointments.terms import Terms
from invitations.models import Invitation, InvitationHost, InvitationKey
from scheduling.models import (
    Membership,
    OperatingHours,
    ServiceResource,
    Territory,
    TerritoryWorkType,
    TimeSlot,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)

BERLIN = ZoneInfo("Europe/Berlin")
_numbers = count(1)

WORKDAYS = range(5)
NINE_TO_FIVE = ((dt.time(9), dt.time(17)),)


def at(text: str, zone: str = "Europe/Berlin") -> dt.datetime:
    """“2026-11-23 10:00” on a wall clock, Berlin's unless told."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def make_hours(
    zone: str = "Europe/Berlin", days: Any = WORKDAYS, times: Any = NINE_TO_FIVE
) -> OperatingHours:
    hours = OperatingHours.objects.create(name=f"Hours {next(_numbers)}", time_zone=zone)
    TimeSlot.objects.bulk_create(
        TimeSlot(operating_hours=hours, day_of_week=day, start_time=start, end_time=end)
        for day in days
        for start, end in times
    )
    return hours


def make_territory(hours: OperatingHours | None = None, **fields: Any) -> Territory:
    fields.setdefault("name", f"Office {next(_numbers)}")
    return Territory.objects.create(operating_hours=hours or make_hours(), **fields)


def make_resource(*territories: Territory, **fields: Any) -> ServiceResource:
    number = next(_numbers)
    fields = {"name": f"Anna Berger {number}", "email": f"anna{number}@example.com", **fields}
    resource = ServiceResource.objects.create(**{"time_zone": "Europe/Berlin", **fields})
    for position, territory in enumerate(territories):
        kind = Membership.Type.SECONDARY if position else Membership.Type.PRIMARY
        Membership.objects.create(service_resource=resource, territory=territory, type=kind)
    return resource


def make_work_type(*territories: Territory, **fields: Any) -> WorkType:
    fields = {"name": f"Review {next(_numbers)}", "duration": 30, "start_interval": 30, **fields}
    work_type = WorkType.objects.create(**fields)
    for territory in territories:
        TerritoryWorkType.objects.create(territory=territory, work_type=work_type)
    return work_type


def make_topic(*work_types: WorkType, **fields: Any) -> WorkTypeGroup:
    topic = WorkTypeGroup.objects.create(**{"name": f"Topic {next(_numbers)}", **fields})
    for work_type in work_types:
        WorkTypeGroupMember.objects.create(group=topic, work_type=work_type)
    return topic


def make_invitation(*hosts: ServiceResource, **fields: Any) -> InvitationKey:
    """An invitation with its key; without more, to half an hour with a host in Berlin."""
    if not hosts and "territory" not in fields:
        fields["territory"] = make_territory()
        hosts = (make_resource(fields["territory"]),)
    if "topic" not in fields and "work_type" not in fields:
        fields["work_type"] = make_work_type(fields["territory"])
    invitation = Invitation.objects.create(**{"time_zone": "Europe/Berlin", **fields})
    for position, host in enumerate(hosts):
        InvitationHost.objects.create(
            invitation=invitation,
            service_resource=host,
            position=position,
            role=InvitationHost.Role.REQUIRED if position else InvitationHost.Role.PRIMARY,
        )
    return InvitationKey.objects.create(invitation=invitation)


def make_terms(*hosts: ServiceResource, **fields: Any) -> Terms:
    territory = fields.pop("territory", None) or make_territory()
    work_type = fields.pop("work_type", None) or make_work_type(territory)
    work_type = WorkType.objects.with_rules().get(pk=work_type.pk)
    defaults = {"appointment_type": "in_person", "time_zone": BERLIN}
    return Terms(
        work_type=work_type,
        territory=Territory.objects.select_related("operating_hours").get(pk=territory.pk),
        hosts=hosts or (make_resource(territory),),
        **{**defaults, **fields},
    )


def make_appointment(
    resource: ServiceResource, start: dt.datetime, minutes: int = 30, **fields: Any
) -> Appointment:
    """An appointment that holds a resource's time, written past the booking function."""
    end = start + dt.timedelta(minutes=minutes)
    territory = fields.pop("territory", None) or make_territory()
    defaults = {
        "start": start,
        "end": end,
        "appointment_type": "in_person",
        "territory": territory,
        "first_name": "Gerda",
        "last_name": "Gast",
        "email": "gerda@example.com",
        "language": "en",
        "time_zone": "Europe/Berlin",
    }
    if "work_type" not in fields:
        fields["work_type"] = make_work_type(territory)
    appointment = Appointment.objects.create(**{**defaults, **fields})
    Assignment.objects.create(
        appointment=appointment,
        service_resource=resource,
        blocked_start=start,
        blocked_end=end,
    )
    return appointment


def make_group(
    *hosts: ServiceResource,
    start: dt.datetime,
    work_type: WorkType,
    territory: Territory,
    **fields: Any,
) -> Appointment:
    """A group that is planned, with as many places as the work has unless told."""
    nobody = {"first_name": "", "last_name": "", "email": ""}
    fields = {"places": work_type.attendee_limit, **nobody, **fields}
    group = make_appointment(
        hosts[0], start, work_type.duration, work_type=work_type, territory=territory, **fields
    )
    for host in hosts[1:]:
        Assignment.objects.create(
            appointment=group,
            service_resource=host,
            is_primary=False,
            blocked_start=group.start,
            blocked_end=group.end,
        )
    return group


def make_client(**fields: Any) -> Client:
    defaults = {"first_name": "Gerda", "last_name": "Gast", "email": "gerda@example.com"}
    return Client.objects.create(**{**defaults, **fields})


def make_preference(client: Client, resource: ServiceResource, kind: str) -> ResourcePreference:
    return ResourcePreference.objects.create(client=client, service_resource=resource, kind=kind)
