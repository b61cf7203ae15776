"""What stands below an invitation: its hosts, its links, and what was done to it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.contrib import admin
from django.db.models import BooleanField, DateField, Field, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.lists import ReadOnly, moment
from appointments.models import Client
from invitations.keys import invitation_url
from invitations.models import Invitation, InvitationEvent, InvitationHost, InvitationKey
from scheduling.admin.assistants import by_whom
from scheduling.admin.narrowed import SeenWithParent

LONGEST_TEXT = 120
"""Characters of a changed text that the history shows."""


class HostInline(ReadOnly, SeenWithParent, admin.TabularInline):
    model = InvitationHost
    fields = ("name", "role")
    readonly_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationHost]:
        return super().get_queryset(request).select_related("service_resource")

    @admin.display(description=_("service resource"))
    def name(self, host: InvitationHost) -> str:
        return str(host.service_resource)


class KeyInline(ReadOnly, SeenWithParent, admin.TabularInline):
    model = InvitationKey
    fields = ("url", "for_whom", "created")
    readonly_fields = fields
    verbose_name_plural = _("links")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationKey]:
        """Everybody's link, and those of clients whom the user may see; not those of a list."""
        clients = self.admin_site.get_model_admin(Client).get_queryset(request).order_by()
        seen = Q(client=None) | Q(client__in=clients.values("pk"))
        rows = super().get_queryset(request).filter(seen, recipient=None)
        return rows.select_related("client", "invitation__topic", "invitation__work_type")

    @admin.display(description=_("URL"))
    def url(self, key: InvitationKey) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', invitation_url(key))

    @admin.display(description=_("for"))
    def for_whom(self, key: InvitationKey) -> Any:
        return str(key.client) if key.client else _("everybody who has it")

    @admin.display(description=_("created"))
    def created(self, key: InvitationKey) -> str:
        return moment(key.created_at, key.invitation.time_zone)


class HistoryInline(ReadOnly, SeenWithParent, admin.TabularInline):
    model = InvitationEvent
    fields = ("when", "kind", "by", "changes")
    readonly_fields = fields
    ordering = ("-at", "-pk")
    verbose_name_plural = _("what happened")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationEvent]:
        rows = super().get_queryset(request)
        return rows.select_related("actor", "on_behalf_of", "invitation")

    @admin.display(description=_("when"))
    def when(self, event: InvitationEvent) -> str:
        return moment(event.at, event.invitation.time_zone)

    @admin.display(description=_("by"))
    def by(self, event: InvitationEvent) -> Any:
        return by_whom(event.actor, event.on_behalf_of) or _("a command")

    @admin.display(description=_("changes"))
    def changes(self, event: InvitationEvent) -> SafeString:
        """“Until: 30/11/2026 → 31/12/2026”, line by line."""
        lines = (
            (capfirst(_field(name).verbose_name), _shown(name, former), _shown(name, new))
            for name, (former, new) in event.details.items()
        )
        return format_html_join(SafeString("<br>"), "{}: {} → {}", lines)


def _shown(name: str, text: str) -> str:
    """A value of a field as history keeps it, in the reader's language."""
    if not text:
        return "–"
    if choices := dict(_field(name).flatchoices):
        return str(choices.get(text, text))
    if isinstance(_field(name), BooleanField):
        return gettext("yes") if text == str(True) else gettext("no")
    if isinstance(_field(name), DateField):
        return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT")
    return Truncator(text).chars(LONGEST_TEXT)


def _field(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Invitation._meta.get_field(name))
