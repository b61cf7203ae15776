"""Who works, where, and on whose behalf."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from scheduling.models.hours import OperatingHours
from scheduling.models.places import Territory
from scheduling.prepared import prepared

PORTRAIT_BYTES = 2 * 1024 * 1024


def small_enough(portrait: File[bytes]) -> None:
    """Raise ValidationError for a picture of more than 2 MB."""
    if portrait.size > PORTRAIT_BYTES:
        raise ValidationError(_("The picture is larger than 2 MB. Please choose a smaller one."))


class ServiceResourceQuerySet(models.QuerySet["ServiceResource"]):
    def named(self, name_or_email: str) -> Self:
        return self.filter(Q(name=name_or_email) | Q(email__iexact=name_or_email))


class ServiceResource(models.Model):
    """Someone whose time can be booked."""

    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(
        _("what they do"), max_length=150, blank=True, help_text=_("For example “Wealth manager”.")
    )
    description = models.TextField(
        _("public description"), blank=True, help_text=_("Shown to guests.")
    )
    portrait = models.ImageField(
        _("portrait"),
        upload_to="portraits/",
        blank=True,
        validators=[FileExtensionValidator(["jpg", "jpeg", "png", "webp"]), small_enough],
        help_text=_("A square picture. Without one, guests see the initials."),
    )
    email = models.EmailField(_("e-mail address"), unique=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    meeting_url = models.URLField(
        _("meeting room"), blank=True, help_text=_("The link that guests join video calls with.")
    )
    time_zone = TimeZoneField(_("time zone"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="service_resource",
        null=True,
        blank=True,
        verbose_name=_("log-in"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = ServiceResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service resource")
        verbose_name_plural = _("service resources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def lock(cls, keys: Collection[int]) -> dict[int, ServiceResource]:
        """Lock these rows in key order until the transaction ends, and return them by key.

        The order is the same everywhere, so that two bookings never wait for each other (B1).
        SQLite has no row locks: its transactions are IMMEDIATE and run one by one (B3).
        """
        return {row.pk: row for row in _locked(keys)}

    @property
    def initials(self) -> str:
        return initials_of(self.name)


def initials_of(name: str) -> str:
    """The first letters of the first and the last name, without titles like “Dr.”."""
    words = [word for word in name.split() if not word.endswith(".")]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


@prepared
def _locked(keys: Collection[int]) -> models.QuerySet[ServiceResource]:
    rows = ServiceResource.objects.filter(pk__in=keys)
    return rows.order_by("pk").select_for_update(no_key=True)


class Membership(models.Model):
    """A resource's work at a territory."""

    class Type(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        SECONDARY = "secondary", _("Secondary")
        RELOCATION = "relocation", _("Relocation")

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("service resource"),
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="memberships", verbose_name=_("territory")
    )
    type = models.CharField(
        _("type"),
        max_length=10,
        choices=Type,
        default=Type.PRIMARY,
        help_text=_("A relocation suspends the other memberships while it lasts."),
    )
    start_date = models.DateField(
        _("from"), null=True, blank=True, help_text=_("A date at the territory.")
    )
    end_date = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty for no end.")
    )
    operating_hours = models.ForeignKey(
        OperatingHours,
        models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
        verbose_name=_("own operating hours"),
        help_text=_("Leave empty to work whenever the territory is open."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["service_resource", "type", "territory"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__isnull=True)
                | Q(start_date__isnull=True)
                | Q(end_date__gte=F("start_date")),
                name="membership_ends_after_start",
                violation_error_message=_("The membership must not end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["service_resource"],
                condition=Q(type="primary"),
                name="membership_one_primary",
                violation_error_message=_("A resource has one primary territory."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_resource} – {self.territory}"

    def clean(self) -> None:
        if self.type == self.Type.RELOCATION and (not self.start_date or not self.end_date):
            raise ValidationError(_("A relocation needs a first and a last day."))


class AssistantGrant(models.Model):
    """A resource lets an assistant act on their behalf between two dates, both included."""

    service_resource = models.ForeignKey(
        ServiceResource,
        models.CASCADE,
        related_name="assistant_grants",
        verbose_name=_("service resource"),
    )
    assistant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="assistant_grants",
        verbose_name=_("assistant"),
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    can_generate_invitations = models.BooleanField(_("may generate invitations"), default=True)
    can_change_invitations = models.BooleanField(
        _("may change and switch off invitations"), default=True
    )
    can_see_appointments = models.BooleanField(_("may see appointments and guests"), default=True)
    can_change_appointments = models.BooleanField(
        _("may move and cancel appointments"),
        default=True,
        help_text=_("Of those that may be seen."),
    )
    gets_messages = models.BooleanField(
        _("gets a copy of the mails"),
        default=False,
        help_text=_("Of those about appointments, where they may be seen."),
    )

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        ordering = ["service_resource", "assistant"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="assistant_grant_ends_after_start",
                violation_error_message=_("The grant must not end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["service_resource", "assistant"],
                name="assistant_grant_unique",
                violation_error_message=_("This assistant has a grant already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assistant} for {self.service_resource}"

    def is_valid_on(self, day: datetime.date) -> bool:
        """Whether it holds on a date in the resource's zone."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
