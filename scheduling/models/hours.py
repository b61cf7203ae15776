"""Weekly patterns and the days on which they do not hold."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

MIDNIGHT = datetime.time(0)
MOST_PLACES = 1000


def whole_minute(time: datetime.time) -> None:
    """Raise ValidationError for a time with seconds (rule T1)."""
    if time.second or time.microsecond:
        raise ValidationError(_("Use whole minutes."))


class DayOfWeek(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OperatingHours(models.Model):
    """A named weekly pattern with its own time zone, made of time slots."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = TimeZoneField(
        _("time zone"), help_text=_("The wall clock that the time slots are read on.")
    )

    class Meta:
        verbose_name = _("operating hours")
        verbose_name_plural = _("operating hours")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TimeSlot(models.Model):
    """A span of local time on one weekday. An end of 00:00 is midnight at the day's end (T2)."""

    class Type(models.TextChoices):
        NORMAL = "normal", _("Normal")
        EXTENDED = "extended", _("Extended")

    operating_hours = models.ForeignKey(
        OperatingHours, models.CASCADE, related_name="time_slots", verbose_name=_("operating hours")
    )
    day_of_week = models.PositiveSmallIntegerField(_("weekday"), choices=DayOfWeek)
    start_time = models.TimeField(_("from"), validators=[whole_minute])
    end_time = models.TimeField(
        _("to"), validators=[whole_minute], help_text=_("00:00 is midnight at the end of the day.")
    )
    type = models.CharField(
        _("type"),
        max_length=10,
        choices=Type,
        default=Type.NORMAL,
        help_text=_("Extended time is offered by invitations that allow it only."),
    )
    maximum_appointments = models.PositiveSmallIntegerField(
        _("maximum appointments"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
        help_text=_("How many of one resource may run at once. Leave empty for one."),
    )
    topics = models.ManyToManyField(
        "scheduling.WorkTypeGroup",
        related_name="time_slots",
        blank=True,
        verbose_name=_("topics"),
        help_text=_("Only for these topics. Leave empty for all."),
    )

    class Meta:
        verbose_name = _("time slot")
        verbose_name_plural = _("time slots")
        ordering = ["operating_hours", "day_of_week", "start_time"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_time__gt=F("start_time")) | Q(end_time=MIDNIGHT),
                name="time_slot_ends_after_start",
                violation_error_message=_("The time slot must end after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(day_of_week__lte=6),
                name="time_slot_day_of_week_valid",
                violation_error_message=_("Choose a weekday."),
            ),
            models.CheckConstraint(
                condition=Q(maximum_appointments__isnull=True)
                | Q(maximum_appointments__range=(1, MOST_PLACES)),
                name="time_slot_maximum_appointments_valid",
                violation_error_message=_("Between 1 and 1000 appointments run at once."),
            ),
        ]

    def __str__(self) -> str:
        day = DayOfWeek(self.day_of_week).label
        return f"{day} {self.start_time:%H:%M}–{self.end_time:%H:%M}"


class Holiday(models.Model):
    """A date, in the zone of the operating hours, on which these hours do not hold (T4).

    Of a part of the day, from ``start_time`` to ``end_time`` on the wall clock; an end of 00:00 is
    midnight at the day's end (T2).
    """

    operating_hours = models.ForeignKey(
        OperatingHours, models.CASCADE, related_name="holidays", verbose_name=_("operating hours")
    )
    date = models.DateField(_("date"))
    start_time = models.TimeField(
        _("from"),
        null=True,
        blank=True,
        validators=[whole_minute],
        help_text=_("Leave both times empty for the whole day."),
    )
    end_time = models.TimeField(
        _("to"),
        null=True,
        blank=True,
        validators=[whole_minute],
        help_text=_("00:00 is midnight at the end of the day."),
    )
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date", "operating_hours"]
        constraints = [
            models.UniqueConstraint(
                fields=["operating_hours", "date"],
                condition=Q(start_time=None),
                name="holiday_unique_date",
                violation_error_message=_("This date is a holiday of these hours already."),
            ),
            models.CheckConstraint(
                condition=Q(start_time=None, end_time=None)
                | Q(start_time__isnull=False, end_time__isnull=False)
                & (Q(end_time__gt=F("start_time")) | Q(end_time=MIDNIGHT)),
                name="holiday_ends_after_start",
                violation_error_message=_("Give both times, the end after the start, or none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.date:%Y-%m-%d})"
