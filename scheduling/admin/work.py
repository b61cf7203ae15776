"""The admin of work types and topics."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import AddedOrDeleted, NarrowedAdmin, SeenWithParent
from scheduling.admin.skills import SkillRequirementInline
from scheduling.models import (
    OperatingHours,
    Shift,
    ShiftPattern,
    TerritoryWorkType,
    TimeSlot,
    WorkType,
    WorkTypeGroup,
    WorkTypeGroupMember,
)
from scheduling.models.work import TimeUnit, WorkTypeQuerySet


def in_words(minutes: int) -> str:
    """“90 minutes”, “2 hours”, “30 days”."""
    units = (TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES)
    unit = next(unit for unit in units if minutes % unit.in_minutes == 0)
    return f"{minutes // unit.in_minutes} {unit.label}"


def by_policy(minutes: int | None) -> str:
    """In a list: what the policy says where the work type does not; empty for no limit."""
    return _("%(time)s (policy)") % {"time": in_words(minutes)} if minutes else ""


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
    inlines = (OfferedAtInline, SkillRequirementInline)
    readonly_fields = ("hours", "policy")
    empty_hint = _("Add what can be booked, and the territories at which it is offered.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkType]:
        rows: Any = super().get_queryset(request)
        return (
            cast(WorkTypeQuerySet, rows)
            .with_rules()
            .prefetch_related("territory_work_types__territory")
        )

    def get_fieldsets(self, request: HttpRequest, obj: WorkType | None = None) -> Any:
        # Read only, a relation is a link: to a page that refuses who may not see the rules.
        rules = ("hours", "policy")
        if self.has_change_permission(request, obj):
            rules = ("operating_hours", "scheduling_policy")
        lead_time = ("timeframe_start", "timeframe_start_unit")
        horizon = ("timeframe_end", "timeframe_end_unit")
        return (
            (None, {"fields": ("name", "duration", "start_interval", "attendee_limit")}),
            (_("Kept free"), {"fields": (("block_time_before", "block_time_after"),)}),
            (_("How far ahead"), {"fields": (lead_time, horizon), "description": _ahead(obj)}),
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
        if work_type.timeframe_start is None:
            return by_policy(work_type.policy.lead_time)
        return f"{work_type.timeframe_start} {work_type.get_timeframe_start_unit_display()}"

    @admin.display(description=_("horizon"))
    def ahead(self, work_type: WorkType) -> str:
        if work_type.timeframe_end is None:
            return by_policy(work_type.policy.horizon)
        return f"{work_type.timeframe_end} {work_type.get_timeframe_end_unit_display()}"

    @admin.display(description=_("offered at"))
    def places(self, work_type: WorkType) -> str:
        return ", ".join(str(offer.territory) for offer in work_type.territory_work_types.all())


def _ahead(work_type: WorkType | None) -> str:
    """What counts where a work type leaves it to its policy."""
    if work_type is None:
        return ""
    policy = WorkType.objects.with_rules().get(pk=work_type.pk).policy
    said = []
    if work_type.timeframe_start is None:
        at_least = gettext("at least %(time)s ahead") % {"time": in_words(policy.lead_time)}
        said.append(at_least if policy.lead_time else gettext("until the last minute"))
    if work_type.timeframe_end is None and policy.horizon:
        said.append(gettext("at most %(time)s ahead") % {"time": in_words(policy.horizon)})
    words = gettext("What is left empty, the policy says: guests book %(times)s.")
    return words % {"times": get_text_list(said, gettext("and"))} if said else ""


def only_for(topics: Collection[int]) -> list[str]:
    """The hours, and the shifts to come, that are for these topics and for no other, in words."""
    others = WorkTypeGroup.objects.exclude(pk__in=topics)
    shifts = Shift.objects.filter(end__gt=timezone.now())
    found = chain(
        OperatingHours.objects.filter(time_slots__in=_only(TimeSlot.objects, topics, others)),
        _only(ShiftPattern.objects, topics, others).select_related("service_resource", "territory"),
        _only(shifts, topics, others).select_related("service_resource", "territory"),
    )
    return list(dict.fromkeys(f"{capfirst(row._meta.verbose_name)}: {row}" for row in found))


def _only(rows: Any, topics: Collection[int], others: QuerySet[WorkTypeGroup]) -> QuerySet[Any]:
    kept: QuerySet[Any] = rows.filter(topics__in=topics).exclude(topics__in=others)
    return kept.distinct()


@admin.register(WorkTypeGroup)
class WorkTypeGroupAdmin(NarrowedAdmin):
    list_display = ("name", "meaning")
    search_fields = ("name",)
    inlines = (MemberInline,)
    empty_hint = _("Add the topics that guests choose from; each means a work type at each place.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkTypeGroup]:
        return super().get_queryset(request).prefetch_related("work_types")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Time that is only for them would be for all topics without them, so it needs them."""
        *what, protected = super().get_deleted_objects(objs, request)
        return *what, [*protected, *only_for({topic.pk for topic in objs})]

    @admin.display(description=_("work types"))
    def meaning(self, topic: WorkTypeGroup) -> str:
        return ", ".join(str(work_type) for work_type in topic.work_types.all())
