"""What somebody can do, and what work needs."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.resources import ServiceResource
from scheduling.models.work import WorkType

HIGHEST_LEVEL = 100
LEVEL = (MinValueValidator(1), MaxValueValidator(HIGHEST_LEVEL))


class Skill(models.Model):
    """Something that work may need, like a language or a licence."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ResourceSkill(models.Model):
    """A resource has a skill at a level, between two dates at the place of the work."""

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="skills",
        verbose_name=_("service resource"),
    )
    skill = models.ForeignKey(
        Skill, models.CASCADE, related_name="resources", verbose_name=_("skill")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=LEVEL, help_text=_("From 1 to 100.")
    )
    start_date = models.DateField(_("from"), null=True, blank=True)
    end_date = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty for no end.")
    )

    class Meta:
        verbose_name = _("skill of a resource")
        verbose_name_plural = _("skills of resources")
        ordering = ["service_resource", "skill", "start_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True)
                | Q(start_date__isnull=True)
                | Q(end_date__gte=F("start_date")),
                name="resource_skill_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, HIGHEST_LEVEL)),
                name="resource_skill_level_valid",
                violation_error_message=_("A level is between 1 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.skill} ({self.level})"


class SkillRequirement(models.Model):
    """A skill that a work type needs of its primary host, at a level at least."""

    work_type = models.ForeignKey(
        WorkType,
        models.CASCADE,
        related_name="skill_requirements",
        verbose_name=_("work type"),
    )
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="requirements", verbose_name=_("skill")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, validators=LEVEL, help_text=_("At least, from 1 to 100.")
    )

    class Meta:
        verbose_name = _("skill needed")
        verbose_name_plural = _("skills needed")
        ordering = ["work_type", "skill"]
        constraints = [
            models.UniqueConstraint(
                fields=["work_type", "skill"],
                name="skill_requirement_unique",
                violation_error_message=_("This skill is needed already."),
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, HIGHEST_LEVEL)),
                name="skill_requirement_level_valid",
                violation_error_message=_("A level is between 1 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_type}: {self.skill} ({self.level})"
