"""Tables of prospects that were uploaded, until they are imported."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from invitations.models.lists import ProspectList

KEPT_FOR = timedelta(days=1)


class RecipientUploadQuerySet(models.QuerySet["RecipientUpload"]):
    def outdated(self, now: datetime) -> Self:
        """Those that nobody came back to."""
        return self.filter(created_at__lt=now - KEPT_FOR)


class RecipientUpload(models.Model):
    """A table whose import was not confirmed yet: ``rows`` are ``[number, [cell, …]]``.

    It goes away with the import, or after a day.
    """

    prospect_list = models.ForeignKey(
        ProspectList, models.CASCADE, related_name="uploads", verbose_name=_("list")
    )
    rows = models.JSONField(_("rows"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = RecipientUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.prospect_list}"
