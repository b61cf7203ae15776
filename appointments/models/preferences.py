"""Whom clients would like to meet, and whom not."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.clients import Client
from scheduling.models import ServiceResource


class ResourcePreference(models.Model):
    """How a client stands to a service resource. Where any is required, all others are excluded."""

    class Kind(models.TextChoices):
        PREFERRED = "preferred", _("Preferred")
        REQUIRED = "required", _("Required")
        EXCLUDED = "excluded", _("Excluded")

    client = models.ForeignKey(
        Client,
        models.CASCADE,
        related_name="resource_preferences",
        verbose_name=_("client"),
    )
    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="client_preferences",
        verbose_name=_("service resource"),
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind,
        default=Kind.PREFERRED,
        help_text=_("Where any is required, nobody else takes part."),
    )

    class Meta:
        verbose_name = _("resource preference")
        verbose_name_plural = _("resource preferences")
        ordering = ["client", "kind", "service_resource"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "service_resource"],
                name="resource_preference_unique",
                violation_error_message=_("This client has a preference about them already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.client}: {self.service_resource}, {self.get_kind_display()}"
