"""Who may act for whom. Whatever page or command wants to know asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q, QuerySet

from scheduling.groups import READY_MADE
from scheduling.models import AssistantGrant, ServiceResource


class Act(Enum):
    """What somebody may do for a resource.

    The value is the model permission with which an administrator may do it for every resource.
    """

    SEE = "scheduling.view_serviceresource"
    SEE_ABSENCES = "scheduling.view_absence"
    CHANGE_ABSENCES = "scheduling.change_absence"
    SEE_SHIFTS = "scheduling.view_shift"
    CHANGE_SHIFTS = "scheduling.change_shift"
    SEE_APPOINTMENTS = "appointments.view_appointment"
    CHANGE_APPOINTMENTS = "appointments.change_appointment"
    SHARE_CALENDAR = "appointments.add_calendarfeed"
    SEE_CALENDARS = "appointments.view_foreigncalendar"
    CHANGE_CALENDARS = "appointments.change_foreigncalendar"
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
        case Act.SEE | Act.SEE_ABSENCES | Act.SEE_SHIFTS | Act.SEE_CALENDARS | Act.SEE_INVITATIONS:
            return True
        case Act.GENERATE:
            return grant.can_generate_invitations
        case Act.CHANGE_INVITATIONS:
            return grant.can_change_invitations
        case Act.SEE_APPOINTMENTS | Act.SEE_CLIENTS:
            return grant.can_see_appointments
        case Act.CHANGE_APPOINTMENTS | Act.CHANGE_CALENDARS:
            return grant.can_see_appointments and grant.can_change_appointments
        case Act.CHANGE_ABSENCES | Act.CHANGE_SHIFTS:
            return False
        case Act.SEE_GRANTS | Act.END_GRANTS | Act.SET_PRESETS:
            return False
        case Act.SHARE_CALENDAR:  # an address outlives the grant of whoever knows it
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

    def acting_for(
        self, hosts: Sequence[ServiceResource], act: Act = Act.GENERATE
    ) -> ServiceResource | None:
        """On whose behalf the user does it: the first host who granted it."""
        granted = self._granted(act)
        return next((host for host in hosts if host.pk in granted and host != self.own), None)

    @property
    def may_choose_policies(self) -> bool:
        """Whether an invitation may get a policy of its own: it could lift the office's limits."""
        return self.user.has_perm("scheduling.view_schedulingpolicy")

    def accounts(self) -> QuerySet[User]:
        """The log-ins that the user may change: those who may do nothing that the user may not.

        Whoever sets a password or an address can sign in with it.
        """
        if self.user.is_superuser:
            return User.objects.all()
        beyond = self._beyond()
        found = User.objects.filter(is_superuser=False)
        found = found.exclude(user_permissions__in=beyond).exclude(groups__permissions__in=beyond)
        if not all(self.everybody(act) for act in Act):
            acts = Q(service_resource__isnull=False) | Q(assistant_grants__isnull=False)
            others = User.objects.filter(acts).exclude(username=self.user.username)
            found = found.exclude(pk__in=others.values("pk"))
        return found

    def groups(self) -> QuerySet[Group]:
        """The groups into which the user may put others."""
        if self.user.is_superuser:
            return Group.objects.all()
        ready_made = Group.objects.filter(name__in=READY_MADE)
        return ready_made.exclude(permissions__in=self._beyond())

    def _beyond(self) -> QuerySet[Permission]:
        """The permissions that the user does not have."""
        own = Permission.objects.filter(Q(user=self.user.pk) | Q(group__user=self.user.pk))
        return Permission.objects.exclude(pk__in=own.values("pk"))

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


def copies_for(resource: ServiceResource, now: datetime) -> list[str]:
    """The addresses of assistants who get a copy of the resource's mails about appointments."""
    grants = AssistantGrant.objects.filter(
        service_resource=resource, gets_messages=True, assistant__is_active=True
    )
    allowed = [
        grant.assistant.email
        for grant in grants.select_related("assistant", "service_resource")
        if grant.is_valid_on(_day_of(grant, now)) and _granted(grant, Act.SEE_APPOINTMENTS)
    ]
    return sorted({address for address in allowed if address})


def is_over(grant: AssistantGrant, now: datetime) -> bool:
    """Whether its last day has passed, on the resource's calendar."""
    return grant.valid_until is not None and grant.valid_until < _day_of(grant, now)


def end(grant: AssistantGrant, now: datetime) -> None:
    """End a grant at once: its last day was yesterday, on the resource's calendar."""
    yesterday = _day_of(grant, now) - timedelta(days=1)
    grant.valid_until = min(grant.valid_until or yesterday, yesterday)
    if grant.valid_from:
        grant.valid_from = min(grant.valid_from, grant.valid_until)
    grant.save(update_fields=["valid_from", "valid_until"])


def _day_of(grant: AssistantGrant, now: datetime) -> date:
    return now.astimezone(grant.service_resource.time_zone).date()
