"""The admin of clients."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from appointments.models import Client
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource


@admin.register(Client)
class ClientAdmin(NarrowedAdmin):
    acts = {"view": Act.SEE_CLIENTS}
    list_display = ("last_name", "first_name", "email", "phone")
    list_display_links = ("last_name", "first_name")
    search_fields = ("last_name", "first_name", "email")
    empty_hint = _("Add customers who are to get a personal link.")

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        """Those with an appointment of theirs, or with a link to them of their own."""
        clients = Client.objects.filter(
            Q(appointments__assignments__service_resource__in=resources)
            | Q(invitation_keys__invitation__hosts__service_resource__in=resources)
            | Q(invitation_keys__invitation__owner__in=resources)
        )
        return rows.filter(pk__in=clients.values("pk"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_generate"] = reach(request).anybody(Act.GENERATE)
        return super().render_change_form(request, context, *args, **kwargs)
