"""Places and teams."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.hours import OperatingHours

if TYPE_CHECKING:
    from scheduling.models.resources import ServiceResource


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def worked_by(self, resources: Collection[ServiceResource], *, at_least: int) -> Self:
        """Those of which at least so many of the resources are members, at whatever time."""
        members = Count(
            "memberships__service_resource",
            filter=Q(memberships__service_resource__in=resources),
            distinct=True,
        )
        return self.annotate(members=members).filter(members__gte=at_least)

    def main_of(self, resources: Collection[ServiceResource]) -> Territory | None:
        """The primary territory of the first resource that has one."""
        members = self.filter(
            memberships__service_resource__in=resources, memberships__type="primary"
        )
        return members.first()

    def offering(self, work_types: models.QuerySet[Any]) -> Self:
        """Those in which any of the work types is offered."""
        return self.filter(territory_work_types__work_type__in=work_types).distinct()


class Territory(models.Model):
    """A place or team in which work is offered, with its operating hours."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("part of"),
    )
    operating_hours = models.ForeignKey(
        OperatingHours,
        models.PROTECT,
        related_name="territories",
        verbose_name=_("operating hours"),
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    phone = models.CharField(
        _("phone"), max_length=50, blank=True, help_text=_("Shown to guests who need help.")
    )
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Shown to guests who need help.")
    )

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="territory_not_its_own_parent",
                violation_error_message=_("A territory cannot be part of itself."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above, seen = self.parent, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": _("A territory cannot be part of itself.")})
            seen.add(above.pk)
            above = above.parent

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of its hours (T4); they must be loaded with it."""
        zone: ZoneInfo = self.operating_hours.time_zone
        return zone

    @property
    def address(self) -> str:
        """One line, empty where no address is known."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town, self.country) if part)
