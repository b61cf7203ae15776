"""Customer websites on which invitations open."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

_is_url = URLValidator(schemes=["https", "http"])


def origins(text: str) -> None:
    """Raise ValidationError unless each line is an origin like “https://www.example.com”."""
    for line in text.split():
        try:
            _is_url(line)
            parts = urlsplit(line)
        except (ValidationError, ValueError):
            parts = None
        if parts is None or f"{parts.scheme}://{parts.netloc}" != line or "@" in line:
            raise ValidationError(
                _("“%(line)s” is no origin. Write one like “https://www.example.com” per line."),
                params={"line": line},
            )


class CustomerWebsiteQuerySet(models.QuerySet["CustomerWebsite"]):
    def of_appointment(self, key: str) -> Self:
        """The one that an appointment was booked through, if any, by the key of its page; with
        the ``language`` of that booking."""
        found = self.filter(invitations__bookings__appointment__key=key)
        return found.annotate(language=F("invitations__bookings__appointment__language"))


class CustomerWebsite(models.Model):
    """A customer's own site; its page opens an invitation by ``?invitationKey=`` (rule L1)."""

    language: str
    """In which the guest of an appointment booked; only there with ``of_appointment()``."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    page_url = models.URLField(
        _("page"),
        max_length=500,
        validators=[_is_url],
        help_text=_("The address of the page on which guests book."),
    )
    allowed_origins = models.TextField(
        _("allowed origins"),
        blank=True,
        validators=[origins],
        help_text=_("Who may show the booking pages in a frame, one per line."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = CustomerWebsiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer website")
        verbose_name_plural = _("customer websites")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
