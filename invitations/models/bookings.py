"""What was booked by invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment, Client, Status
from appointments.models.addresses import folded


class InvitationBookingQuerySet(models.QuerySet["InvitationBooking"]):
    def counting(self, since: datetime) -> Self:
        """Those whose appointment uses up the invitation (rule B6).

        All but the cancelled, and those that lapsed by ``since``, which is now less GRACE.
        """
        return self.unlapsed(since).filter(~Q(appointment__status=Status.CANCELLED))

    def with_origin(self) -> Self:
        """With invitation and key, and the recipient whose the key is."""
        return self.select_related(
            "invitation__topic", "invitation__work_type", "key__recipient__prospect_list"
        )

    def unlapsed(self, since: datetime) -> Self:
        """Without those whose guest did not confirm them by ``since``, released by now or not."""
        confirmed = Q(appointment__confirm_until=None)
        return self.filter(confirmed | Q(appointment__confirm_until__gt=since))

    def of_guest(self, client: Client | None, email: str) -> Self:
        """Those of one guest: of a known client, else of an e-mail address in any case.

        A client's own are also those that were booked with the address it has proved.
        """
        if client is not None:
            return self.filter(appointment__in=Appointment.objects.of_client(client).values("pk"))
        whose = Client.objects.proven().with_address(email).values("pk")
        by_address = Q(appointment__email__folded=folded(email))
        return self.filter(by_address | Q(appointment__client__in=whose))


class InvitationBooking(models.Model):
    """That an appointment was booked by an invitation, and through which of its keys."""

    invitation = models.ForeignKey(
        "invitations.Invitation",
        models.PROTECT,
        related_name="bookings",
        verbose_name=_("invitation"),
    )
    key = models.ForeignKey(
        "invitations.InvitationKey", models.PROTECT, related_name="bookings", verbose_name=_("key")
    )
    appointment = models.OneToOneField(
        Appointment,
        models.CASCADE,
        related_name="invitation_booking",
        verbose_name=_("appointment"),
    )

    objects = InvitationBookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.appointment}"


def uses_of(invitation: str, since: datetime) -> Coalesce:
    """How many appointments use up the invitation with the key ``invitation`` (rule B6).

    ``since`` is now less GRACE.
    """
    counting = InvitationBooking.objects.counting(since).filter(invitation=OuterRef(invitation))
    count = counting.order_by().values("invitation").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count), 0)


def last_booked(invitation: str) -> Subquery:
    """When something was last booked by the invitation with the key ``invitation``."""
    booked = InvitationBooking.objects.filter(invitation=OuterRef(invitation)).order_by()
    last = booked.values("invitation").annotate(at=Max("appointment__created_at"))
    return Subquery(last.values("at"))
