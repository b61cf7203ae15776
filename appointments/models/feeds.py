"""Addresses under which a resource's calendar can be subscribed to."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import new_key
from scheduling.models import ServiceResource


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoked_at=None)

    def answering(self) -> Self:
        """The live ones of resources who still work."""
        return self.live().filter(service_resource__is_active=True)

    def revoke(self, now: datetime) -> int:
        """Let them answer no longer; returns how many did until now."""
        return self.live().update(revoked_at=now)


class CalendarFeed(models.Model):
    """One secret address of a resource's calendar; whoever knows it may read what it says."""

    class Kind(models.TextChoices):
        FULL = "full", _("Appointments with guests’ names")
        BUSY = "busy", _("Only when somebody is busy")

    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="calendar_feeds",
        verbose_name=_("service resource"),
    )
    kind = models.CharField(_("what it says"), max_length=10, choices=Kind)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.service_resource}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("calendar_feed", args=[self.key])
