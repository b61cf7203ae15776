"""What is offered where, and under which topic a guest finds it."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from scheduling.models.places import Territory
from scheduling.models.work import WorkType


class WorkTypeGroupQuerySet(models.QuerySet["WorkTypeGroup"]):
    def offered_in(self, territories: models.QuerySet[Territory]) -> Self:
        """Those that mean something in any of the territories."""
        offers = TerritoryWorkType.objects.filter(territory__in=territories.values("pk"))
        return self.filter(work_types__in=offers.values("work_type")).distinct()


class WorkTypeGroup(models.Model):
    """A topic as a guest sees it."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    description = models.TextField(_("description"), blank=True)
    work_types = models.ManyToManyField(
        WorkType, through="WorkTypeGroupMember", related_name="groups", verbose_name=_("work types")
    )

    objects = WorkTypeGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("work type group")
        verbose_name_plural = _("work type groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkTypeGroupMember(models.Model):
    """A work type under a topic. A topic means one work type at each territory."""

    group = models.ForeignKey(
        WorkTypeGroup, models.CASCADE, related_name="members", verbose_name=_("work type group")
    )
    work_type = models.ForeignKey(
        WorkType, models.CASCADE, related_name="group_members", verbose_name=_("work type")
    )

    class Meta:
        verbose_name = _("member of a work type group")
        verbose_name_plural = _("members of work type groups")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "work_type"],
                name="work_type_group_member_unique",
                violation_error_message=_("This work type is in the group already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.group} – {self.work_type}"

    def clean(self) -> None:
        if self.group_id is None or self.work_type_id is None:
            return
        rival = TerritoryWorkType.objects.filter(
            territory__territory_work_types__work_type=self.work_type_id,
            work_type__group_members__group=self.group_id,
        ).exclude(work_type=self.work_type_id)
        _refuse_rival(rival.select_related("territory", "work_type").first())


class TerritoryWorkType(models.Model):
    """A work type that is offered at a territory."""

    territory = models.ForeignKey(
        Territory,
        models.CASCADE,
        related_name="territory_work_types",
        verbose_name=_("territory"),
    )
    work_type = models.ForeignKey(
        WorkType,
        models.CASCADE,
        related_name="territory_work_types",
        verbose_name=_("work type"),
    )

    class Meta:
        verbose_name = _("work type of a territory")
        verbose_name_plural = _("work types of territories")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "work_type"],
                name="territory_work_type_unique",
                violation_error_message=_("This work type is offered here already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory} – {self.work_type}"

    def clean(self) -> None:
        if self.territory_id is None or self.work_type_id is None:
            return
        rival = TerritoryWorkType.objects.filter(
            territory=self.territory_id,
            work_type__group_members__group__members__work_type=self.work_type_id,
        ).exclude(work_type=self.work_type_id)
        _refuse_rival(rival.select_related("territory", "work_type").first())


def _refuse_rival(rival: TerritoryWorkType | None) -> None:
    if rival is not None:
        raise ValidationError(
            _("At %(territory)s this topic means “%(work_type)s” already."),
            params={"territory": rival.territory, "work_type": rival.work_type},
        )
