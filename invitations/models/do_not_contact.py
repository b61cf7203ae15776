"""Addresses that asked for no more letters."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import OuterRef, Value
from django.utils.translation import gettext_lazy as _

from appointments.models.addresses import Folded


class DoNotContactQuerySet(models.QuerySet["DoNotContact"]):
    def with_address(self, email: str) -> Self:
        """The one of an address, in any case of its letters."""
        return self._with(Value(email))

    def of_outer(self, field: str) -> Self:
        """The one of the address in a field of the query around this one."""
        return self._with(OuterRef(field))

    def _with(self, email: Value | OuterRef) -> Self:
        return self.annotate(address=Folded("email")).filter(address=Folded(email))


class DoNotContact(models.Model):
    """An address to which no letters go, from nobody of this office."""

    email = models.EmailField(_("e-mail address"))
    at = models.DateTimeField(_("since"), auto_now_add=True)
    recipient = models.ForeignKey(
        "Recipient",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("unsubscribed from"),
    )

    objects = DoNotContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("address not to contact")
        verbose_name_plural = _("addresses not to contact")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Folded("email"),
                name="do_not_contact_once",
                violation_error_message=_("This address is not contacted already."),
            )
        ]

    def __str__(self) -> str:
        return self.email
