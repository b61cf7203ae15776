"""When resources are away."""

from __future__ import annotations

import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.recurrences import Recurrence
from scheduling.models.resources import ServiceResource


class AbsenceType(models.TextChoices):
    VACATION = "vacation", _("Vacation")
    MEETING = "meeting", _("Meeting")
    TRAINING = "training", _("Training")
    MEDICAL = "medical", _("Medical")
    OTHER = "other", _("Other")


class AbsencePattern(Recurrence):
    """An absence that recurs, on the wall clock of the resource's zone."""

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="absence_patterns",
        verbose_name=_("service resource"),
    )
    type = models.CharField(_("type"), max_length=10, choices=AbsenceType)
    description = models.CharField(
        _("description"), max_length=200, blank=True, help_text=_("Never shown to guests.")
    )

    class Meta:
        verbose_name = _("recurring absence")
        verbose_name_plural = _("recurring absences")
        ordering = ["service_resource", "first_date"]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.get_type_display()}"

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.service_resource.time_zone
        return zone

    @property
    def shared(self) -> dict[str, Any]:
        return {"type": self.type, "description": self.description}


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def overlapping(self, start: datetime.datetime, end: datetime.datetime) -> Self:
        return self.filter(start__lt=end, end__gt=start)


class Absence(models.Model):
    """Time in which a resource cannot work, whatever the type.

    ``is_all_day`` are whole days in the resource's zone. ``pattern`` is what it recurs by, if it
    does.
    """

    Type = AbsenceType

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="absences",
        verbose_name=_("service resource"),
    )
    type = models.CharField(
        _("type"), max_length=10, choices=AbsenceType, default=AbsenceType.VACATION
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))
    is_all_day = models.BooleanField(_("whole days"), default=False)
    description = models.CharField(
        _("description"), max_length=200, blank=True, help_text=_("Never shown to guests.")
    )
    pattern = models.ForeignKey(
        AbsencePattern,
        models.CASCADE,
        related_name="occurrences",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("recurring absence"),
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["start"]
        indexes = [models.Index(fields=["service_resource", "end"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="absence_ends_after_start",
                violation_error_message=_("The absence must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.get_type_display()}"
