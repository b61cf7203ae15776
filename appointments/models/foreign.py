"""Calendars that resources keep elsewhere, and the busy time in them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from urllib.parse import urlsplit

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scheduling.models import ServiceResource


class ForeignCalendarQuerySet(models.QuerySet["ForeignCalendar"]):
    def due(self, now: datetime) -> Self:
        """Those to be read again, the longest waiting first."""
        return self.filter(next_at__lte=now).order_by("next_at", "pk")


class ForeignCalendar(models.Model):
    """An address from which a resource's calendar is read (RFC 5545).

    ``etag`` and ``last_modified`` are what its server last said of it. ``read_at`` is when it was
    last read with success, ``known_until`` how far ahead; ``next_at`` is when it is asked for
    again, and while a worker does so, when it is given up on that worker. ``failures`` counts
    those in a row, and ``problem`` names the last. Whoever knows the address reads the calendar:
    it is shown to nobody.
    """

    class Problem(models.TextChoices):
        NONE = "", _("none")
        ADDRESS = "address", _("This address can’t be read from here.")
        ANSWER = "answer", _("The server did not answer with a calendar.")
        SIZE = "size", _("The calendar is too large.")
        CONTENT = "content", _("The calendar could not be read.")

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="foreign_calendars",
        verbose_name=_("service resource"),
    )
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(
        _("address"), max_length=500, help_text=_("The secret address in iCal format.")
    )
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True, editable=False)
    known_until = models.DateTimeField(null=True, blank=True, editable=False)
    next_at = models.DateTimeField(default=timezone.now, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(
        _("problem"), max_length=10, choices=Problem, blank=True, editable=False
    )

    objects = ForeignCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("foreign calendar")
        verbose_name_plural = _("foreign calendars")
        ordering = ["service_resource", "name"]
        indexes = [models.Index(fields=["next_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["service_resource", "url"],
                name="foreign_calendar_unique",
                violation_error_message=_("This calendar is there already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.name}"

    @property
    def host(self) -> str:
        """What may be said of the address."""
        return urlsplit(self.url).hostname or ""


class BusyTimeQuerySet(models.QuerySet["BusyTime"]):
    def overlapping(self, start: datetime | OuterRef, end: datetime | OuterRef) -> Self:
        return self.filter(start__lt=end, end__gt=start)


class BusyTime(models.Model):
    """Time that a foreign calendar holds, without a word about what for."""

    calendar = models.ForeignKey(
        ForeignCalendar, models.CASCADE, related_name="busy_times", verbose_name=_("calendar")
    )
    start = models.DateTimeField(_("from"))
    end = models.DateTimeField(_("until"))

    objects = BusyTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("busy time")
        verbose_name_plural = _("busy times")
        ordering = ["start"]
        indexes = [models.Index(fields=["calendar", "end"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="busy_time_ends_after_start",
                violation_error_message=_("The busy time must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar}"
