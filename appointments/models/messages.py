"""Messages owed (rule M1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.appointments import Appointment


class MessageKind(models.TextChoices):
    """What an outbox message says; the comment names the row it is about."""

    GUEST_BOOKED = "guest_booked", _("Confirmation to the guest")  # appointment
    RESOURCE_BOOKED = "resource_booked", _("Notice to the resource")  # assignment
    GUEST_REMINDER = "guest_reminder", _("Reminder to the guest")  # appointment
    GUEST_CONFIRM = "guest_confirm", _("Request to the guest to confirm")  # appointment
    GUEST_CANCELLED = "guest_cancelled", _("Cancellation to the guest")  # appointment
    GUEST_MOVED = "guest_moved", _("New time to the guest")  # appointment
    RESOURCE_MOVED = "resource_moved", _("New time to the resource")  # assignment
    GUEST_REASSIGNED = "guest_reassigned", _("New host to the guest")  # appointment
    RESOURCE_RELEASED = "resource_released", _("To a resource replaced by another")  # event
    GUEST_CHANGED = "guest_changed", _("Changed details to the guest")  # appointment
    RESOURCE_CHANGED = "resource_changed", _("Changed details to the resource")  # assignment
    RESOURCE_CANCELLED = "resource_cancelled", _("Cancellation to the resource")  # assignment

    @property
    def is_to_guest(self) -> bool:
        return self.startswith("guest_")


KINDS: dict[str, Any] = dict(MessageKind.choices)
"""Every kind in words; an app that owns kinds adds them."""


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> Self:
        return self.filter(result="")

    def about(self, appointment: Appointment) -> Self:
        """All that were ever owed about one appointment."""
        released = {MessageKind.RESOURCE_RELEASED}
        to_guest = {kind for kind in MessageKind if kind.is_to_guest}
        to_resource = set(MessageKind) - to_guest - released
        return self.filter(
            Q(kind__in=to_guest, object_id=appointment.pk)
            | Q(kind__in=released, object_id__in=appointment.events.values("pk"))
            | Q(kind__in=to_resource, object_id__in=appointment.assignments.values("pk"))
        )

    def unsent(self) -> Self:
        """Waiting, or failed so that they may be tried again."""
        return self.filter(result__in=["", OutboxMessage.Result.PARKED])

    def due(self, now: datetime) -> Self:
        """Waiting, not held back or too early, and not in the hands of another worker."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return (
            self.waiting()
            .filter(free, is_held=False, not_before__lte=now)
            .order_by("not_before", "pk")
        )

    def parked(self) -> Self:
        return self.filter(result=OutboxMessage.Result.PARKED)

    def drop(self, now: datetime) -> int:
        """Take them back, in the open transaction; returns how many.

        One that a worker has in hand at this moment is its renderer's to drop.
        """
        dropped = OutboxMessage.Result.DROPPED
        return self.update(result=dropped, finished_at=now, leased_until=None)


class OutboxMessage(models.Model):
    """A message owed, written in the transaction that owes it (rule M1).

    ``kind`` names who renders it, ``object_id`` the row it is about; nothing else is kept, so
    that the message is made from the rows as they are when it is sent. One that ``is_held`` waits
    until whoever held it back lets it go. ``recipient`` is a keyed
    hash of the guest whom it was sent to, and ``copied_to`` of who gets a copy, as mails to one
    person are limited. ``delivered_to`` are those of several recipients who have it while others
    are still to get it.
    """

    class Result(models.TextChoices):
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("No longer needed")
        PARKED = "parked", _("Failed")

    kind = models.CharField(_("kind"), max_length=50)
    object_id = models.PositiveBigIntegerField(_("about"))
    not_before = models.DateTimeField(_("not before"))
    is_held = models.BooleanField(_("held back"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    leased_until = models.DateTimeField(_("in hand until"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    recipient = models.CharField(max_length=64, blank=True, editable=False)
    copied_to = models.CharField(max_length=64, blank=True, editable=False)
    delivered_to = models.JSONField(default=list, blank=True, editable=False)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=Q(result="", is_held=False),
                name="outbox_waiting",
            ),
            models.Index(fields=["kind", "object_id"]),
            models.Index(
                fields=["recipient", "finished_at"],
                condition=~Q(recipient=""),
                name="outbox_sent_to_guest",
            ),
            models.Index(
                fields=["copied_to", "not_before"],
                condition=~Q(copied_to=""),
                name="outbox_copied_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{KINDS.get(self.kind, self.kind)} {self.object_id}"

    @property
    def what(self) -> str:
        """What it says, in words."""
        return str(KINDS.get(self.kind, self.kind))
