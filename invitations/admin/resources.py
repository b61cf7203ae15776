"""The admin of service resources, with invitations to them and how far their lists got."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.admin.hours import WarningServiceResourceAdmin
from invitations.admin.prospect_figures import figures_of_resource
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource

admin.site.unregister(ServiceResource)


@admin.register(ServiceResource)
class InvitingServiceResourceAdmin(WarningServiceResourceAdmin):
    actions = ("generate",)

    def has_generate_permission(self, request: HttpRequest) -> bool:
        return reach(request).anybody(Act.GENERATE)

    @admin.action(description=_("Generate an invitation to the selected"), permissions=["generate"])
    def generate(self, request: HttpRequest, rows: QuerySet[ServiceResource]) -> HttpResponse:
        """On to the pages that generate one; they say who is out of reach."""
        chosen = urlencode([("resource", resource.pk) for resource in rows])
        return redirect(f"{reverse('admin:invitations_invitation_generate')}?{chosen}")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if resource := context.get("original"):
            context["figures"] = figures_of_resource(request, resource)
        return super().render_change_form(request, context, *args, **kwargs)
