"""What happened to appointments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment
from scheduling.models import ServiceResource


class AppendOnlyError(TypeError):
    """The event log is written once and never changed."""


class EventQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError("Events are never changed.")

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        raise AppendOnlyError("Events are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("Events are never deleted.")


class Event(models.Model):
    """One thing that happened; append-only.

    ``actor`` is the signed-in user who did it, empty for the guest; ``on_behalf_of`` the
    resource for whom an assistant acted.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    on_behalf_of = models.ForeignKey(
        ServiceResource,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("on behalf of"),
    )
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("Events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError("Events are never deleted.")


class AppointmentEvent(Event):
    """One thing that happened to an appointment."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("Booked")
        MOVED = "moved", _("Moved")
        REASSIGNED = "reassigned", _("Given to another host")
        DETAILS_CHANGED = "details_changed", _("Details changed")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")
        STATUS_CHANGED = "status_changed", _("Status changed")

    appointment = models.ForeignKey(
        Appointment, models.PROTECT, related_name="events", verbose_name=_("appointment")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M} UTC"
