"""What the steps of the flow begin with: values of form fields by name."""

from __future__ import annotations

from typing import Any

from invitations.models import Invitation, InvitationTemplate, ResourceDefaults
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup

Presets = dict[str, Any]


def of_template(template: InvitationTemplate) -> Presets:
    return {
        "taking_part": _taking_part(template.any_host),
        "work": work_value(template.topic, template.work_type),
        "territory": template.territory_id,
        "appointment_type": template.appointment_type,
        "website": template.website_id,
        "from_in": template.from_in,
        "until_after": template.until_after,
        "expires_in": template.expires_in,
        "max_bookings": template.max_bookings,
        "max_per_guest": template.max_per_guest,
        "message": template.message,
    }


def of_invitation(invitation: Invitation) -> Presets:
    """Those of another one like it. Its dates and its client are its own."""
    return {
        "hosts": [host.service_resource_id for host in invitation.hosts.all()],
        "taking_part": _taking_part(invitation.any_host),
        "work": work_value(invitation.topic, invitation.work_type),
        "territory": invitation.territory_id,
        "appointment_type": invitation.appointment_type,
        "website": invitation.website_id,
        "max_bookings": invitation.max_bookings,
        "max_per_guest": invitation.max_per_guest,
        "message": invitation.message,
    }


def of_hosts(hosts: list[ServiceResource]) -> Presets:
    """The usual topic and territory of the first host; else the only topic at the main place."""
    if not hosts:
        return {}
    usual = ResourceDefaults.objects.filter(service_resource=hosts[0]).first()
    territory = usual.territory_id if usual else None
    if territory is None:
        main = Territory.objects.main_of(hosts[:1])
        territory = main.pk if main else None
    if usual and usual.topic_id:
        return {"territory": territory, "work": f"topic:{usual.topic_id}"}
    places = Territory.objects.filter(pk__in=[territory])
    topics = list(WorkTypeGroup.objects.offered_in(places)[:2])
    work = work_value(topics[0], None) if len(topics) == 1 else ""
    return {"territory": territory, "work": work}


def work_value(topic: WorkTypeGroup | None, work_type: WorkType | None) -> str:
    """How the field “What it is about” names a topic or a work type; empty for neither."""
    if topic is not None:
        return f"topic:{topic.pk}"
    return f"work-type:{work_type.pk}" if work_type is not None else ""


def _taking_part(any_host: bool) -> str:
    return "any" if any_host else "all"
