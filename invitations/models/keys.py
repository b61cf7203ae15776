"""What stands in the URLs of invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from appointments.models import Client, new_key
from invitations.models.bookings import uses_of
from invitations.models.invitations import Invitation


class InvitationKeyQuerySet(models.QuerySet["InvitationKey"]):
    def for_everybody(self) -> Self:
        """Those that are no client's own."""
        return self.filter(client=None)

    def of_client(self, client: Client) -> Self:
        """The client's own, the latest first."""
        return self.filter(client=client).order_by("-pk")

    def for_guest(self, since: datetime) -> Self:
        """With client, invitation, topic, territory, website and, if limited, ``uses``, in a query.

        ``since`` is now less GRACE.
        """
        limited = When(invitation__max_bookings__isnull=False, then=uses_of("invitation", since))
        return self.select_related(
            "client",
            "invitation__topic",
            "invitation__territory__operating_hours",
            "invitation__website",
        ).annotate(uses=Case(limited, default=0))


class InvitationKey(models.Model):
    """What stands in an invitation's URL. With a client, the link is personal (rules L1, L8)."""

    uses: int
    """How many appointments use the invitation up, 0 where any number may; with ``for_guest()``."""

    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="keys", verbose_name=_("invitation")
    )
    key = models.CharField(_("key"), max_length=64, unique=True, default=new_key, editable=False)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        related_name="invitation_keys",
        null=True,
        blank=True,
        verbose_name=_("for client"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = InvitationKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "client"],
                name="invitation_key_unique_client",
                violation_error_message=_("This client has a link of this invitation already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.invitation}"
