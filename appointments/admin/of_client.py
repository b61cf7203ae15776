"""What other lists have of one client: the latest on the client's page, the rest by a filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.admin.of_one import OfOne
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


class OfClient(OfOne):
    """The rows' query set has ``of_client()``."""

    title = _("client")
    parameter_name = "of_client"
    model = Client

    def rows_of(self, rows: QuerySet[Any], chosen: Client) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.of_client(chosen)  # type: ignore[attr-defined]
        return found
