"""What can be done, and how long it takes."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any, Self

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from scheduling.models.hours import OperatingHours
from scheduling.models.places import Territory
from scheduling.models.policies import SchedulingPolicy, a_few_times

LONGEST = 24 * 60


class TimeUnit(models.TextChoices):
    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    DAYS = "days", _("days")

    @property
    def in_minutes(self) -> int:
        return {TimeUnit.MINUTES: 1, TimeUnit.HOURS: 60, TimeUnit.DAYS: 1440}[self]


@cache
def _rules() -> dict[str, Subquery | Exists]:
    own_or_default = Q(pk=OuterRef("scheduling_policy")) | Q(is_default=True)
    policies = SchedulingPolicy.objects.filter(own_or_default).order_by("is_default")
    values = {field.attname: field.attname for field in SchedulingPolicy._meta.concrete_fields}
    requirements = apps.get_model("scheduling", "SkillRequirement").objects
    return {
        "policy_values": Subquery(policies.values(_row=JSONObject(**values))[:1]),
        "needs_skills": Exists(requirements.filter(work_type=OuterRef("pk"))),
    }


class WorkTypeQuerySet(models.QuerySet["WorkType"]):
    def with_rules(self) -> Self:
        """Add ``policy``, its own or the default one, and ``needs_skills``."""
        return self.annotate(**_rules())

    def offered_in_any(self, territories: models.QuerySet[Territory]) -> Self:
        there = self.model.objects.filter(
            territory_work_types__territory__in=territories.values("pk")
        )
        return self.filter(pk__in=there.values("pk"))


class WorkType(models.Model):
    """One kind of work: how long it takes and when it may start."""

    policy_values: dict[str, Any] | None
    """The fields of ``policy``; only there with ``with_rules()``."""

    needs_skills: bool
    """Whether its primary host needs any; only there with ``with_rules()``."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    duration = models.PositiveSmallIntegerField(
        _("duration"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("In minutes."),
    )
    start_interval = models.PositiveSmallIntegerField(
        _("start interval"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("Minutes between two starts. Leave empty to use the policy's."),
    )
    block_time_before = models.PositiveSmallIntegerField(
        _("block time before"),
        default=0,
        validators=[MaxValueValidator(LONGEST)],
        help_text=_("Minutes kept free before each appointment."),
    )
    block_time_after = models.PositiveSmallIntegerField(
        _("block time after"),
        default=0,
        validators=[MaxValueValidator(LONGEST)],
        help_text=_("Minutes kept free after each appointment."),
    )
    timeframe_start = models.PositiveSmallIntegerField(
        _("lead time"),
        null=True,
        blank=True,
        help_text=_("Guests book at least this long ahead. Leave empty to use the policy’s."),
    )
    timeframe_start_unit = models.CharField(
        _("lead time unit"), max_length=10, choices=TimeUnit, default=TimeUnit.HOURS
    )
    timeframe_end = models.PositiveSmallIntegerField(
        _("horizon"),
        null=True,
        blank=True,
        help_text=_(
            "Guests book at most this long ahead, and never more than 366 days. Leave empty to "
            "use the policy’s."
        ),
    )
    timeframe_end_unit = models.CharField(
        _("horizon unit"), max_length=10, choices=TimeUnit, default=TimeUnit.DAYS
    )
    operating_hours = models.ForeignKey(
        OperatingHours,
        models.PROTECT,
        related_name="work_types",
        null=True,
        blank=True,
        verbose_name=_("own operating hours"),
        help_text=_("Only within these hours, beside those of the territory and the resource."),
    )
    attendee_limit = models.PositiveSmallIntegerField(
        _("places in a group"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "For group appointments: how many guests may take part in one. You plan each of them; "
            "guests then choose among those with places left. Leave empty for one guest at a time."
        ),
    )
    reminders = models.CharField(
        _("reminders"),
        max_length=100,
        blank=True,
        validators=[a_few_times],
        help_text=_(
            "Minutes before the start, separated by commas: 1440 is a day. Leave empty to use "
            "the policy’s."
        ),
    )
    scheduling_policy = models.ForeignKey(
        SchedulingPolicy,
        models.PROTECT,
        related_name="work_types",
        null=True,
        blank=True,
        verbose_name=_("scheduling policy"),
    )

    objects = WorkTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("work type")
        verbose_name_plural = _("work types")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration__range=(1, LONGEST)),
                name="work_type_duration_valid",
                violation_error_message=_("The duration is between 1 and 1440 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(start_interval__isnull=True) | Q(start_interval__range=(1, LONGEST)),
                name="work_type_start_interval_valid",
                violation_error_message=_("The start interval is between 1 and 1440 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(block_time_before__lte=LONGEST) & Q(block_time_after__lte=LONGEST),
                name="work_type_block_times_valid",
                violation_error_message=_("Block times are at most 1440 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(attendee_limit__isnull=True) | Q(attendee_limit__gte=1),
                name="work_type_attendee_limit_valid",
                violation_error_message=_("A group has at least one place."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def policy(self) -> SchedulingPolicy:
        """Its own, else the default one, else what policies say by default."""
        return SchedulingPolicy(**(self.policy_values or {}))

    @property
    def is_for_groups(self) -> bool:
        """Whether guests take places in what is planned, and no time of their own (rule A10)."""
        return self.attendee_limit is not None

    @property
    def lead_time(self) -> int | None:
        """In minutes; None where the policy says."""
        return _minutes(self.timeframe_start, self.timeframe_start_unit)

    @property
    def horizon(self) -> int | None:
        """In minutes; None where the policy says."""
        return _minutes(self.timeframe_end, self.timeframe_end_unit)


def _minutes(number: int | None, unit: str) -> int | None:
    return None if number is None else number * TimeUnit(unit).in_minutes
