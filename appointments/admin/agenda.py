"""A resource's week in the admin: hours, absences and appointments, drawn and in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.access import may_book_anyway
from appointments.admin.lists import day_at
from appointments.agenda import Agenda, agenda
from appointments.clocks import Clocks
from appointments.models import GRACE, Assignment, BusyTime
from appointments.weeks import Week
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.models import COUNTING, Absence, ServiceResource, Shift
from scheduling.windows import whole_minutes, working_time


class ResourceForm(forms.Form):
    """Whose week; offers those whose appointments the user may see."""

    resource = forms.ModelChoiceField(
        ServiceResource.objects.none(), label=_("Agenda of"), empty_label=None
    )


class AgendaPage(NarrowedAdmin):
    """The page ``agenda/?resource=…&week=YYYY-Www``, at first of one’s own week."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.agenda_page)
        name = "appointments_appointment_agenda"
        return [path("agenda/", page, name=name), *super().get_urls()]

    def agenda_page(self, request: HttpRequest) -> HttpResponse:
        found = reach(request)
        if not found.anybody(Act.SEE_APPOINTMENTS):
            raise PermissionDenied
        seen = found.resources(Act.SEE_APPOINTMENTS)
        first = found.own or seen.filter(is_active=True).first() or seen.first()
        if first is None:  # nobody is there yet: that list says how to begin
            return redirect("admin:scheduling_serviceresource_changelist")
        form = ResourceForm({"resource": request.GET.get("resource", first.pk)})
        form.fields["resource"].queryset = seen  # type: ignore[attr-defined]
        if not form.is_valid():
            raise PermissionDenied
        resource = form.cleaned_data["resource"]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Agenda"),
            "form": form if seen.count() > 1 else None,
            "resource": resource,
            "zone": formats.zone_time(resource.time_zone),
            "may_book": may_book_anyway(found) and found.may(Act.CHANGE_APPOINTMENTS, resource),
            "may_see_absences": found.may(Act.SEE_ABSENCES, resource),
            "may_see_shifts": found.may(Act.SEE_SHIFTS, resource),
            **_weeks(request, resource),
        }
        return TemplateResponse(request, "admin/appointments/agenda/page.html", context)


def _weeks(request: HttpRequest, resource: ServiceResource) -> dict[str, Any]:
    """The agenda of the week in the address, and the weeks that lead on from it."""
    zone, starts_on = resource.time_zone, settings.WEEK_STARTS_ON
    this_week = Week.at(minute_of(timezone.now()), zone, starts_on)
    try:
        week = Week.parse(request.GET.get("week", ""), starts_on)
    except ValueError:
        week = this_week
    return {
        "agenda": _agenda(resource, week),
        "shifts": _shifts(resource, week),
        "previous": week.shifted(-1),
        "next": week.shifted(1),
        "this_week": this_week,
    }


def _agenda(resource: ServiceResource, week: Week) -> Agenda:
    since, until = (instant_of(minute) for minute in week.span(resource.time_zone))
    now = timezone.now()
    booked = Assignment.objects.filter(service_resource=resource)
    held = BusyTime.objects.filter(calendar__service_resource=resource)
    return agenda(
        week,
        resource.time_zone,
        minute_of(now),
        working_time(resource, since, until),
        whole_minutes(held.overlapping(since, until).values_list("start", "end")),
        list(Absence.objects.filter(service_resource=resource).overlapping(since, until)),
        list(booked.on_the_agenda(since, until, now - GRACE)),
    )


def _shifts(resource: ServiceResource, week: Week) -> list[dict[str, Any]]:
    """Those of a week in words, on the resource's clock; those that don't count as well."""
    zone = resource.time_zone
    since, until = (instant_of(minute) for minute in week.span(zone))
    shifts = Shift.objects.filter(service_resource=resource).overlapping(since, until)
    return [
        {
            "shift": shift,
            "shape": "good" if shift.status in COUNTING else "wait",
            "day": day_at(shift.start, zone),
            "time": Clocks(zone).in_words(start, minute_of(shift.end) - start).label,
        }
        for shift in shifts.select_related("territory")
        for start in [minute_of(shift.start)]
    ]
