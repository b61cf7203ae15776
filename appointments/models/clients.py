"""Customers who are known by name."""

from __future__ import annotations

from typing import Self

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.addresses import Folded, folded
from scheduling.models import OperatingHours


class ClientQuerySet(models.QuerySet["Client"]):
    def with_address(self, email: str) -> Self:
        """Those who are reached by an address, in any case of its letters, oldest first."""
        return self.filter(email__folded=folded(email)).order_by("pk")

    def proven(self) -> Self:
        """Those whose address is known to be read by whoever signs in with it."""
        return self.filter(verified_at__isnull=False)

    def of_user(self, user: User | AnonymousUser) -> Self:
        """Whose record the signed-in user opens: one or none. Staff sign in as staff alone."""
        if not user.is_authenticated or user.is_staff or not user.is_active:
            return self.none()
        proven = EmailAddress.objects.filter(user=user, verified=True)
        return (
            self.proven()
            .alias(address=Folded("email"))
            .filter(address__in=proven.values(address=Folded("email")))
        )


class Client(models.Model):
    """A customer who is known by name.

    ``verified_at`` is when its own e-mail address was last proved: by a code, by a link that only
    its mail says, or by a provider that vouches for it. Whoever signs in with that address opens
    this record, so only one of an address has it. Staff who change the address take it away.
    """

    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    visiting_hours = models.ForeignKey(
        OperatingHours,
        models.PROTECT,
        related_name="clients",
        null=True,
        blank=True,
        verbose_name=_("visiting hours"),
        help_text=_(
            "When they can come, or be visited; empty: at any time. Invitations keep to it where "
            "they say so."
        ),
    )
    verified_at = models.DateTimeField(_("address proved"), null=True, blank=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["last_name", "first_name"]
        indexes = [models.Index(Folded("email"), name="client_address")]
        constraints = [
            models.UniqueConstraint(
                Folded("email"),
                condition=Q(verified_at__isnull=False),
                name="client_one_per_proven_address",
                violation_error_message=_("Another client has proved to read this address."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
