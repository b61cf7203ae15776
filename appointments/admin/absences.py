"""The admin of absences, entered on the wall clock of their resource."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import formats
from appointments.admin.conflicts import PAGE as CONFLICTS
from appointments.admin.lists import WhenFilter, moment
from appointments.admin.wall_clock import WallClockField, first_instant
from appointments.conflicts import with_absence
from appointments.locks import TooBusyError, waiting_for_locks
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import Absence, ServiceResource

UTC_ZONE = ZoneInfo("UTC")


class AbsenceForm(forms.ModelForm):
    """Both times are those of the resource's own time zone."""

    start = WallClockField(label=_("From"))
    end = WallClockField(label=_("Until"))

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
                self.initial[name] = instant.astimezone(zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        saved = self.instance.service_resource if self.instance.pk else None
        resource = saved or cleaned.get("service_resource")
        zone = resource.time_zone if resource else UTC_ZONE
        for name in ("start", "end"):
            if shown := cleaned.get(name):
                try:
                    cleaned[name] = first_instant(shown, zone)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if resource and not self.errors:
            self._lock(resource)
        return cleaned

    def _lock(self, resource: ServiceResource) -> None:
        """Behind the same lock as a booking, which asks for absences under it (rule B1).

        The page is one transaction, so the resource stays locked until the absence is saved.
        """
        try:
            with waiting_for_locks():
                ServiceResource.lock([resource.pk])
        except TooBusyError:
            self.add_error(None, _("Others are changing the same. Please try again."))

    def _zone_shown(self) -> ZoneInfo | None:
        """The zone of the resource that the form is about, unless it is still to be chosen."""
        if self.instance.pk:
            zone: ZoneInfo = self.instance.service_resource.time_zone
            return zone
        possible = self.fields["service_resource"].queryset[:2]  # type: ignore[attr-defined]
        return possible[0].time_zone if len(possible) == 1 else None


@admin.register(Absence)
class AbsenceAdmin(NarrowedAdmin):
    acts = {
        "view": Act.SEE_ABSENCES,
        "add": Act.CHANGE_ABSENCES,
        "change": Act.CHANGE_ABSENCES,
        "delete": Act.CHANGE_ABSENCES,
    }
    form = AbsenceForm
    list_display = ("service_resource", "type", "starts", "ends", "description")
    list_select_related = ("service_resource",)
    list_filter = (
        WhenFilter,
        "type",
        ("service_resource", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("service_resource__name", "description")
    autocomplete_fields = ("service_resource",)
    empty_hint = _("Add a holiday, a training or any other time that cannot be booked.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("service_resource")

    def get_fields(self, request: HttpRequest, obj: Absence | None = None) -> tuple[str, ...]:
        times = ("starts", "ends")
        if obj is None or self.has_change_permission(request, obj):
            times = ("start", "end")
        return ("service_resource", "type", *times, "description")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Absence | None = None
    ) -> tuple[str, ...]:
        # The times on the form are those of this resource's clock.
        return ("service_resource",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if own := reach(request).own:
            initial.setdefault("service_resource", own.pk)
        return initial

    def save_model(self, request: HttpRequest, obj: Absence, form: Any, change: bool) -> None:
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
        return moment(absence.start, absence.service_resource.time_zone)

    @admin.display(description=_("until"), ordering="end")
    def ends(self, absence: Absence) -> str:
        return moment(absence.end, absence.service_resource.time_zone)
