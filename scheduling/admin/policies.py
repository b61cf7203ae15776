"""The admin of scheduling policies."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import NarrowedAdmin
from scheduling.models import SchedulingPolicy

MINUTES = _("In minutes: 60 are an hour, 1440 a day.")


@admin.register(SchedulingPolicy)
class SchedulingPolicyAdmin(NarrowedAdmin):
    list_display = ("name", "start_interval", "working_time", "followed_by", "is_default")
    list_filter = ("is_default", "working_time")
    search_fields = ("name",)
    empty_hint = _(
        "Without a policy, appointments start every 15 minutes, within operating hours. Add one "
        "to change such rules, for all work or for some."
    )
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "is_default"),
                "description": _(
                    "An invitation follows its own policy, else that of its work type, else the "
                    "default one."
                ),
            },
        ),
        (_("Working time"), {"fields": ("working_time",)}),
        (_("Who takes part"), {"fields": ("uses_primary_members", "uses_secondary_members")}),
        (_("Skills"), {"fields": ("uses_skills", "uses_skill_levels")}),
        (_("Foreign calendars"), {"fields": ("uses_foreign_calendars", "foreign_hours_old")}),
        (_("What clients wish"), {"fields": ("uses_visiting_hours", "uses_preferences")}),
        (
            _("Times on offer"),
            {"fields": ("start_interval", "lead_time", "horizon"), "description": MINUTES},
        ),
        (
            _("At most"),
            {
                "fields": (
                    ("resource_per_day", "resource_per_week"),
                    ("invitation_per_day", "invitation_per_week"),
                ),
                "description": _("Days and weeks, from Monday, are those of the place."),
            },
        ),
        (_("Where any one of several hosts will do"), {"fields": ("takes",)}),
        (
            _("What guests may change"),
            {"fields": ("cancel_cutoff", "move_cutoff"), "description": MINUTES},
        ),
        (_("Messages"), {"fields": ("reminders", "confirm_within")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SchedulingPolicy]:
        rows: QuerySet[SchedulingPolicy] = super().get_queryset(request)
        return rows.annotate(number=Count("work_types"))

    @admin.display(description=_("work types"), ordering="number")
    def followed_by(self, policy: Any) -> int:
        return int(policy.number)
