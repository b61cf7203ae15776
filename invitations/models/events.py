"""What happened to invitations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models import Event
from invitations.models.invitations import Invitation


class InvitationEvent(Event):
    """One thing that was done to an invitation, by whom and for whom.

    ``details`` of a change are the fields with their former and their new value, as texts.
    """

    class Kind(models.TextChoices):
        GENERATED = "generated", _("Generated")
        CHANGED = "changed", _("Changed")
        SWITCHED_OFF = "switched_off", _("Switched off")
        SWITCHED_ON = "switched_on", _("Switched on")
        RECIPIENTS_ADDED = "recipients_added", _("Recipients added to the list")
        RECIPIENTS_REMOVED = "recipients_removed", _("Recipients taken off the list")
        SENT = "sent", _("Letters sent")
        SENT_AGAIN = "sent_again", _("Letters sent again")
        REMINDED = "reminded", _("Reminders sent")
        LINKS_EXTENDED = "links_extended", _("Links of some extended")
        PAUSED = "paused", _("Sending paused")
        RESUMED = "resumed", _("Sending resumed")

    invitation = models.ForeignKey(
        Invitation, models.PROTECT, related_name="events", verbose_name=_("invitation")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M} UTC"
