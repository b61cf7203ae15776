"""Whom a client would like to meet, and whom not: where that is set and shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from appointments.models import ResourcePreference
from appointments.wishes import Wishes
from scheduling.access import Act
from scheduling.admin.narrowed import SeenWithParent, reach
from scheduling.engine.rules import Preference
from scheduling.models import ServiceResource


class PreferenceInline(SeenWithParent, admin.StackedInline):
    """Of the resources whom the user sees; changed by whoever may change clients."""

    model = ResourcePreference
    extra = 0
    fields = (("service_resource", "kind"),)
    autocomplete_fields = ("service_resource",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ResourcePreference]:
        rows = super().get_queryset(request).select_related("client", "service_resource")
        return rows.filter(service_resource__in=reach(request).resources(Act.SEE))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("appointments.change_client")

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


def choices_of(
    wishes: Wishes, resources: Iterable[tuple[ServiceResource, str]]
) -> list[tuple[int, str]]:
    """Hosts to choose from, whom the client prefers first; with what is said of each, if anything.

    “Anna Berger (preferred)”, “Tom Reed (absent)”. Whoever has nothing said of them comes before
    those who have.
    """
    return [
        (resource.pk, _label(resource, _in_words(wishes.about(resource.pk)), said))
        for resource, said in sorted(
            resources, key=lambda pair: (bool(pair[1]), wishes.about(pair[0].pk))
        )
    ]


def _label(resource: ServiceResource, *said: str) -> str:
    words = ", ".join(filter(None, said))
    return f"{resource} ({words})" if words else str(resource)


def _in_words(preference: Preference) -> str:
    match preference:
        case Preference.PREFERRED:
            return gettext("preferred")
        case Preference.EXCLUDED:
            return gettext("excluded by the client")
        case Preference.NONE:
            return ""
