"""Appointments: when, where, what and for whom."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneField

from appointments.models.addresses import Folded, folded
from appointments.models.clients import Client
from appointments.models.statuses import HOLDING, AppointmentType, Status
from scheduling.models import (
    SchedulingPolicy,
    ServiceResource,
    Territory,
    WorkType,
    WorkTypeGroup,
)

KEY_BYTES = 24


def new_key() -> str:
    """An unguessable key for a URL: 192 random bits (rule L1 asks for at least 128).

    It never starts with a hyphen, which a command would take for an option.
    """
    key = "-"
    while key.startswith("-"):
        key = secrets.token_urlsafe(KEY_BYTES)
    return key


GRACE = timedelta(minutes=1)
"""How long beyond ``confirm_until`` time and use are kept: longer than anybody waits for a lock.

A confirmation that came just in time may still be waiting while somebody books.
"""


class Hold(NamedTuple):
    """What an assignment keeps of its appointment's status; until None is for good."""

    holds_time: bool
    holds_until: datetime | None


KEPT = timedelta(days=90)
"""How long after its end the guest's own page still opens."""


IS_OWN_ADDRESS = Q(personal_email="") | Q(Exact(Folded("personal_email"), Folded("email")))
"""Not where somebody with another's personal link typed an address: it makes nothing theirs."""


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def of_client(self, client: Client) -> Self:
        """Those booked as the client, and what a guest booked with the address it has proved."""
        own = Q(client=client)
        if client.verified_at is not None:
            own |= IS_OWN_ADDRESS & Q(client=None, email__folded=folded(client.email))
        return self.filter(own)

    def by_guests(self) -> Self:
        """Those of nobody who is known as a client, each booked with an address of its guest."""
        return self.filter(IS_OWN_ADDRESS, client=None, places=None)

    def to_come(self, now: datetime) -> Self:
        """Those that stand and are not over, the next first; also those still to be confirmed."""
        unlapsed = Q(confirm_until=None) | Q(confirm_until__gt=now)
        return self.filter(unlapsed, status__in=HOLDING, end__gt=now).order_by("start")

    def done_with(self, now: datetime) -> Self:
        """All others: over, cancelled, missed or never confirmed, the latest first."""
        return self.exclude(pk__in=self.to_come(now).order_by().values("pk")).order_by("-start")

    def with_place(self, since: datetime) -> Self:
        """Those that take a place of their group: all but cancelled ones and what lapsed by
        ``since``, which is now less GRACE. A no-show had one all the same."""
        unlapsed = Q(confirm_until=None) | Q(confirm_until__gt=since)
        return self.filter(unlapsed).exclude(status=Status.CANCELLED)

    def with_own_page(self, now: datetime) -> Self:
        """Those whose guest may still open them by their key, with all that is printed there."""
        return self.with_page().filter(end__gt=now - KEPT, places=None)

    def with_page(self) -> Self:
        """With everything that a page or a mail about an appointment prints."""
        return self.select_related(
            "territory__operating_hours",
            "work_type",
            "topic",
            "client",
            "scheduling_policy",
            "group",
        ).prefetch_related("assignments__service_resource")


class Appointment(models.Model):
    """Work that a guest booked: when, where, what and for whom.

    ``key`` opens the guest's own page. ``form_token`` and ``form_digest`` say which form made
    it, so that the same form sent twice finds it again (rule B5). ``time_zone`` and
    ``language`` are the guest's. ``answers`` are pairs of a question and what was answered;
    ``confirmation`` is the host's own text for the guest. ``reminders`` are minutes before the
    start, as they were settled at the booking: “1440, 60”. ``confirm_until`` is when
    one lapses that its guest has to confirm; it stays with one that has lapsed, and no other.
    ``scheduling_policy`` is that of its invitation, where it has one of its own.
    ``personal_email`` is the address of whom it was booked as by a personal link, where that is
    no client; ``locks_contact`` keeps its guest from giving another name or address.

    One with ``places`` is a group: it holds the hosts' time and has no guest itself. Each attendee
    is an appointment of their own, in that ``group`` at its time, which holds no time (rule A10).
    """

    key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.SCHEDULED)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    appointment_type = models.CharField(_("type"), max_length=10, choices=AppointmentType)
    work_type = models.ForeignKey(
        WorkType, models.PROTECT, related_name="appointments", verbose_name=_("work type")
    )
    topic = models.ForeignKey(
        WorkTypeGroup,
        models.SET_NULL,
        related_name="appointments",
        null=True,
        blank=True,
        verbose_name=_("topic"),
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="appointments", verbose_name=_("territory")
    )
    scheduling_policy = models.ForeignKey(
        SchedulingPolicy,
        models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("scheduling policy"),
    )
    group = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="attendees",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("group"),
    )
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, editable=False)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        verbose_name=_("client"),
    )
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    personal_email = models.EmailField(blank=True, editable=False)
    locks_contact = models.BooleanField(default=False, editable=False)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    description = models.TextField(_("note"), max_length=2000, blank=True)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    confirmation = models.TextField(_("text of the confirmation"), blank=True)
    copy_to = models.EmailField(
        _("copy to"), blank=True, help_text=_("Somebody who gets the guest’s mails as well.")
    )
    confirm_until = models.DateTimeField(
        _("to be confirmed until"), null=True, blank=True, editable=False
    )
    reminders = models.CharField(_("reminders"), max_length=100, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10)
    time_zone = TimeZoneField(_("time zone of the guest"))
    form_token = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  NULLs are not equal: staff bookings come from no form
    form_digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-start"]
        permissions = [("book_anyway_appointment", _("Can book at any time"))]
        indexes = [
            models.Index(fields=["start"]),
            models.Index(fields=["created_at"]),
            models.Index(Folded("email"), "created_at", name="appointment_guest_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gt=F("start")),
                name="appointment_ends_after_start",
                violation_error_message=_("The appointment must end after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values),
                name="appointment_status_known",
                violation_error_message=_("This status is not known."),
            ),
            models.CheckConstraint(
                condition=Q(places=None) | Q(places__gte=1, group=None),
                name="appointment_places_of_groups",
                violation_error_message=_("A group has places, and is in no other group."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading}, {self.start.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("appointment", args=[self.key])

    @property
    def is_group(self) -> bool:
        """Whether it is for several attendees, and has no guest itself."""
        return self.places is not None

    @property
    def guest_name(self) -> str:
        """Of a group: “a group of up to 12”."""
        if self.is_group:
            return gettext("a group of up to %(n)s") % {"n": self.places}
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def heading(self) -> str:
        """The same where it stands by itself, in no sentence: “Group of up to 12”."""
        if self.is_group:
            return gettext("Group of up to %(n)s") % {"n": self.places}
        return self.guest_name

    @property
    def is_personal(self) -> bool:
        """Whether it is somebody's who is known: then its page shows nothing of them (rule L8)."""
        return self.client_id is not None or bool(self.personal_email)

    @property
    def goes_elsewhere(self) -> bool:
        """Whether its mails go to another address than the one that is known of whose it is."""
        known = self.client.email if self.client is not None else self.personal_email
        return bool(known) and folded(self.email) != folded(known)

    @property
    def title(self) -> str:
        """What the guest came for, in the words the guest saw."""
        return self.topic.name if self.topic else self.work_type.name

    @property
    def is_unconfirmed(self) -> bool:
        """Whether its guest has not confirmed it yet, in time or no longer."""
        return self.status == Status.PENDING and self.confirm_until is not None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether its guest did not confirm it in time, also once its time has been given away."""
        if self.confirm_until is None:
            return False
        return self.status == Status.CANCELLED or self.confirm_until <= now

    @property
    def hosts(self) -> list[ServiceResource]:
        """Those who have to be there, the primary one first. It comes from ``with_page()``."""
        return [part.service_resource for part in self.assignments.all() if part.is_required]

    @property
    def optional_hosts(self) -> list[ServiceResource]:
        """Those who are invited beside. It comes from ``with_page()``."""
        return [part.service_resource for part in self.assignments.all() if not part.is_required]

    @property
    def hold(self) -> Hold:
        """What each assignment of a host who has to be there says (rule B2)."""
        if self.group_id is not None:  # that holds the time
            return Hold(holds_time=False, holds_until=None)
        return Hold(self.status in HOLDING, self.confirm_until if self.is_unconfirmed else None)
