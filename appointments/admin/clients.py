"""The pages of clients, as far as appointments go; the app of their links completes them."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments import clients
from appointments.admin.busy import try_again
from appointments.admin.lists import moment, state
from appointments.admin.of_client import MOST, Latest, Line
from appointments.admin.preferences import PreferenceInline
from appointments.locks import TooBusyError, waiting_for_locks
from appointments.models import Appointment, AppointmentQuerySet, Client, ClientQuerySet
from appointments.models.addresses import folded
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource


class ClientPages(NarrowedAdmin):
    """Who they are, what they booked, and who else is reached by the same address."""

    acts = {"view": Act.SEE_CLIENTS}
    list_display = ("last_name", "first_name", "email", "phone", "proof")
    list_display_links = ("last_name", "first_name")
    search_fields = ("last_name", "first_name", "email")
    fields = (("first_name", "last_name"), "email", "proof", "phone", "visiting_hours")
    readonly_fields = ("proof",)
    inlines = (PreferenceInline,)
    empty_hint = _("Add customers who are to get a personal link.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        """Those whom ``known_to`` says they know."""
        return rows.filter(pk__in=Client.objects.filter(self.known_to(resources)).values("pk"))

    def known_to(self, resources: QuerySet[ServiceResource]) -> Q:
        """Those with an appointment of theirs.

        Not whose address a guest typed: whoever books as a guest could look up any client.
        """
        return Q(appointments__assignments__service_resource__in=resources)

    @admin.display(description=_("address proved"), ordering="verified_at")
    def proof(self, client: Client) -> SafeString:
        if client.verified_at is None:
            return state("wait", _("Not yet"))
        return state("good", moment(client.verified_at, ZoneInfo(settings.TIME_ZONE)))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except TooBusyError:
            return try_again(request)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except (TooBusyError, ProtectedError):  # something was booked for them meanwhile
            return try_again(request)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changelist_view(request, *args, **kwargs)
        except (TooBusyError, ProtectedError):
            return try_again(request)

    def delete_model(self, request: HttpRequest, obj: Client) -> None:
        self.delete_queryset(request, Client.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with waiting_for_locks():
            clients.lock(*queryset.values_list("pk", flat=True))
            super().delete_queryset(request, queryset)

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For whoever may change clients: it also names colleagues whom somebody does not wish."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        if change:
            if folded(obj.email) != folded(form.initial["email"]):
                clients.give_up_address(obj.pk)
            obj.verified_at = clients.hold(obj).verified_at  # perhaps proved or merged meanwhile
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_generate"] = reach(request).anybody(Act.GENERATE)
        if client := context["original"]:
            context["appointments"] = self._appointments(request, client)
            context["others"] = self.others(request, client)
        return super().render_change_form(request, context, *args, **kwargs)

    def others(self, request: HttpRequest, client: Client) -> QuerySet[Client]:
        """Those with the same address, as far as the user sees them."""
        rows = cast(ClientQuerySet, self.get_queryset(request))
        return rows.with_address(client.email).exclude(pk=client.pk)[:MOST]

    def _appointments(self, request: HttpRequest, client: Client) -> Latest | None:
        """The latest that the user sees, None for whoever sees none at all."""
        page = self.admin_site.get_model_admin(Appointment)
        if not page.has_view_permission(request):
            return None
        rows = cast(AppointmentQuerySet, page.get_queryset(request)).of_client(client)
        others = reverse("admin:appointments_appointment_changelist")
        return Latest.of(rows, partial(_line, page), f"{others}?of_client={client.pk}")


def _line(page: Any, appointment: Appointment) -> Line:
    """An appointment in the words of its own page."""
    url = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    details = (page.what(appointment), page.who(appointment))
    return Line(url, page.begins(appointment), details, page.state(appointment))
