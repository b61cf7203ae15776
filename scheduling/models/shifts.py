"""When resources work by a roster, beside or instead of weekly hours."""

from __future__ import annotations

import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.places import Territory
from scheduling.models.recurrences import Recurrence
from scheduling.models.resources import ServiceResource
from scheduling.models.topics import WorkTypeGroup


class ShiftStatus(models.TextChoices):
    TENTATIVE = "tentative", _("Tentative")
    CONFIRMED = "confirmed", _("Confirmed")
    PUBLISHED = "published", _("Published")


COUNTING = (ShiftStatus.CONFIRMED, ShiftStatus.PUBLISHED)
"""Only in these does a shift say when somebody works (rule A1)."""


class ShiftPattern(Recurrence):
    """A shift that recurs, on the wall clock of the territory's zone."""

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="shift_patterns",
        verbose_name=_("service resource"),
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="shift_patterns", verbose_name=_("territory")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ShiftStatus, default=ShiftStatus.TENTATIVE
    )
    topics = models.ManyToManyField(
        WorkTypeGroup,
        related_name="shift_patterns",
        blank=True,
        verbose_name=_("topics"),
        help_text=_("Only for these topics. Leave empty for all."),
    )

    class Meta:
        verbose_name = _("recurring shift")
        verbose_name_plural = _("recurring shifts")
        ordering = ["service_resource", "first_date"]

    def __str__(self) -> str:
        return f"{self.service_resource} – {self.territory}"

    @property
    def zone(self) -> ZoneInfo:
        return self.territory.time_zone

    @property
    def shared(self) -> dict[str, Any]:
        return {"territory": self.territory}


class ShiftQuerySet(models.QuerySet["Shift"]):
    def overlapping(self, start: datetime.datetime, end: datetime.datetime) -> Self:
        return self.filter(start__lt=end, end__gt=start)


class Shift(models.Model):
    """Time in which a resource works at a territory; ``pattern`` is what it recurs by, if any."""

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="shifts",
        verbose_name=_("service resource"),
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="shifts", verbose_name=_("territory")
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))
    status = models.CharField(
        _("status"), max_length=10, choices=ShiftStatus, default=ShiftStatus.TENTATIVE
    )
    topics = models.ManyToManyField(
        WorkTypeGroup,
        related_name="shifts",
        blank=True,
        verbose_name=_("topics"),
        help_text=_("Only for these topics. Leave empty for all."),
    )
    pattern = models.ForeignKey(
        ShiftPattern,
        models.CASCADE,
        related_name="occurrences",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("recurring shift"),
    )

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["start"]
        indexes = [models.Index(fields=["service_resource", "territory", "end"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="shift_ends_after_start",
                violation_error_message=_("The shift must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_resource} – {self.territory}"
