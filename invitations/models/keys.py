"""What stands in the URLs of invitations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, When
from django.utils.translation import gettext_lazy as _

from appointments.models import Client, new_key
from invitations.models.bookings import uses_of
from invitations.models.closed import Closed
from invitations.models.invitations import ENDS, Invitation

if TYPE_CHECKING:
    from invitations.models.recipients import Recipient


class InvitationKeyQuerySet(models.QuerySet["InvitationKey"]):
    def for_everybody(self) -> Self:
        """Those that are nobody's own."""
        return self.filter(client=None, recipient=None)

    def beside_lists(self) -> Self:
        """Without those of recipients, of whom there may be thousands."""
        return self.filter(recipient=None)

    def of_client(self, client: Client) -> Self:
        """The client's own, the latest first."""
        return self.filter(client=client).order_by("-pk")

    def with_open_link(self, now: datetime) -> Self:
        """Those by which somebody may book at an instant, with what and with whom."""
        return (
            self.with_marks()
            .filter(invitation__in=Invitation.objects.in_state(None, now), withdrawn_at=None)
            .select_related(
                "invitation__topic", "invitation__work_type", "invitation__scheduling_policy"
            )
            .prefetch_related("invitation__hosts__service_resource")
        )

    def for_guest(self, since: datetime) -> Self:
        """With whose it is, invitation, topic, territory, website and, if limited, ``uses``, when
        what happened to its recipient, and whether their list locks their contact, in a query.

        ``since`` is now less GRACE.
        """
        limited = When(invitation__max_bookings__isnull=False, then=uses_of("invitation", since))
        return (
            self.with_marks()
            .select_related(
                "client",
                "recipient",
                "invitation__topic",
                "invitation__territory__operating_hours",
                "invitation__website",
                "invitation__scheduling_policy",
            )
            .annotate(
                uses=Case(limited, default=0),
                locks_contact=F("recipient__prospect_list__locks_contact"),
            )
        )

    def with_marks(self) -> Self:
        """With the times of its recipient's marks, None where there is none."""
        kinds = ("fetched", "opened", "withdrawn")
        marks = {kind: _marked(kind) for kind in kinds}
        return self.annotate(**marks).annotate(**{f"{kind}_at": F(f"{kind}__at") for kind in kinds})

    def pass_on(self, client: Client) -> None:
        """Make them a client's: a second one where there is one of that invitation (rule L3)."""
        known = InvitationKey.objects.of_client(client).order_by().values("invitation")
        self.filter(invitation__in=known).update(client=client, is_second=True)
        self.update(client=client)


class InvitationKey(models.Model):
    """What stands in an invitation's URL. A client's or recipient's is personal (rules L1, L8).

    ``is_second`` says that the client has another one, since each of two records that were merged
    had a link: neither may be dead (rule L3). ``extended_until`` is a last day of its own, in the
    invitation's zone, where it was given more time than the others.
    """

    uses: int
    """How many appointments use the invitation up, 0 where any number may; with ``for_guest()``."""

    locks_contact: bool | None
    """Whether its recipient books as they stand on the list, None of others; ``for_guest()``."""

    fetched_at: datetime | None
    opened_at: datetime | None
    withdrawn_at: datetime | None
    """When that first happened to its recipient (``RecipientMark``); with ``with_marks()``."""

    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="keys", verbose_name=_("invitation")
    )
    key = models.CharField(_("key"), max_length=64, unique=True, default=new_key, editable=False)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        related_name="invitation_keys",
        null=True,
        blank=True,
        verbose_name=_("for client"),
    )
    is_second = models.BooleanField(_("second link"), default=False, editable=False)
    extended_until = models.DateField(_("extended until"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = InvitationKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "client"],
                condition=Q(is_second=False),
                name="invitation_key_unique_client",
                violation_error_message=_("This client has a link of this invitation already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.invitation}"

    @property
    def of_recipient(self) -> Recipient | None:
        """On whose line of a list it stands, None for all other links."""
        return getattr(self, "recipient", None)

    @property
    def person(self) -> Client | Recipient | None:
        """Whom it books for: a client, else a recipient who is none; None where it is nobody's."""
        return self.client or self.of_recipient

    def lengthen(self, invitation: Invitation) -> None:
        """Give its invitation, as it was read, the last days of this link; not to be saved then."""
        if self.extended_until is not None:
            for name in ENDS:
                present = getattr(invitation, name)
                if present is not None:
                    setattr(invitation, name, max(present, self.extended_until))

    def closed(self, now: datetime) -> Closed | None:
        """Why it is closed at an instant, None while it is open. It comes ``for_guest()``."""
        if self.withdrawn_at is not None:
            return Closed.WITHDRAWN
        return self.invitation.closed(now, self.uses)


def _marked(kind: str) -> FilteredRelation:
    """The one mark of a kind; kinds are those of ``RecipientMark``, which knows keys."""
    return FilteredRelation("recipient__marks", condition=Q(recipient__marks__kind=kind))
