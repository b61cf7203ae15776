"""The list of invitations: its columns, its filter by state, and what each row has to know."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.admin.lists import moment
from appointments.admin.of_client import OfClient
from appointments.models import Appointment
from invitations.availability import next_starts
from invitations.models import Invitation, InvitationQuerySet, Invited
from invitations.states import WORDS, state_of
from invitations.summary import days
from scheduling.access import Act
from scheduling.admin.assistants import by_whom
from scheduling.admin.narrowed import NarrowedAdmin, reach

SHOWN = {closed.value if closed else "open": closed for closed in WORDS}
"""The states that can be asked for, by what the address calls them."""


class StateFilter(admin.SimpleListFilter):
    """By why the link is closed. Whether anything is free is not a matter of one query."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, WORDS[closed][1]) for name, closed in SHOWN.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen not in SHOWN or not isinstance(queryset, InvitationQuerySet):
            return queryset
        return queryset.in_state(SHOWN[chosen], timezone.now())


class ForClient(OfClient):
    """With a link to a client, for whoever sees the invitation's clients."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().queryset(request, queryset)
        if self.value() is None or not isinstance(rows, InvitationQuerySet):
            return rows
        return rows.of_resources(reach(request).resources(Act.SEE_CLIENTS))


class InvitationList(ChangeList):
    """A page of the list; its rows know their next free start."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        find_next_starts(list(self.result_list))


def find_next_starts(invitations: list[Invitation]) -> None:
    """Tell each of them its ``next_start``, None where nothing is free or the link is closed."""
    found = next_starts(invitations, timezone.now())
    for invitation in invitations:
        invitation.next_start = found.get(invitation.pk)


class Columns(NarrowedAdmin):
    """What lists and pages say of an invitation."""

    list_display = ("what", "hosts_and_place", "availability", "booked", "days", "whose", "links")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return InvitationList

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Links lead only where the user may go."""
        instead = {
            "booked": "booked" if self.sees_appointments(request) else "bookings",
            "links": "links" if reach(request).anybody(Act.GENERATE) else "link",
        }
        return tuple(instead.get(name, name) for name in self.list_display)

    def sees_appointments(self, request: HttpRequest) -> bool:
        return self.admin_site.get_model_admin(Appointment).has_view_permission(request)

    @admin.display(description=_("what"), ordering="topic__name")
    def what(self, invitation: Invitation) -> Any:
        return str(invitation.topic or invitation.work_type or _("any topic"))

    @admin.display(description=_("with, where"))
    def hosts_and_place(self, invitation: Invitation) -> SafeString:
        names = [str(host) for host in Invited.of(invitation.hosts.all()).hosts]
        place = invitation.territory or _("any place")
        return two_lines(formats.listed(names, any_of=invitation.any_host), place)

    @admin.display(description=_("territory"))
    def place(self, invitation: Invitation) -> str:
        return str(invitation.territory or _("the guest chooses"))

    @admin.display(description=_("scheduling policy"))
    def policy(self, invitation: Invitation) -> str:
        return str(invitation.scheduling_policy or _("that of the work"))

    @admin.display(description=_("state, next free time"))
    def availability(self, invitation: Invitation) -> SafeString:
        start = moment(invitation.next_start, invitation.time_zone)
        return two_lines(self.state(invitation), start)

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> SafeString:
        is_free = invitation.next_start is not None
        return state_of(invitation, timezone.now(), is_free=is_free)

    @admin.display(description=_("next free time"))
    def next_free(self, invitation: Invitation) -> str:
        start = moment(invitation.next_start, invitation.time_zone)
        return start or self.get_empty_value_display()

    @admin.display(description=_("bookings, the last one"), ordering="uses")
    def booked(self, invitation: Invitation) -> SafeString:
        used = self.used(invitation)
        if invitation.last_booked is not None:
            used = format_html('<a href="{}">{}</a>', appointments_page(invitation), used)
        return two_lines(used, moment(invitation.last_booked, invitation.time_zone))

    @admin.display(description=_("bookings, the last one"), ordering="uses")
    def bookings(self, invitation: Invitation) -> SafeString:
        last = moment(invitation.last_booked, invitation.time_zone)
        return two_lines(self.used(invitation), last)

    @admin.display(description=_("bookings"))
    def used(self, invitation: Invitation) -> Any:
        if invitation.max_bookings is None:
            return str(invitation.uses)
        numbers = {"uses": invitation.uses, "most": invitation.max_bookings}
        return _("%(uses)s of %(most)s") % numbers

    @admin.display(description=_("last booked"))
    def last_booking(self, invitation: Invitation) -> str:
        last = moment(invitation.last_booked, invitation.time_zone)
        return last or self.get_empty_value_display()

    @admin.display(description=_("days, end of the link"), ordering="until_date")
    def days(self, invitation: Invitation) -> SafeString:
        last = invitation.expiry_date
        words = last and _("link until %(day)s") % {"day": formats.full_date(last)}
        return two_lines(days(invitation), words)

    @admin.display(description=_("owner"), ordering="owner__name")
    def whose(self, invitation: Invitation) -> SafeString:
        """“Alex for Anna Berger” where an assistant generated it for its owner."""
        made = by_whom(invitation.created_by, invitation.on_behalf_of)
        if invitation.on_behalf_of and invitation.owner == invitation.on_behalf_of:
            return two_lines(made, "")
        return two_lines(invitation.owner or made, made if invitation.on_behalf_of else "")

    @admin.display(description=_("link"))
    def link(self, invitation: Invitation) -> SafeString:
        page = reverse("admin:invitations_invitation_link", args=[invitation.pk])
        return format_html('<a href="{}">{}</a>', page, _("Share"))

    @admin.display(description=_("link"))
    def links(self, invitation: Invitation) -> SafeString:
        page = reverse("admin:invitations_invitation_generate")
        another = format_html(
            '<a href="{}?like={}">{}</a>', page, invitation.pk, _("Another like it")
        )
        return two_lines(self.link(invitation), another)


def two_lines(first: Any, second: Any) -> SafeString:
    """A cell with a quiet second line, if there is any."""
    if not second:
        return format_html("{}", first)
    return format_html('{}<div class="quiet">{}</div>', first, second)


def appointments_page(invitation: Invitation) -> str:
    """The list of the appointments that were booked by an invitation."""
    page = reverse("admin:appointments_appointment_changelist")
    return f"{page}?invitation_booking__invitation__id__exact={invitation.pk}"
