"""Invitations: the criteria that a link carries, and whose time it offers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.apps import apps
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from appointments.models import GRACE, AppointmentType, Client
from invitations.models.audience import Audience
from invitations.models.bookings import last_booked, uses_of
from invitations.models.closed import Closed, last_date, reason_closed
from invitations.models.guest_side import GuestSide
from invitations.models.hosts import InvitationHost
from invitations.models.templates import InvitationTemplate
from invitations.models.websites import CustomerWebsite
from scheduling.models import (
    SchedulingPolicy,
    ServiceResource,
    Territory,
    WorkType,
    WorkTypeGroup,
)
from scheduling.prepared import prepared

ENDS = ("until_date", "expiry_date")
"""What ends an invitation: the last day to be booked, and the last of its link."""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def with_criteria(self) -> Self:
        return self.select_related(
            "topic",
            "work_type",
            "territory__operating_hours",
            "website",
            "owner",
            "scheduling_policy",
        )

    def with_uses(self, now: datetime) -> Self:
        """Add ``uses``: how many of its appointments count. Not for use under a lock (B6)."""
        return self.annotate(uses=uses_of("pk", now - GRACE))

    def of_resources(self, resources: models.QuerySet[ServiceResource]) -> Self:
        """Those that any of the resources is a host of, or owns."""
        hosts = InvitationHost.objects.filter(service_resource__in=resources)
        return self.filter(Q(pk__in=hosts.values("invitation")) | Q(owner__in=resources))

    def of_client(self, client: Client) -> Self:
        """Those with a link of the client's own."""
        own = self.model.objects.filter(keys__client=client)
        return self.filter(pk__in=own.values("pk"))

    def for_staff(self, now: datetime) -> Self:
        """With everything that staff see of it: criteria, hosts, ``uses``, and its keys but those
        of recipients."""
        keys = apps.get_model("invitations", "InvitationKey").objects.beside_lists()
        return (
            self.with_criteria()
            .with_uses(now)
            .prefetch_related("hosts__service_resource", Prefetch("keys", keys), "keys__client")
        )

    def with_last_booked(self) -> Self:
        """Add ``last_booked``: when something was last booked by it."""
        return self.annotate(last_booked=last_booked("pk"))

    def in_state(self, closed: Closed | None, now: datetime) -> Self:
        """Those that are closed for this reason at an instant, or open, as ``closed()`` says."""
        zones = self.model.objects.order_by().values_list("time_zone", flat=True).distinct()
        rows = self.alias(last_date=last_date())
        rows = rows.alias(reason=reason_closed(zones, now))
        return rows.filter(reason=closed.value if closed else "")

    def overused(self, now: datetime) -> Self:
        """Those with more uses than they allow: there should be none."""
        return self.with_uses(now).filter(uses__gt=F("max_bookings"))


class Invitation(GuestSide):
    """Criteria under which anyone with the link may book.

    ``from_date``, ``until_date`` and ``expiry_date`` are dates in ``time_zone``, the last day
    included (rule T4): the first two bound the date of an appointment's start, the last the
    life of the link (rule L3).
    """

    uses: int
    """How many appointments use it up; only there with ``with_uses()``."""

    last_booked: datetime | None
    """When something was last booked by it; only there with ``with_last_booked()``."""

    next_start: datetime | None
    """Its next free start; only there on the list and the page of staff."""

    topic = models.ForeignKey(
        WorkTypeGroup,
        models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("topic"),
        help_text=_("Leave empty to let the guest choose."),
    )
    work_type = models.ForeignKey(
        WorkType,
        models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("work type"),
        help_text=_("One kind of work instead of a topic."),
    )
    territory = models.ForeignKey(
        Territory,
        models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("territory"),
        help_text=_("Leave empty to let the guest choose."),
    )
    appointment_type = models.CharField(
        _("appointment type"),
        max_length=10,
        choices=AppointmentType,
        default=AppointmentType.IN_PERSON,
    )
    any_host = models.BooleanField(
        _("any one of the hosts"),
        default=False,
        help_text=_("Otherwise all hosts take part."),
    )
    from_date = models.DateField(_("from"), null=True, blank=True)
    until_date = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day that can be booked.")
    )
    expiry_date = models.DateField(
        _("link expires after"),
        null=True,
        blank=True,
        help_text=_("The last day on which the link works; empty: the last day to be booked."),
    )
    max_bookings = models.PositiveIntegerField(
        _("maximum bookings"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for any number."),
    )
    max_per_guest = models.PositiveIntegerField(
        _("bookings per guest"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How often one guest may book by it. Leave empty for any number."),
    )
    audience = models.CharField(
        _("open to"), max_length=10, choices=Audience, default=Audience.ANYONE
    )
    respects_wishes = models.BooleanField(
        _("respect visiting hours and preferences"),
        default=False,
        help_text=_("Of clients who are known: by a link of their own, or as they signed in."),
    )
    allows_extended_hours = models.BooleanField(
        _("offer extended hours"),
        default=False,
        help_text=_("Beside the usual ones, where operating hours have any."),
    )
    scheduling_policy = models.ForeignKey(
        SchedulingPolicy,
        models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("scheduling policy"),
        help_text=_("Leave empty to use that of the work."),
    )
    website = models.ForeignKey(
        CustomerWebsite,
        models.PROTECT,
        related_name="invitations",
        null=True,
        blank=True,
        verbose_name=_("customer website"),
        help_text=_("Where the link opens; empty: on our own pages."),
    )
    template = models.ForeignKey(
        InvitationTemplate,
        models.SET_NULL,
        related_name="invitations",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("template"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    message = models.TextField(
        _("personal message"), max_length=1000, blank=True, help_text=_("Shown above the times.")
    )
    time_zone = TimeZoneField(
        _("time zone"), help_text=_("The dates of this invitation are read in this zone.")
    )
    owner = models.ForeignKey(
        ServiceResource,
        models.PROTECT,
        related_name="owned_invitations",
        null=True,
        blank=True,
        verbose_name=_("owner"),
        help_text=_("Whose invitation it is. Who acts for the owner may change it."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("created by"),
    )
    on_behalf_of = models.ForeignKey(
        ServiceResource,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("on behalf of"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=True) | Q(work_type__isnull=True),
                name="invitation_topic_or_work_type",
                violation_error_message=_("Choose a topic or a work type, not both."),
            ),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True)
                | Q(from_date__isnull=True)
                | Q(until_date__gte=F("from_date")),
                name="invitation_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(max_bookings__isnull=True) | Q(max_bookings__gte=1),
                name="invitation_max_bookings_positive",
                violation_error_message=_("Allow at least one booking."),
            ),
            models.CheckConstraint(
                condition=Q(max_per_guest__isnull=True) | Q(max_per_guest__gte=1),
                name="invitation_max_per_guest_positive",
                violation_error_message=_("Allow at least one booking per guest."),
            ),
        ]

    def __str__(self) -> str:
        subject = self.topic or self.work_type or _("any topic")
        return f"{subject} (#{self.pk})"

    @classmethod
    def lock(cls, key: int) -> Invitation:
        """The invitation with this key, locked until the transaction ends.

        Its uses are counted by a statement of their own afterwards: on PostgreSQL a statement
        that waited for a lock still sees the bookings as they were when it began. Raises
        DoesNotExist.
        """
        for invitation in _locked(key):
            return invitation
        raise cls.DoesNotExist

    @property
    def last_day(self) -> date | None:
        """The last day on which the link works, in its zone; None for no end (rule L3)."""
        return self.expiry_date or self.until_date

    def count_uses(self, now: datetime) -> int:
        """How many appointments use it up, if it matters; right also under a lock."""
        return 0 if self.max_bookings is None else self.bookings.counting(now - GRACE).count()

    def admits(self, recipient: Client | None, signed_in: Client | None) -> bool:
        """Whether a link of it is open to who is signed in; ``recipient`` is the link's client."""
        match self.audience:
            case Audience.ANYONE:
                return True
            case Audience.CLIENTS:
                return signed_in is not None
            case _:
                return signed_in is not None and signed_in == recipient

    def closed(self, now: datetime, uses: int) -> Closed | None:
        """Why the link is closed at an instant, None while it is open."""
        if not self.is_active:
            return Closed.SWITCHED_OFF
        if self.last_day and now.astimezone(self.time_zone).date() > self.last_day:
            return Closed.EXPIRED
        if self.max_bookings is not None and uses >= self.max_bookings:
            return Closed.USED_UP
        return None


@prepared
def _locked(key: int) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(pk=key).select_for_update(no_key=True)
