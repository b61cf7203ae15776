"""Whom a client would like to meet, and whom not: below the client's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.models import ResourcePreference
from scheduling.access import Act
from scheduling.admin.narrowed import SeenWithParent, reach


class PreferenceInline(SeenWithParent, admin.TabularInline):
    """Of the resources whom the user sees; changed by whoever may change clients."""

    model = ResourcePreference
    extra = 0
    fields = ("service_resource", "kind")
    autocomplete_fields = ("service_resource",)
    verbose_name_plural = _("whom they would like to meet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ResourcePreference]:
        rows = super().get_queryset(request).select_related("client", "service_resource")
        return rows.filter(service_resource__in=reach(request).resources(Act.SEE))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.change_client")

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission
