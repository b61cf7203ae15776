"""Admin pages that resources and assistants see as well, for the resources they may act for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from scheduling.access import Act, Reach, reach_of
from scheduling.models import ServiceResource

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def reach(request: HttpRequest) -> Reach:
    """Whom the signed-in user may act for, asked once per request."""
    found: Reach | None = vars(request).get("reach")
    if found is None:
        found = vars(request)["reach"] = reach_of(request.user, timezone.now())
    return found


class NarrowedAdmin(admin.ModelAdmin):
    """Beside those with the model permission, lets in whom ``acts`` lets in, to their own rows.

    ``acts`` says for “view”, “add”, “change” and “delete” which act on a resource it is; what is
    not in it takes the model permission. ``empty_hint`` says what to do about an empty list.
    """

    acts: Mapping[str, Act] = {}
    empty_hint: str | StrPromise = ""

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        """The rows that belong to any of the resources."""
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if super().has_view_permission(request):
            return rows
        return self.of_resources(rows, reach(request).resources(self.acts["view"]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Raises Http404 for unknown rows and for those out of reach alike."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self._reaches("view", request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) or self._reaches("view", request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) or self._reaches("add", request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) or self._reaches("change", request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) or self._reaches("delete", request, obj)

    def _reaches(self, verb: str, request: HttpRequest, obj: Model | None = None) -> bool:
        act = self.acts.get(verb)
        if act is None:
            return False
        if obj is None:
            return reach(request).anybody(act)
        row = self.model._default_manager.filter(pk=obj.pk)
        return self.of_resources(row, reach(request).resources(act)).exists()


class AddedOrDeleted(admin.options.InlineModelAdmin):
    """An inline whose rows say one thing each: they are added and deleted, not changed."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SeenWithParent(admin.options.InlineModelAdmin):
    """An inline that everybody sees who may see the page it stands on."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True
