"""A filter by one row that a link from elsewhere names; else not to be seen beside the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField, Model, QuerySet
from django.http import HttpRequest


class OfOne(admin.SimpleListFilter):
    """Says in ``model`` what is named, by its key, and in ``rows_of`` what belongs to it."""

    model: type[Model]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        page = model_admin.admin_site.get_model_admin(self.model)
        self.seen: QuerySet[Any] = page.get_queryset(request)
        super().__init__(request, params, model, model_admin)

    def rows_of(self, rows: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        raise NotImplementedError

    def chosen(self) -> Any:
        """None where nothing is, or nothing that the user sees."""
        asked = self.value() or ""
        if not asked.isdecimal() or int(asked) > BigIntegerField.MAX_BIGINT:
            return None
        return self.seen.filter(pk=asked).first()

    def has_output(self) -> bool:
        return self.value() is not None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = self.chosen()
        return [(str(chosen.pk), chosen)] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        chosen = self.chosen()
        return self.rows_of(queryset, chosen) if chosen else queryset.none()
