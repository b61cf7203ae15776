"""Which rules count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.prepared import prepared

if TYPE_CHECKING:
    from scheduling.models.work import WorkType


MINUTES_OF_A_YEAR = 366 * 24 * 60
MOST_REMINDERS = 3


def a_few_times(text: str) -> None:
    """Raise ValidationError unless it is up to three numbers of minutes, within a year each."""
    times = [time.strip() for time in text.split(",")]
    if len(times) > MOST_REMINDERS or not all(
        time.isascii() and time.isdigit() and 0 < int(time[:9]) <= MINUTES_OF_A_YEAR
        for time in times
    ):
        raise ValidationError(
            _("Enter up to three numbers of minutes, separated by commas, like 1440, 60.")
        )


class SchedulingPolicyManager(models.Manager["SchedulingPolicy"]):
    def of(self, work_type: WorkType) -> SchedulingPolicy | None:
        """Its own, else the default one, if there is any."""
        return work_type.scheduling_policy or next(iter(_default()), None)


@prepared
def _default() -> models.QuerySet[SchedulingPolicy]:
    return SchedulingPolicy.objects.filter(is_default=True)


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
        validators=[MaxValueValidator(MINUTES_OF_A_YEAR)],
        help_text=_("Minutes before the start until which guests may cancel by themselves."),
    )
    move_cutoff = models.PositiveIntegerField(
        _("move until"),
        default=0,
        validators=[MaxValueValidator(MINUTES_OF_A_YEAR)],
        help_text=_("Minutes before the start until which guests may move by themselves."),
    )
    reminders = models.CharField(
        _("reminders"),
        max_length=100,
        blank=True,
        default="1440",
        validators=[a_few_times],
        help_text=_(
            "Minutes before the start, separated by commas: 1440 is a day. Empty for none."
        ),
    )
    confirm_within = models.PositiveIntegerField(
        _("confirm within"),
        default=0,
        validators=[MaxValueValidator(60 * 24)],
        help_text=_(
            "Minutes within which guests confirm a booking from a mail; until then the time is "
            "kept for them. 0 for no confirmation."
        ),
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
