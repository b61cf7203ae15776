"""What the pages of shifts and absences have in common: locks, and rows that recur (rule B1)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.admin.busy import try_again
from appointments.admin.conflicts import warn
from appointments.locks import TOO_BUSY, TooBusyError, waiting_for_locks
from scheduling import recurring
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import (
    AbsencePattern,
    OperatingHours,
    ServiceResource,
    ShiftPattern,
    Territory,
)

PATTERNS = (AbsencePattern, ShiftPattern)


@contextmanager
def locked(resources: Collection[int]) -> Iterator[None]:
    """Behind the same lock as a booking, which asks for shifts and absences under it."""
    with waiting_for_locks():
        ServiceResource.lock(resources)
        yield


class LockingForm(forms.ModelForm):
    """A form that changes when somebody works."""

    def lock(self, resource: ServiceResource) -> None:
        """The page is one transaction, so the resource stays locked until all is saved."""
        try:
            with waiting_for_locks():
                ServiceResource.lock([resource.pk])
        except TooBusyError:
            self.add_error(None, TOO_BUSY)


class RosterAdmin(NarrowedAdmin):
    """Rows of a resource that say when it works or does not."""

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("service_resource")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The times on the form are those of this resource's clock, or of its places'.
        return ("service_resource",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if own := reach(request).own:
            initial.setdefault("service_resource", own.pk)
        return initial

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except TooBusyError:
            return try_again(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except TooBusyError:
            return try_again(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with locked(set(queryset.values_list("service_resource", flat=True))):
            for row in queryset:
                _delete(row)
        warn(request)


def leave_pattern(request: HttpRequest, row: Any) -> None:
    """Let a row that is about to be changed no longer follow what it recurs by, if anything."""
    if row.pattern_id is None:
        return
    recurring.take_out(type(row)._default_manager.get(pk=row.pk))
    row.pattern = None
    text = _("From now on it stands by itself: changes of the recurring one leave it as it is.")
    messages.info(request, text)


def clocks_changed(row: Model) -> None:
    """Make what recurs anew by the clocks of a zone that somebody has just set."""
    match row:
        case ServiceResource():
            found: QuerySet[Any] = AbsencePattern.objects.filter(service_resource=row)
        case Territory():
            found = ShiftPattern.objects.filter(territory=row)
        case OperatingHours():
            found = ShiftPattern.objects.filter(territory__operating_hours=row)
        case _:
            return
    with locked(set(found.values_list("service_resource", flat=True))):
        for pattern in found:
            recurring.renew(pattern, timezone.now())


def _delete(row: Model) -> None:
    if isinstance(row, PATTERNS):
        recurring.end(row, timezone.now())
    else:
        recurring.take_out(row)  # type: ignore[arg-type]
        row.delete()
