"""The admin of weekly patterns and holidays."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet, TimeField
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from scheduling.admin.holiday_import import HolidayImport
from scheduling.admin.narrowed import NarrowedInline
from scheduling.models import Holiday, OperatingHours, TimeSlot

ON_THE_CLOCK: dict[Any, Any] = {
    TimeField: {"widget": forms.TimeInput({"type": "time"}, format="%H:%M")}
}


def week_in_words(slots: Iterable[TimeSlot]) -> str:
    """“Mon–Thu 09:00–12:00, 13:00–17:00; Fri 09:00–12:00”."""
    times: dict[int, list[str]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.day_of_week, slot.start_time)):
        text = f"{slot.start_time:%H:%M}–{slot.end_time:%H:%M}"
        if slot.type == TimeSlot.Type.EXTENDED:
            text += f" ({slot.get_type_display()})"
        times.setdefault(slot.day_of_week, []).append(text)
    # Neighbouring days with the same times have the same distance to their place in the list.
    numbered = list(enumerate(sorted(times)))
    runs = groupby(numbered, key=lambda item: (item[1] - item[0], times[item[1]]))
    return "; ".join(_run_in_words([day for _, day in run], same) for (_, same), run in runs)


def _run_in_words(days: list[int], times: list[str]) -> str:
    name = str(WEEKDAYS_ABBR[days[0]])
    if len(days) > 1:
        name += f"–{WEEKDAYS_ABBR[days[-1]]}"
    return f"{name} {', '.join(times)}"


class TimeSlotInline(NarrowedInline, admin.TabularInline):
    model = TimeSlot
    extra = 1
    fields = (
        *("day_of_week", "start_time", "end_time"),
        *("type", "maximum_appointments", "topics"),
    )
    autocomplete_fields = ("topics",)
    formfield_overrides = ON_THE_CLOCK

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "topics":
            field.widget.can_add_related = False  # a button in every row, for what most leave empty
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimeSlot]:
        return super().get_queryset(request).prefetch_related("topics")


class HolidayInline(NarrowedInline, admin.TabularInline):
    model = Holiday
    extra = 1
    fields = ("date", "start_time", "end_time", "name")
    formfield_overrides = ON_THE_CLOCK


@admin.register(OperatingHours)
class OperatingHoursAdmin(HolidayImport):
    list_display = ("name", "week", "time_zone")
    search_fields = ("name",)
    inlines = (TimeSlotInline, HolidayInline)
    empty_hint = _("Start here: add the weekly hours of your first office.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OperatingHours]:
        return super().get_queryset(request).prefetch_related("time_slots")

    @admin.display(description=_("week"))
    def week(self, hours: OperatingHours) -> str:
        return week_in_words(hours.time_slots.all())
