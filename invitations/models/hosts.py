"""Whose time an invitation offers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.models import ServiceResource


class InvitationHost(models.Model):
    """A resource whose time an invitation offers, in the order of the invitation.

    One that is optional is invited to what is booked, whether free or not.
    """

    class Role(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        REQUIRED = "required", _("Required")
        OPTIONAL = "optional", _("Optional")

    invitation = models.ForeignKey(
        "invitations.Invitation",
        models.CASCADE,
        related_name="hosts",
        verbose_name=_("invitation"),
    )
    service_resource = models.ForeignKey(
        ServiceResource,
        models.PROTECT,
        related_name="invitation_hosts",
        verbose_name=_("service resource"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.REQUIRED)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["invitation", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "service_resource"],
                name="invitation_host_unique",
                violation_error_message=_("This resource is a host already."),
            ),
            models.UniqueConstraint(
                fields=["invitation", "position"],
                name="invitation_host_unique_position",
                violation_error_message=_("Two hosts have the same position."),
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(role="primary"),
                name="invitation_host_one_primary",
                violation_error_message=_("An invitation has one primary host."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_resource}"


class Invited(NamedTuple):
    """Whose time an invitation offers, the primary one first, and who is invited beside."""

    hosts: tuple[ServiceResource, ...]
    optional: tuple[ServiceResource, ...]

    @classmethod
    def of(cls, rows: Iterable[InvitationHost]) -> Invited:
        """From rows in order, with their resources."""
        found: dict[bool, list[ServiceResource]] = {False: [], True: []}
        for row in rows:
            found[row.role == InvitationHost.Role.OPTIONAL].append(row.service_resource)
        return cls(tuple(found[False]), tuple(found[True]))
