"""The admin of places and teams."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import AddedOrDeleted, NarrowedAdmin, SeenWithParent
from scheduling.models import Territory, TerritoryWorkType


class TerritoryWorkTypeInline(AddedOrDeleted, SeenWithParent, admin.TabularInline):
    model = TerritoryWorkType
    extra = 1
    autocomplete_fields = ("work_type",)
    verbose_name = _("work type offered here")
    verbose_name_plural = _("work types offered here")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TerritoryWorkType]:
        return super().get_queryset(request).select_related("territory", "work_type")


@admin.register(Territory)
class TerritoryAdmin(NarrowedAdmin):
    list_display = ("name", "city", "operating_hours", "time_zone", "parent")
    list_select_related = ("operating_hours", "parent")
    list_filter = ("country",)
    search_fields = ("name", "city")
    autocomplete_fields = ("parent", "operating_hours")
    inlines = (TerritoryWorkTypeInline,)
    readonly_fields = ("hours",)
    empty_hint = _("Add operating hours first, then the place that keeps them.")

    def get_fieldsets(self, request: HttpRequest, obj: Territory | None = None) -> Any:
        # Read only, a relation is a link: to a page that refuses who may not see hours.
        hours = "operating_hours" if self.has_change_permission(request, obj) else "hours"
        return (
            (None, {"fields": ("name", hours, "parent")}),
            (_("Address"), {"fields": ("street", ("postal_code", "city"), "country")}),
            (_("Contact"), {"fields": ("phone", "email")}),
        )

    @admin.display(description=_("operating hours"))
    def hours(self, territory: Territory) -> str:
        return str(territory.operating_hours)

    @admin.display(description=_("time zone"))
    def time_zone(self, territory: Territory) -> str:
        return territory.time_zone.key
