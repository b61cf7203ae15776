"""The admin of service resources, where they work and who assists them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduling.access import Act
from scheduling.admin.assistants import AssistantGrantInline
from scheduling.admin.formsets import DistinctRows
from scheduling.admin.narrowed import NarrowedAdmin, SeenWithParent, reach
from scheduling.admin.skills import ResourceSkillInline
from scheduling.groups import ASSISTANTS, RESOURCES, join
from scheduling.models import AssistantGrant, Membership, ServiceResource


class MembershipRows(DistinctRows):
    """Says beside a relocation that there is another one in its days.

    Each would suspend the other, and the resource would work nowhere (rule A1).
    """

    def clean(self) -> None:
        super().clean()
        kind = Membership.Type.RELOCATION
        found = [form for form in self.sent() if form.cleaned_data["type"] == kind]
        found.sort(key=lambda form: form.cleaned_data["start_date"])
        for earlier, later in pairwise(found):
            if later.cleaned_data["start_date"] <= earlier.cleaned_data["end_date"]:
                words = _("There is a relocation to %(place)s in these days already.")
                params = {"place": earlier.cleaned_data["territory"]}
                later.add_error(None, ValidationError(words, params=params))


class MembershipInline(SeenWithParent, admin.TabularInline):
    model = Membership
    formset = MembershipRows
    extra = 0
    min_num = 1
    autocomplete_fields = ("territory", "operating_hours")
    readonly_fields = ("place", "hours")
    verbose_name_plural = _("works at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if self.has_change_permission(request, obj):
            return ("territory", "type", "start_date", "end_date", "operating_hours")
        return ("place", "type", "start_date", "end_date", "hours")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows = super().get_queryset(request)
        return rows.select_related("service_resource", "territory", "operating_hours")

    @admin.display(description=_("territory"))
    def place(self, membership: Membership) -> str:
        return str(membership.territory)

    @admin.display(description=_("own operating hours"))
    def hours(self, membership: Membership) -> str:
        return str(membership.operating_hours or "")


@admin.register(ServiceResource)
class ServiceResourceAdmin(NarrowedAdmin):
    acts = {"view": Act.SEE}
    list_display = ("name", "title", "territories", "time_zone", "is_active")
    list_filter = (
        "is_active",
        ("memberships__territory", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("name", "email", "title")
    autocomplete_fields = ("user",)
    readonly_fields = ("picture",)
    inlines = (MembershipInline, ResourceSkillInline, AssistantGrantInline)
    empty_hint = _("Add a territory first, then the people who work there.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceResource]:
        return super().get_queryset(request).prefetch_related("memberships__territory")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(pk__in=resources)

    def get_fieldsets(self, request: HttpRequest, obj: ServiceResource | None = None) -> Any:
        sections: list[tuple[Any, Any]] = [
            (None, {"fields": ("name", "title", "description", "picture", "portrait")}),
            (_("Contact"), {"fields": ("email", "phone", "meeting_url")}),
            (_("Time"), {"fields": ("time_zone", "is_active")}),
        ]
        if self.has_change_permission(request, obj):
            sections.append((_("Log-in"), {"fields": ("user",)}))
        return sections

    def save_model(
        self, request: HttpRequest, obj: ServiceResource, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if obj.user:
            join(obj.user, RESOURCES)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is AssistantGrant:
            for grant in [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]:
                join(grant.assistant, ASSISTANTS)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        resource = context.get("original")
        acts = {
            "may_generate": Act.GENERATE,
            "may_see": Act.SEE_APPOINTMENTS,
            "may_change": Act.CHANGE_APPOINTMENTS,
            "may_share": Act.SHARE_CALENDAR,
        }
        for name, act in acts.items():
            context[name] = resource and reach(request).may(act, resource)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("works at"))
    def territories(self, resource: ServiceResource) -> str:
        rows = sorted(
            resource.memberships.all(), key=lambda row: row.type != Membership.Type.PRIMARY
        )
        return ", ".join(str(row.territory) for row in rows)

    @admin.display(description=_("portrait now"))
    def picture(self, resource: ServiceResource) -> SafeString | str:
        if not resource.portrait:
            return resource.initials
        return format_html(
            '<img class="portrait" src="{}" alt="{}" width="96" height="96">',
            resource.portrait.url,
            resource.name,
        )
