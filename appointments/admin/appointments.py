"""The admin of appointments, which are seen here and never edited (rule B8)."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.admin.agenda import AgendaPage
from appointments.admin.booking import BookTool
from appointments.admin.cancelling import CancelTool
from appointments.admin.conflicts import ConflictsPage
from appointments.admin.correcting import CorrectTool
from appointments.admin.events import EventInline
from appointments.admin.explaining import ExplainPage
from appointments.admin.groups import GroupTool
from appointments.admin.lists import ReadOnly, WhenFilter, moment, state
from appointments.admin.of_client import OfClient
from appointments.admin.outcomes import OutcomeTool
from appointments.admin.planning import PlanTool
from appointments.admin.reassigning import ReassignTool
from appointments.admin.sending import SendAgainTool
from appointments.models import (
    Appointment,
    AppointmentQuerySet,
    Assignment,
)
from appointments.states import state_of
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, SeenWithParent
from scheduling.models import ServiceResource


class AssignmentInline(ReadOnly, SeenWithParent, admin.TabularInline):
    model = Assignment
    fields = ("who", "is_primary", "is_required", "blocked_from", "blocked_until", "holds_time")
    readonly_fields = ("who", "blocked_from", "blocked_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("service_resource")

    @admin.display(description=_("service resource"))
    def who(self, assignment: Assignment) -> str:
        return str(assignment.service_resource)

    @admin.display(description=_("blocked from"))
    def blocked_from(self, assignment: Assignment) -> str:
        return moment(assignment.blocked_start, assignment.service_resource.time_zone)

    @admin.display(description=_("blocked until"))
    def blocked_until(self, assignment: Assignment) -> str:
        return moment(assignment.blocked_end, assignment.service_resource.time_zone)


class AppointmentPages(
    AgendaPage,
    ExplainPage,
    BookTool,
    PlanTool,
    GroupTool,
    ConflictsPage,
    SendAgainTool,
    OutcomeTool,
    ReassignTool,
    CorrectTool,
    CancelTool,
    ReadOnly,
    NarrowedAdmin,
):
    """The list and the page of appointments; the app of links completes the latter."""

    acts = {"view": Act.SEE_APPOINTMENTS, "send_again": Act.CHANGE_APPOINTMENTS}
    list_display = ("begins", "guest", "what", "who", "where", "appointment_type", "state")
    list_filter = (
        WhenFilter,
        "status",
        "appointment_type",
        ("territory", admin.RelatedOnlyFieldListFilter),
        ("assignments__service_resource", admin.RelatedOnlyFieldListFilter),
        OfClient,
    )
    search_fields = ("first_name", "last_name", "email", "subject")
    inlines = (AssignmentInline, EventInline)
    fieldsets = (
        (None, {"fields": ("state", "begins", "ends", "what", "where", "appointment_type")}),
        (_("Guest"), {"fields": ("guest", "email", "phone", "guest_begins", "speaks")}),
        (_("Note"), {"fields": ("subject", "description", "answered")}),
    )
    empty_hint = _("Appointments appear here as soon as a guest books through an invitation.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        own = Assignment.objects.filter(service_resource__in=resources)
        return rows.filter(pk__in=own.values("appointment"))

    def get_queryset(self, request: HttpRequest) -> AppointmentQuerySet:
        return cast(AppointmentQuerySet, super().get_queryset(request)).with_page()

    def get_fieldsets(self, request: HttpRequest, obj: Appointment | None = None) -> Any:
        if obj is None or not obj.is_group:
            return self.fieldsets
        return (self.fieldsets[0], (_("Note"), {"fields": ("subject",)}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        context["subtitle"] = f"{appointment.heading}, {self.begins(appointment)}"
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("start"), ordering="start")
    def begins(self, appointment: Appointment) -> str:
        return moment(appointment.start, appointment.territory.time_zone)

    @admin.display(description=_("end"))
    def ends(self, appointment: Appointment) -> str:
        return moment(appointment.end, appointment.territory.time_zone)

    @admin.display(description=_("start for the guest"))
    def guest_begins(self, appointment: Appointment) -> str:
        return moment(appointment.start, appointment.time_zone)

    @admin.display(description=_("language"))
    def speaks(self, appointment: Appointment) -> str:
        return str(dict(settings.LANGUAGES).get(appointment.language, appointment.language))

    @admin.display(description=_("guest"), ordering="last_name")
    def guest(self, appointment: Appointment) -> str:
        return appointment.heading

    @admin.display(description=_("what"))
    def what(self, appointment: Appointment) -> str:
        return appointment.title

    @admin.display(description=_("answers"))
    def answered(self, appointment: Appointment) -> str:
        if not appointment.answers:
            return self.get_empty_value_display()
        pairs = format_html_join("", "<dt>{}</dt><dd>{}</dd>", appointment.answers)
        return format_html("<dl>{}</dl>", pairs)

    @admin.display(description=_("who"))
    def who(self, appointment: Appointment) -> str:
        optional = [
            _("%(name)s (optional)") % {"name": each} for each in appointment.optional_hosts
        ]
        return ", ".join([*map(str, appointment.hosts), *map(str, optional)])

    @admin.display(description=_("where"), ordering="territory__name")
    def where(self, appointment: Appointment) -> str:
        return str(appointment.territory)

    @admin.display(description=_("status"), ordering="status")
    def state(self, appointment: Appointment) -> SafeString:
        return state(*state_of(appointment, timezone.now()))
