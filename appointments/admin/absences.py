"""The admin of absences, entered on the wall clock of their resource."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import formats
from appointments.admin.conflicts import PAGE as CONFLICTS
from appointments.admin.lists import WhenFilter, day_at, moment
from appointments.admin.repeating import PatternPages, RepeatForm
from appointments.admin.rosters import LockingForm, RosterAdmin, leave_pattern
from appointments.admin.wall_clock import (
    DayAndTimeField,
    day_begins,
    first_instant,
    last_instant,
)
from appointments.conflicts import with_absence
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import Absence, AbsencePattern

UTC_ZONE = ZoneInfo("UTC")
MINUTE = timedelta(minutes=1)


class AbsenceForm(LockingForm):
    """Both times are those of the resource's own time zone; whole days need none."""

    start = DayAndTimeField(label=_("From"))
    end = DayAndTimeField(label=_("Until"))

    class Meta:
        help_texts = {"is_all_day": _("Without times, the last day included.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self._zone_shown()
        for name in ("start", "end"):
            field = self.fields[name]
            if zone is None:
                field.help_text = _("As a clock shows it where the service resource works.")
                continue
            field.label = f"{field.label} ({formats.zone_time(zone)})"
            if instant := getattr(self.instance, name):
                self.initial[name] = self._shown(name, instant.astimezone(zone))

    def _shown(self, name: str, local: datetime) -> list[Any]:
        """Day and time; of whole days the first and the last."""
        if self.instance.is_all_day:
            return [(local - MINUTE if name == "end" else local).date(), None]
        return [local.date(), local.time()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        saved = self.instance.service_resource if self.instance.pk else None
        resource = saved or cleaned.get("service_resource")
        zone = resource.time_zone if resource else UTC_ZONE
        for name in ("start", "end"):
            if cleaned.get(name):
                day, shown = cleaned[name]
                try:
                    cleaned[name] = self._instant(name, day, shown, zone)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if resource and not self.errors:
            # Bookings ask for absences under the same lock (rule B1).
            self.lock(resource)
        return cleaned

    def _instant(self, name: str, day: date, shown: time | None, zone: ZoneInfo) -> datetime:
        if self.instance.pk and not {name, "is_all_day"} & set(self.changed_data):
            # What the clock shows may be twice.
            kept: datetime = getattr(self.instance, name)
            return kept
        if self.cleaned_data["is_all_day"]:
            return day_begins(day, zone, after=1 if name == "end" else 0)
        if shown is None:
            raise forms.ValidationError(_("Enter both a date and a time."))
        instant = last_instant if name == "end" else first_instant
        return instant(datetime.combine(day, shown), zone)

    def _zone_shown(self) -> ZoneInfo | None:
        """The zone of the resource that the form is about, unless it is still to be chosen."""
        if self.instance.pk:
            zone: ZoneInfo = self.instance.service_resource.time_zone
            return zone
        possible = self.fields["service_resource"].queryset[:2]  # type: ignore[attr-defined]
        return possible[0].time_zone if len(possible) == 1 else None


ACTS = {
    "view": Act.SEE_ABSENCES,
    "add": Act.CHANGE_ABSENCES,
    "change": Act.CHANGE_ABSENCES,
    "delete": Act.CHANGE_ABSENCES,
}


@admin.register(Absence)
class AbsenceAdmin(RosterAdmin):
    acts = ACTS
    form = AbsenceForm
    list_display = ("service_resource", "type", "starts", "ends", "description")
    list_filter = (
        WhenFilter,
        "type",
        ("service_resource", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("service_resource__name", "description")
    autocomplete_fields = ("service_resource",)
    empty_hint = _("Add a holiday, a training or any other time that cannot be booked.")

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> tuple[str, ...]:
        times: tuple[str, ...] = ("starts", "ends")
        if obj is None or self.has_change_permission(request, obj):
            times = ("is_all_day", "start", "end")
        return ("service_resource", "type", *times, "description")

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
        if change and form.changed_data:
            leave_pattern(request, obj)
        super().save_model(request, obj, form, change)
        # In the same transaction: what is booked later is booked around this absence.
        if number := with_absence(obj, timezone.now()).count():
            words = ngettext(
                "%(n)s appointment is booked in this time. It stands until it is moved or "
                "cancelled.",
                "%(n)s appointments are booked in this time. They stand until they are moved or "
                "cancelled.",
                number,
            )
            messages.warning(request, words % {"n": number})

    def response_post_save_add(self, request: HttpRequest, obj: Absence) -> HttpResponseRedirect:
        return self._on_to_conflicts(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Absence) -> HttpResponseRedirect:
        further = self._on_to_conflicts(request, obj)
        return further or super().response_post_save_change(request, obj)

    def _on_to_conflicts(
        self, request: HttpRequest, absence: Absence
    ) -> HttpResponseRedirect | None:
        seen = reach(request).may(Act.SEE_APPOINTMENTS, absence.service_resource)
        if seen and with_absence(absence, timezone.now()).exists():
            return redirect(CONFLICTS)
        return None

    @admin.display(description=_("from"), ordering="start")
    def starts(self, absence: Absence) -> str:
        zone = absence.service_resource.time_zone
        return (day_at if _is_whole_days(absence) else moment)(absence.start, zone)

    @admin.display(description=_("until"), ordering="end")
    def ends(self, absence: Absence) -> str:
        zone = absence.service_resource.time_zone
        if _is_whole_days(absence):
            return day_at(absence.end - MINUTE, zone)
        return moment(absence.end, zone)


def _is_whole_days(absence: Absence) -> bool:
    """Said to be, or entered with the times of midnight."""
    zone = absence.service_resource.time_zone
    bounds = (absence.start.astimezone(zone), absence.end.astimezone(zone))
    return absence.is_all_day or all(each.time() == time.min for each in bounds)


class AbsencePatternForm(RepeatForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            saved = self.instance.service_resource if self.instance.pk else None
            resource = saved or cleaned["service_resource"]
            self.lock(resource)
            self.check_rule(resource.time_zone)
        return cleaned


@admin.register(AbsencePattern)
class AbsencePatternAdmin(PatternPages):
    acts = ACTS
    form = AbsencePatternForm
    list_display = ("service_resource", "type", "repeats", "description")
    list_filter = ("type", ("service_resource", admin.RelatedOnlyFieldListFilter))
    search_fields = ("service_resource__name", "description")
    autocomplete_fields = ("service_resource",)
    own_fields = ("service_resource", "type", "description")
    clock = _("Times are those that a clock shows where the service resource works.")
    empty_hint = _("Add what keeps somebody away again and again, like a weekly meeting.")
