"""The admin of work types, topics and policies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import AddedOrDeleted, NarrowedAdmin, SeenWithParent
from scheduling.models import (
    SchedulingPolicy,
    TerritoryWorkType,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)


class OfferedAtInline(AddedOrDeleted, SeenWithParent, admin.TabularInline):
    model = TerritoryWorkType
    extra = 1
    autocomplete_fields = ("territory",)
    verbose_name = _("territory")
    verbose_name_plural = _("offered at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TerritoryWorkType]:
        return super().get_queryset(request).select_related("territory", "work_type")


class MemberInline(AddedOrDeleted, SeenWithParent, admin.TabularInline):
    model = WorkTypeGroupMember
    extra = 1
    autocomplete_fields = ("work_type",)
    verbose_name = _("work type")
    verbose_name_plural = _("work types")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkTypeGroupMember]:
        return super().get_queryset(request).select_related("group", "work_type")


@admin.register(WorkType)
class WorkTypeAdmin(NarrowedAdmin):
    list_display = ("name", "takes", "lead", "ahead", "places", "scheduling_policy")
    list_select_related = ("scheduling_policy",)
    list_filter = (
        ("territory_work_types__territory", admin.RelatedOnlyFieldListFilter),
        ("scheduling_policy", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("name",)
    autocomplete_fields = ("operating_hours", "scheduling_policy")
    inlines = (OfferedAtInline,)
    readonly_fields = ("hours", "policy")
    empty_hint = _("Add what can be booked, and the territories at which it is offered.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkType]:
        return super().get_queryset(request).prefetch_related("territory_work_types__territory")

    def get_fieldsets(self, request: HttpRequest, obj: WorkType | None = None) -> Any:
        # Read only, a relation is a link: to a page that refuses who may not see the rules.
        rules = ("hours", "policy")
        if self.has_change_permission(request, obj):
            rules = ("operating_hours", "scheduling_policy")
        lead_time = ("timeframe_start", "timeframe_start_unit")
        horizon = ("timeframe_end", "timeframe_end_unit")
        return (
            (None, {"fields": ("name", "duration", "start_interval")}),
            (_("Kept free"), {"fields": (("block_time_before", "block_time_after"),)}),
            (_("How far ahead"), {"fields": (lead_time, horizon)}),
            (_("Rules"), {"fields": (*rules, "reminders")}),
        )

    @admin.display(description=_("own operating hours"))
    def hours(self, work_type: WorkType) -> str:
        return str(work_type.operating_hours or "")

    @admin.display(description=_("scheduling policy"))
    def policy(self, work_type: WorkType) -> str:
        return str(work_type.scheduling_policy or "")

    @admin.display(description=_("duration"), ordering="duration")
    def takes(self, work_type: WorkType) -> str:
        return f"{work_type.duration} min"

    @admin.display(description=_("lead time"))
    def lead(self, work_type: WorkType) -> str:
        unit = work_type.get_timeframe_start_unit_display()
        return f"{work_type.timeframe_start} {unit}" if work_type.timeframe_start else ""

    @admin.display(description=_("horizon"))
    def ahead(self, work_type: WorkType) -> str:
        unit = work_type.get_timeframe_end_unit_display()
        return f"{work_type.timeframe_end} {unit}" if work_type.timeframe_end is not None else ""

    @admin.display(description=_("offered at"))
    def places(self, work_type: WorkType) -> str:
        return ", ".join(str(offer.territory) for offer in work_type.territory_work_types.all())


@admin.register(WorkTypeGroup)
class WorkTypeGroupAdmin(NarrowedAdmin):
    list_display = ("name", "meaning")
    search_fields = ("name",)
    inlines = (MemberInline,)
    empty_hint = _("Add the topics that guests choose from; each means a work type at each place.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkTypeGroup]:
        return super().get_queryset(request).prefetch_related("work_types")

    @admin.display(description=_("work types"))
    def meaning(self, topic: WorkTypeGroup) -> str:
        return ", ".join(str(work_type) for work_type in topic.work_types.all())


@admin.register(SchedulingPolicy)
class SchedulingPolicyAdmin(NarrowedAdmin):
    list_display = ("name", "start_interval", "is_default")
    search_fields = ("name",)
    empty_hint = _("Without a policy, appointments start every 15 minutes.")
