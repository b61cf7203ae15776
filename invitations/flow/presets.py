"""What the steps of the flow begin with: values of form fields by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from invitations.models import Invitation, InvitationTemplate, Invited, ResourceDefaults
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup
from scheduling.models.places import TerritoryQuerySet

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
        "audience": template.audience,
        "allows_extended_hours": template.allows_extended_hours,
        "scheduling_policy": template.scheduling_policy_id,
        "message": template.message,
    }


def of_invitation(invitation: Invitation) -> Presets:
    """Those of another one like it. Its dates and its client are its own."""
    invited = Invited.of(invitation.hosts.all())
    return {
        "hosts": [host.pk for host in invited.hosts],
        "optional": [host.pk for host in invited.optional],
        "taking_part": _taking_part(invitation.any_host),
        "work": work_value(invitation.topic, invitation.work_type),
        "territory": invitation.territory_id,
        "appointment_type": invitation.appointment_type,
        "website": invitation.website_id,
        "max_bookings": invitation.max_bookings,
        "max_per_guest": invitation.max_per_guest,
        "audience": invitation.audience,
        "respects_wishes": invitation.respects_wishes,
        "allows_extended_hours": invitation.allows_extended_hours,
        "scheduling_policy": invitation.scheduling_policy_id,
        "message": invitation.message,
    }


def of_hosts(hosts: list[ServiceResource], places: TerritoryQuerySet) -> Presets:
    """The usual topic and territory of the first host; else its main place, and the only topic.

    All of it as far as it is on offer in ``places``, those that can be chosen.
    """
    if not hosts:
        return {}
    usual = ResourceDefaults.objects.filter(service_resource=hosts[0]).first()
    main = Territory.objects.main_of(hosts[:1])
    wished = (usual.territory_id if usual else None, main.pk if main else None)
    territory = _wished_or_only(wished, list(places.values_list("pk", flat=True)))
    there = places if territory is None else places.filter(pk=territory)
    topics = list(WorkTypeGroup.objects.offered_in(there).values_list("pk", flat=True))
    topic = _wished_or_only((usual.topic_id if usual else None,), topics)
    return {"territory": territory, "work": "" if topic is None else f"topic:{topic}"}


def work_value(topic: WorkTypeGroup | None, work_type: WorkType | None) -> str:
    """How the field “What it is about” names a topic or a work type; empty for neither."""
    if topic is not None:
        return f"topic:{topic.pk}"
    return f"work-type:{work_type.pk}" if work_type is not None else ""


def _wished_or_only(wished: Sequence[int | None], offered: Sequence[int]) -> int | None:
    """The first wish that is on offer, else what alone is."""
    only = offered[0] if len(offered) == 1 else None
    return next((key for key in wished if key in offered), only)


def _taking_part(any_host: bool) -> str:
    return "any" if any_host else "all"
