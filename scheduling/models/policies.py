"""Which rules count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from scheduling.models.work import WorkType


class SchedulingPolicyManager(models.Manager["SchedulingPolicy"]):
    def of(self, work_type: WorkType) -> SchedulingPolicy | None:
        """Its own, else the default one, if there is any."""
        return work_type.scheduling_policy or self.filter(is_default=True).first()


class SchedulingPolicy(models.Model):
    """Rules shared by work types. Work types without a policy follow the default one."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    start_interval = models.PositiveSmallIntegerField(
        _("start interval"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Minutes between two starts, where the work type does not say."),
    )
    cancel_cutoff = models.PositiveIntegerField(
        _("cancel until"),
        default=0,
        validators=[MaxValueValidator(60 * 24 * 366)],
        help_text=_("Minutes before the start until which guests may cancel by themselves."),
    )
    is_default = models.BooleanField(_("default"), default=False)

    objects = SchedulingPolicyManager()

    class Meta:
        verbose_name = _("scheduling policy")
        verbose_name_plural = _("scheduling policies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="scheduling_policy_one_default",
                violation_error_message=_("Another policy is the default already."),
            ),
            models.CheckConstraint(
                condition=Q(start_interval__range=(1, 1440)),
                name="scheduling_policy_start_interval_valid",
                violation_error_message=_("The start interval is between 1 and 1440 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
