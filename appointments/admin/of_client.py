"""What other lists have of one client: the latest on the client's page, the rest by a filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import BigIntegerField, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.models import Client

MOST = 20
"""How many rows of a list a client's page shows."""


class Line(NamedTuple):
    """A row as a client's page shows it."""

    url: str
    name: Any
    details: tuple[Any, ...]
    state: SafeString


@dataclass(frozen=True, slots=True)
class Latest:
    """The first rows of a list, and where the others are; empty if these are all."""

    lines: list[Line]
    others: str

    @classmethod
    def of(cls, rows: QuerySet[Any], line: Callable[[Any], Line], others: str) -> Latest:
        found = list(rows[: MOST + 1])
        return cls([line(row) for row in found[:MOST]], others if len(found) > MOST else "")


class OfClient(admin.SimpleListFilter):
    """By a client whom a link from elsewhere names; else not to be seen beside the list.

    The rows' query set has ``of_client()``.
    """

    title = _("client")
    parameter_name = "of_client"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.clients = model_admin.admin_site.get_model_admin(Client).get_queryset(request)
        super().__init__(request, params, model, model_admin)

    def chosen(self) -> Client | None:
        """None where nobody is, or nobody whom the user sees."""
        asked = self.value() or ""
        if not asked.isdecimal() or int(asked) > BigIntegerField.MAX_BIGINT:
            return None
        found: Client | None = self.clients.filter(pk=asked).first()
        return found

    def has_output(self) -> bool:
        return self.value() is not None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        chosen = self.chosen()
        return [(str(chosen.pk), chosen)] if chosen else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        chosen = self.chosen()
        rows: QuerySet[Any] = queryset.of_client(chosen) if chosen else queryset.none()  # type: ignore[attr-defined]
        return rows
