"""The admin of invitations. They are generated, then changed here in what still may change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.admin.lists import ReadOnly, moment
from invitations.admin.share import share_urls
from invitations.keys import invitation_url
from invitations.models import (
    Invitation,
    InvitationHost,
    InvitationKey,
    InvitationQuerySet,
)
from invitations.states import state_of
from invitations.views import generate
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, SeenWithParent
from scheduling.models import ServiceResource


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
    fields = ("url", "recipient", "created")
    readonly_fields = fields
    verbose_name_plural = _("links")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationKey]:
        rows = super().get_queryset(request)
        return rows.select_related("client", "invitation__topic", "invitation__work_type")

    @admin.display(description=_("URL"))
    def url(self, key: InvitationKey) -> SafeString:
        return link(invitation_url(key))

    @admin.display(description=_("for"))
    def recipient(self, key: InvitationKey) -> Any:
        return str(key.client) if key.client else _("everybody who has it")

    @admin.display(description=_("created"))
    def created(self, key: InvitationKey) -> str:
        return moment(key.created_at, key.invitation.time_zone)


def link(url: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, url)


@admin.register(Invitation)
class InvitationAdmin(NarrowedAdmin):
    acts = {"view": Act.SEE_INVITATIONS, "change": Act.CHANGE_INVITATIONS}
    list_display = ("what", "with_whom", "place", "state", "used", "dates", "url")
    list_filter = (
        "is_active",
        ("hosts__service_resource", admin.RelatedOnlyFieldListFilter),
        ("topic", admin.RelatedOnlyFieldListFilter),
        ("territory", admin.RelatedOnlyFieldListFilter),
        "until_date",
    )
    date_hierarchy = "created_at"
    search_fields = (
        "topic__name",
        "work_type__name",
        "territory__name",
        "hosts__service_resource__name",
        "message",
    )
    readonly_fields = ("what", "place", "state", "used", "time_zone", "appointment_type", "made")
    fieldsets = (
        (None, {"fields": ("state", "what", "place", "appointment_type", "used", "made")}),
        (
            _("Changes count at once, for links that are out already, too"),
            {
                "fields": (
                    "is_active",
                    ("from_date", "until_date"),
                    ("expiry_date", "max_bookings"),
                    "time_zone",
                    "message",
                )
            },
        ),
    )
    inlines = (HostInline, KeyInline)
    empty_hint = _("Open a service resource and press “Generate invitation”.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return cast(InvitationQuerySet, rows).of_resources(resources)

    def get_queryset(self, request: HttpRequest) -> InvitationQuerySet:
        return cast(InvitationQuerySet, super().get_queryset(request)).for_staff()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # generated from a service resource's page

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its links would be dead (rule L3); switching off says why

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "generate/<int:resource>/",
                wrap(generate.generate_page),
                name="invitations_invitation_generate",
            ),
            *share_urls(wrap),
            *super().get_urls(),
        ]

    @admin.display(description=_("what"))
    def what(self, invitation: Invitation) -> Any:
        return str(invitation.topic or invitation.work_type or _("the guest chooses"))

    @admin.display(description=_("with"))
    def with_whom(self, invitation: Invitation) -> str:
        names = [str(host.service_resource) for host in invitation.hosts.all()]
        return formats.listed(names, any_of=invitation.any_host)

    @admin.display(description=_("territory"))
    def place(self, invitation: Invitation) -> str:
        return str(invitation.territory or _("the guest chooses"))

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> SafeString:
        return state_of(invitation, timezone.now())

    @admin.display(description=_("bookings"))
    def used(self, invitation: Invitation) -> Any:
        if invitation.max_bookings is None:
            return str(invitation.uses)
        return _("%(uses)s of %(most)s") % {
            "uses": invitation.uses,
            "most": invitation.max_bookings,
        }

    @admin.display(description=_("days"), ordering="from_date")
    def dates(self, invitation: Invitation) -> str:
        days = (invitation.from_date, invitation.until_date)
        if not any(days):
            return ""
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") if day else "…" for day in days)

    @admin.display(description=_("link"))
    def url(self, invitation: Invitation) -> SafeString:
        page = reverse("admin:invitations_invitation_link", args=[invitation.pk])
        return format_html('<a href="{}">{}</a>', page, _("Link to share"))

    @admin.display(description=_("generated"))
    def made(self, invitation: Invitation) -> Any:
        when = moment(invitation.created_at, invitation.time_zone)
        names = {"user": invitation.created_by, "resource": invitation.on_behalf_of, "when": when}
        if invitation.on_behalf_of:
            return _("%(when)s, by %(user)s for %(resource)s") % names
        if invitation.created_by:
            return _("%(when)s, by %(user)s") % names
        return when
