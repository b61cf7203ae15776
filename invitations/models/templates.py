"""Templates: what the flow that generates an invitation starts from."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import AppointmentType
from invitations.models.audience import Audience
from invitations.models.guest_side import GuestSide
from invitations.models.websites import CustomerWebsite
from invitations.spans import SpanModelField
from scheduling.models import (
    SchedulingPolicy,
    ServiceResource,
    Territory,
    WorkType,
    WorkTypeGroup,
)


class Lockable(models.TextChoices):
    """What a template may fix, by the names of the flow's fields."""

    TAKING_PART = "taking_part", _("Who takes part")
    WORK = "work", _("What it is about")
    TERRITORY = "territory", _("Territory")
    APPOINTMENT_TYPE = "appointment_type", _("Appointment type")
    WEBSITE = "website", _("Customer website")
    FROM = "from", _("From")
    UNTIL = "until", _("Until")
    EXPIRY = "expiry", _("Link expires after")
    MAX_BOOKINGS = "max_bookings", _("Maximum bookings")
    MAX_PER_GUEST = "max_per_guest", _("Bookings per guest")
    AUDIENCE = "audience", _("Open to")
    ALLOWS_EXTENDED_HOURS = "allows_extended_hours", _("Offer extended hours")
    SCHEDULING_POLICY = "scheduling_policy", _("Scheduling policy")
    MESSAGE = "message", _("Personal message")


class InvitationTemplateQuerySet(models.QuerySet["InvitationTemplate"]):
    def offered_to(self, resources: models.QuerySet[ServiceResource]) -> Self:
        """The office's, and those of any of the resources."""
        return self.filter(Q(owner=None) | Q(owner__in=resources), is_active=True)


class InvitationTemplate(GuestSide):
    """Presets for invitations. Without an owner it is the office's, for everybody.

    ``locked`` names what the flow must leave as the template says it.
    """

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Stands in links that start the flow.")
    )
    owner = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="invitation_templates",
        null=True,
        blank=True,
        verbose_name=_("belongs to"),
        help_text=_("Leave empty to offer it to everybody."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    any_host = models.BooleanField(
        _("any one of the hosts"),
        default=False,
        help_text=_("Otherwise all hosts take part."),
    )
    topic = models.ForeignKey(
        WorkTypeGroup,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("topic"),
    )
    work_type = models.ForeignKey(
        WorkType,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("work type"),
        help_text=_("One kind of work instead of a topic."),
    )
    territory = models.ForeignKey(
        Territory,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("territory"),
    )
    appointment_type = models.CharField(
        _("appointment type"),
        max_length=10,
        choices=AppointmentType,
        default=AppointmentType.IN_PERSON,
    )
    website = models.ForeignKey(
        CustomerWebsite,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("customer website"),
    )
    from_in = SpanModelField(
        _("from"), blank=True, help_text=_("So long after the day it is generated; empty: at once.")
    )
    until_after = SpanModelField(
        _("for"), blank=True, help_text=_("So long from the first day on; empty: no end.")
    )
    expires_in = SpanModelField(
        _("link expires after"),
        blank=True,
        help_text=_("So long after the day it is generated; empty: with the last day."),
    )
    max_bookings = models.PositiveIntegerField(_("maximum bookings"), null=True, blank=True)
    max_per_guest = models.PositiveIntegerField(_("bookings per guest"), null=True, blank=True)
    audience = models.CharField(
        _("open to"), max_length=10, choices=Audience, default=Audience.ANYONE
    )
    allows_extended_hours = models.BooleanField(
        _("offer extended hours"),
        default=False,
        help_text=_("Beside the usual ones, where operating hours have any."),
    )
    scheduling_policy = models.ForeignKey(
        SchedulingPolicy,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("scheduling policy"),
        help_text=_("Leave empty to use that of the work."),
    )
    message = models.TextField(_("personal message"), max_length=1000, blank=True)
    locked = models.JSONField(_("fixed"), default=list, blank=True)
    skips_preview = models.BooleanField(
        _("skip the preview"), default=False, help_text=_("The last step creates the invitation.")
    )

    objects = InvitationTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation template")
        verbose_name_plural = _("invitation templates")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=True) | Q(work_type__isnull=True),
                name="invitation_template_topic_or_work_type",
                violation_error_message=_("Choose a topic or a work type, not both."),
            ),
            models.CheckConstraint(
                condition=(Q(max_bookings__isnull=True) | Q(max_bookings__gte=1))
                & (Q(max_per_guest__isnull=True) | Q(max_per_guest__gte=1)),
                name="invitation_template_limits_positive",
                violation_error_message=_("Allow at least one booking."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResourceDefaults(models.Model):
    """What the flow starts from for one resource."""

    service_resource = models.OneToOneField(
        ServiceResource,
        models.CASCADE,
        related_name="invitation_defaults",
        verbose_name=_("service resource"),
    )
    topic = models.ForeignKey(
        WorkTypeGroup,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("usual topic"),
    )
    territory = models.ForeignKey(
        Territory,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("usual territory"),
    )
    template = models.ForeignKey(
        InvitationTemplate,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("template for one click"),
        help_text=_("A button on the resource’s page generates an invitation by it at once."),
    )

    class Meta:
        verbose_name = _("usual invitation")
        verbose_name_plural = _("usual invitations")

    def __str__(self) -> str:
        return str(self.service_resource)
