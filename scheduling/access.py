"""Who may act for whom. Whatever page or command wants to know asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from scheduling.models import AssistantGrant, ServiceResource


class Act(Enum):
    """What somebody may do for a resource.

    The value is the model permission with which an administrator may do it for every resource.
    """

    SEE = "scheduling.view_serviceresource"
    SEE_ABSENCES = "scheduling.view_absence"
    CHANGE_ABSENCES = "scheduling.change_absence"
    SEE_APPOINTMENTS = "appointments.view_appointment"
    SEE_CLIENTS = "appointments.view_client"
    SEE_GRANTS = "scheduling.view_assistantgrant"
    END_GRANTS = "scheduling.change_assistantgrant"
    SEE_INVITATIONS = "invitations.view_invitation"
    CHANGE_INVITATIONS = "invitations.change_invitation"
    GENERATE = "invitations.add_invitation"
    SET_PRESETS = "invitations.change_invitationtemplate"


def _granted(grant: AssistantGrant, act: Act) -> bool:
    """Whether a grant, while it is valid, allows an act."""
    match act:
        case Act.SEE | Act.SEE_ABSENCES | Act.SEE_INVITATIONS:
            return True
        case Act.GENERATE:
            return grant.can_generate_invitations
        case Act.CHANGE_INVITATIONS:
            return grant.can_change_invitations
        case Act.SEE_APPOINTMENTS | Act.SEE_CLIENTS:
            return grant.can_see_appointments
        case Act.CHANGE_ABSENCES | Act.SEE_GRANTS | Act.END_GRANTS | Act.SET_PRESETS:
            return False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a user may act for, at the instant it was asked.

    An administrator reaches every resource, by permission; a resource itself; an assistant those
    who granted it, and only for what the grant allows.
    """

    user: User | AnonymousUser
    own: ServiceResource | None
    grants: tuple[AssistantGrant, ...]

    def everybody(self, act: Act) -> bool:
        return self.user.has_perm(act.value)

    def anybody(self, act: Act) -> bool:
        return self.everybody(act) or bool(self._keys(act))

    def resources(self, act: Act) -> QuerySet[ServiceResource]:
        """Those for whom the user may do it."""
        if self.everybody(act):
            return ServiceResource.objects.all()
        return ServiceResource.objects.filter(pk__in=self._keys(act))

    def may(self, act: Act, resource: ServiceResource) -> bool:
        return self.everybody(act) or resource.pk in self._keys(act)

    def acting_for(self, hosts: Sequence[ServiceResource]) -> ServiceResource | None:
        """On whose behalf the user generates an invitation: the first host who granted it."""
        granted = self._granted(Act.GENERATE)
        return next((host for host in hosts if host.pk in granted and host != self.own), None)

    def _keys(self, act: Act) -> set[int]:
        own = {self.own.pk} if self.own else set()
        return own | self._granted(act)

    def _granted(self, act: Act) -> set[int]:
        return {grant.service_resource_id for grant in self.grants if _granted(grant, act)}


def reach_of(user: User | AnonymousUser, now: datetime) -> Reach:
    """Whom a user may act for at an instant; a grant's days are those of its resource's zone."""
    if not user.is_authenticated or not user.is_active:
        return Reach(user, None, ())
    grants = AssistantGrant.objects.filter(assistant=user).select_related("service_resource")
    return Reach(
        user=user,
        own=ServiceResource.objects.filter(user=user).first(),
        grants=tuple(grant for grant in grants if grant.is_valid_on(_day_of(grant, now))),
    )


def _day_of(grant: AssistantGrant, now: datetime) -> date:
    return now.astimezone(grant.service_resource.time_zone).date()
