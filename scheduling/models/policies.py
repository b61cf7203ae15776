"""Which rules count."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.engine.rules import Mode

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


class Takes(models.TextChoices):
    """Which of several hosts who are free takes an appointment (rule A6)."""

    FEWEST = "fewest", _("Whoever has the fewest booked minutes that week")
    FIRST = "first", _("The first in the order of the invitation")


class WorkingTime(models.TextChoices):
    """What says when a host works (rule A1)."""

    HOURS = Mode.HOURS.value, _("Operating hours")
    SHIFTS = Mode.SHIFTS.value, _("Shifts")
    INTERSECTION = Mode.INTERSECTION.value, _("Shifts within operating hours")
    UNION = Mode.UNION.value, _("Operating hours and shifts")


def _cap(words: Any) -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(
        words,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for any number."),
    )


class SchedulingPolicy(models.Model):
    """Rules shared by work types and invitations.

    An invitation follows its own, else that of its work, else the default one; without any, what
    these fields say by default.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    start_interval = models.PositiveSmallIntegerField(
        _("start interval"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Minutes between two starts, where the work type does not say."),
    )
    working_time = models.CharField(
        _("working time"), max_length=12, choices=WorkingTime, default=WorkingTime.HOURS
    )
    uses_primary_members = models.BooleanField(
        _("primary members"), default=True, help_text=_("Who works mainly at the place takes part.")
    )
    uses_secondary_members = models.BooleanField(
        _("secondary members"), default=True, help_text=_("Who also works at the place takes part.")
    )
    uses_skills = models.BooleanField(
        _("skills"), default=True, help_text=_("The primary host has what the work needs.")
    )
    uses_skill_levels = models.BooleanField(
        _("levels of skills"), default=True, help_text=_("And at the level that it needs.")
    )
    uses_foreign_calendars = models.BooleanField(
        _("foreign calendars"),
        default=True,
        help_text=_("What they hold takes time away from guests."),
    )
    foreign_hours_old = models.PositiveSmallIntegerField(
        _("refuse when older than"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "Hours for which foreign calendars may go unread before nothing is offered. Leave "
            "empty to go on with what is known."
        ),
    )
    uses_visiting_hours = models.BooleanField(
        _("visiting hours"),
        default=True,
        help_text=_("Where an invitation respects what its client wishes."),
    )
    uses_preferences = models.BooleanField(
        _("preferences"),
        default=True,
        help_text=_("Where an invitation respects what its client wishes."),
    )
    lead_time = models.PositiveIntegerField(
        _("lead time"),
        default=0,
        validators=[MaxValueValidator(MINUTES_OF_A_YEAR)],
        help_text=_("Minutes that guests book ahead at least, where the work type does not say."),
    )
    horizon = models.PositiveIntegerField(
        _("horizon"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_OF_A_YEAR)],
        help_text=_("Minutes that guests book ahead at most, where the work type does not say."),
    )
    resource_per_day = _cap(_("appointments of a resource per day"))
    resource_per_week = _cap(_("appointments of a resource per week"))
    invitation_per_day = _cap(_("appointments by an invitation per day"))
    invitation_per_week = _cap(_("appointments by an invitation per week"))
    takes = models.CharField(
        _("of several hosts"), max_length=10, choices=Takes, default=Takes.FEWEST
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

    def clean(self) -> None:
        others = SchedulingPolicy.objects.filter(is_default=True).exclude(pk=self.pk)
        if self.is_default and (other := others.first()):
            words = _("“%(name)s” is the default one. Take that off first.")
            raise ValidationError({"is_default": ValidationError(words, params={"name": other})})

    @property
    def caps_hosts(self) -> bool:
        return self.resource_per_day is not None or self.resource_per_week is not None

    @property
    def caps_invitations(self) -> bool:
        return self.invitation_per_day is not None or self.invitation_per_week is not None

    @property
    def refuses_outdated(self) -> bool:
        """Whether foreign calendars that were not read for long close everything."""
        return self.uses_foreign_calendars and self.foreign_hours_old is not None
