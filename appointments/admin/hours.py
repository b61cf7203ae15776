"""Saving hours, places and memberships says which appointments can no longer be kept.

These pages belong to scheduling, which knows no appointments; so they are completed here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from appointments.admin.busy import try_again
from appointments.admin.conflicts import warn
from appointments.admin.rosters import clocks_changed
from appointments.locks import TooBusyError
from scheduling.admin.hours import OperatingHoursAdmin
from scheduling.admin.narrowed import NarrowedAdmin
from scheduling.admin.places import TerritoryAdmin
from scheduling.admin.resources import ServiceResourceAdmin
from scheduling.admin.work import WorkTypeAdmin
from scheduling.models import OperatingHours, ServiceResource, Territory, WorkType

CLOCKS = {"time_zone", "operating_hours"}
"""Fields of these pages that say which clock something recurs by."""


class Warns(NarrowedAdmin):
    """Once a row and all that stands on its page are saved."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and CLOCKS & set(form.changed_data):
            clocks_changed(form.instance)
        if form.changed_data or any(formset.has_changed() for formset in formsets):
            warn(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().change_view(request, *args, **kwargs)
        except TooBusyError:
            return try_again(request)


for model in (OperatingHours, ServiceResource, Territory, WorkType):
    admin.site.unregister(model)


@admin.register(OperatingHours)
class WarningHoursAdmin(Warns, OperatingHoursAdmin):
    def hours_changed(self, request: HttpRequest) -> None:
        warn(request)


@admin.register(Territory)
class WarningTerritoryAdmin(Warns, TerritoryAdmin):
    pass


@admin.register(ServiceResource)
class WarningServiceResourceAdmin(Warns, ServiceResourceAdmin):
    pass


@admin.register(WorkType)
class WarningWorkTypeAdmin(Warns, WorkTypeAdmin):
    pass
