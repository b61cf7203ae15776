"""Lists of prospects who are invited under the same criteria."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import GRACE
from invitations.models.bookings import uses_of
from invitations.models.invitations import Invitation
from scheduling.models import ServiceResource
from scheduling.prepared import prepared

MOST_NUDGES = 2


class ProspectListQuerySet(models.QuerySet["ProspectList"]):
    def of_resources(self, resources: models.QuerySet[ServiceResource]) -> Self:
        """Those whose invitation any of the resources is a host of, or owns."""
        invitations = Invitation.objects.of_resources(resources)
        return self.filter(invitation__in=invitations.values("pk"))

    def with_invitation(self, now: datetime) -> Self:
        """With the invitation's criteria, and how many appointments use it up as ``uses``."""
        return self.select_related(
            "invitation__topic",
            "invitation__work_type",
            "invitation__territory__operating_hours",
            "invitation__website",
            "invitation__owner",
        ).annotate(uses=uses_of("invitation", now - GRACE))


class ProspectList(models.Model):
    """Prospects who are written to, each with a link of their own to one invitation.

    ``subject`` and ``message`` may name what is known of each, in braces
    (``invitations.prospects.merge_fields``). ``started_at`` is when sending was first asked
    for; while ``paused_at`` is set, nothing goes out. ``checked_at`` is when it was last asked
    whether anything is free, ``dry_since`` since when nothing is
    (``invitations.prospects.dry_lists``).
    """

    uses: int
    """How many appointments use its invitation up; only there ``with_invitation()``."""

    invitation = models.OneToOneField(
        Invitation,
        models.PROTECT,
        related_name="prospect_list",
        verbose_name=_("invitation"),
    )
    name = models.CharField(_("name"), max_length=100)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    message = models.TextField(_("letter"), max_length=4000, blank=True)
    locks_contact = models.BooleanField(
        _("name and address are fixed"),
        default=False,
        help_text=_("Prospects book as they stand on the list, and can’t say anything else."),
    )
    per_minute = models.PositiveSmallIntegerField(
        _("mails per minute"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
    )
    nudges = models.PositiveSmallIntegerField(
        _("reminders"),
        default=0,
        validators=[MaxValueValidator(MOST_NUDGES)],
        help_text=_("How often somebody who has not booked is written to again."),
    )
    nudge_days = models.PositiveSmallIntegerField(
        _("days between"), default=7, validators=[MinValueValidator(1)]
    )
    started_at = models.DateTimeField(_("sent from"), null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    dry_since = models.DateTimeField(_("nothing free since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("created by"),
    )

    objects = ProspectListQuerySet.as_manager()

    class Meta:
        verbose_name = _("prospect list")
        verbose_name_plural = _("prospect lists")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nudges__lte=MOST_NUDGES),
                name="prospect_list_few_nudges",
                violation_error_message=_("Write to nobody more often than that."),
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1) & Q(nudge_days__gte=1),
                name="prospect_list_goes_on",
                violation_error_message=_("Write at least one mail a minute, a day apart."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def lock(cls, key: int) -> ProspectList:
        """The list with this key, locked until the transaction ends. Raises DoesNotExist."""
        for found in _locked(key):
            return found
        raise cls.DoesNotExist


@prepared
def _locked(key: int) -> models.QuerySet[ProspectList]:
    return ProspectList.objects.filter(pk=key).select_for_update(no_key=True)
