"""Customer websites on which invitations open."""

from __future__ import annotations

import secrets
from typing import Self
from urllib.parse import urlsplit

import idna
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

_is_url = URLValidator(schemes=["https", "http"])
DEFAULT_PORTS = {"https": 443, "http": 80}


def origin_of(address: str) -> str:
    """The origin of an address as browsers write it. Raises ValueError."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    if ":" in host:
        host = f"[{host}]"
    usual = parts.port in (None, DEFAULT_PORTS.get(parts.scheme))
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


def normal_origins(text: str) -> str:
    """One origin per line, each once, as browsers write it; what is none stays as it was typed."""
    return "\n".join(dict.fromkeys(_normal(line) for line in text.split()))


def _normal(line: str) -> str:
    """The origin in a line that says no more than that, else the line."""
    try:
        parts = urlsplit(line)
        says_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        return line if says_more else origin_of(line)
    except ValueError:
        return line


def origins(text: str) -> None:
    """Raise ValidationError unless each line is an origin like “https://www.example.com”."""
    for line in text.split():
        try:
            _is_url(line)
            is_one = origin_of(line) == line
        except (ValidationError, ValueError):
            is_one = False
        if not is_one:
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
    prefill_secret = models.CharField(
        _("secret for prefilling"), max_length=64, blank=True, editable=False
    )

    objects = CustomerWebsiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer website")
        verbose_name_plural = _("customer websites")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def renew_secret(self) -> None:
        """A fresh secret, of 256 random bits; tokens signed with the former one end at once."""
        self.prefill_secret = secrets.token_urlsafe(32)
        self.save(update_fields=["prefill_secret"])

    def may_frame_itself(self) -> bool:
        """Whether the page’s own origin is allowed to show the booking pages."""
        return origin_of(self.page_url) in self.allowed_origins.split()
