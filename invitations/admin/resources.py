"""The admin of service resources, with how far their lists of prospects got."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from appointments.admin.hours import WarningServiceResourceAdmin
from invitations.admin.prospect_figures import figures_of_resource
from scheduling.models import ServiceResource

admin.site.unregister(ServiceResource)


@admin.register(ServiceResource)
class CountingServiceResourceAdmin(WarningServiceResourceAdmin):
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if resource := context.get("original"):
            context["figures"] = figures_of_resource(request, resource)
        return super().render_change_form(request, context, *args, **kwargs)
