"""Who is on a list, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import (
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
)
from django.utils.translation import gettext_lazy as _

from appointments.models import (
    Appointment,
    AppointmentEvent,
    Client,
    Event,
    OutboxMessage,
    Status,
    new_key,
)
from appointments.models.addresses import Folded, folded
from invitations.models.bookings import InvitationBooking, InvitationBookingQuerySet
from invitations.models.do_not_contact import DoNotContact
from invitations.models.hosts import InvitationHost
from invitations.models.keys import InvitationKey
from invitations.models.lists import ProspectList
from invitations.models.recipient_states import STATE

Result = OutboxMessage.Result


class Letter(models.TextChoices):
    """The kinds of outbox messages to recipients; each is about one of them."""

    FIRST = "prospect_letter", _("Letter to a prospect")
    NUDGE = "prospect_nudge", _("Reminder to a prospect")


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def with_address(self, email: str) -> Self:
        return self.filter(email__folded=folded(email))

    def contactable(self) -> Self:
        """Those who may be written to: nobody withdrew the link or asked us to write no more."""
        unwanted = DoNotContact.objects.of_outer("email")
        withdrawn = _marks(RecipientMark.Kind.WITHDRAWN)
        return self.filter(~Exists(unwanted), ~Exists(withdrawn))

    def unwritten(self) -> Self:
        """Those to whom no letter is owed, went out or failed; what was dropped counts as none."""
        return self.filter(~Exists(_letters("", Result.SENT, Result.PARKED)))

    def written_to(self) -> Self:
        """Those whose letter went out or failed, and to whom none is owed at present."""
        finished = Exists(_letters(Result.SENT, Result.PARKED))
        return self.filter(finished, ~Exists(_letters("")))

    def not_sent_since(self, since: datetime) -> Self:
        """Without those to whom a letter or a reminder went out since then."""
        sent = OutboxMessage.objects.filter(kind__in=Letter.values, object_id=OuterRef("pk"))
        return self.filter(~Exists(sent.filter(result=Result.SENT, finished_at__gt=since)))

    def not_owed_before(self, time: datetime) -> Self:
        """Without those to whom the letter is owed, or a reminder that is due by then."""
        owed = OutboxMessage.objects.waiting().filter(object_id=OuterRef("pk"))
        soon = Q(kind=Letter.FIRST) | Q(kind=Letter.NUDGE, not_before__lte=time)
        return self.filter(~Exists(owed.filter(soon)))

    def without_appointment(self, since: datetime) -> Self:
        """Those with none that stands; ``since`` as in ``with_history()``."""
        return self.filter(~_stands(since))

    def remindable(self, since: datetime) -> Self:
        """Those who got the letter, and since then booked nothing, by whatever link of the same
        people; ``since`` as in ``with_history()``.

        Somebody who cancelled may be written to anew, but not be reminded.
        """
        sent = self.alias(letter_at=_first(_letters(Result.SENT), "finished_at"))
        booked = Exists(_bookings().unlapsed(since))
        return sent.filter(~booked, ~_booked_otherwise(since), letter_at__isnull=False)

    def with_letter(self) -> Self:
        """With what a letter to them says of list and invitation, but for the hosts."""
        return self.select_related(
            "prospect_list",
            "key__invitation__topic",
            "key__invitation__work_type",
            "key__invitation__website",
            "key__invitation__owner",
        )

    def with_history(self, since: datetime) -> Self:
        """With the times of what happened, None where it did not, and the ``state`` they make.

        ``since`` is now less GRACE: unconfirmed bookings that lapsed by then are none.
        """
        return (
            self.annotate(
                fetched=_joined(RecipientMark.Kind.FETCHED),
                opened=_joined(RecipientMark.Kind.OPENED),
                withdrawn=_joined(RecipientMark.Kind.WITHDRAWN),
            )
            .annotate(
                queued_at=_first(_letters("", Result.SENT, Result.PARKED), "created_at"),
                sent_at=_first(_letters(Result.SENT), "finished_at"),
                refused_at=_first(_letters(Result.PARKED), "finished_at"),
                fetched_at=F("fetched__at"),
                opened_at=F("opened__at"),
                withdrawn_at=F("withdrawn__at"),
                booked_at=_first(_bookings().unlapsed(since), "appointment__created_at"),
                moved_at=_first(_changes(AppointmentEvent.Kind.MOVED, since), "at"),
                cancelled_at=_first(_changes(AppointmentEvent.Kind.CANCELLED, since), "at"),
                stands=_stands(since),
                missed=Exists(_bookings().filter(appointment__status=Status.NO_SHOW)),
            )
            .annotate(state=STATE)
        )


class Recipient(models.Model):
    """Somebody on a list, and the key of the link that is theirs alone (rule L8).

    ``client`` is who was chosen among the clients; others are known by what the list says. There
    is no status: what happened is rows of their own, and ``with_history()`` puts them together.
    ``unsubscribe_key`` opens nothing but the way out of letters (RFC 8058).
    """

    sent_at: datetime | None
    booked_at: datetime | None
    stands: bool
    """When the letter went out, when something was booked, and whether that stands; only there
    with ``with_history()``."""

    prospect_list = models.ForeignKey(
        ProspectList, models.CASCADE, related_name="recipients", verbose_name=_("list")
    )
    key = models.OneToOneField(
        InvitationKey, models.PROTECT, related_name="recipient", verbose_name=_("key")
    )
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("client"),
    )
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    unsubscribe_key = models.CharField(max_length=64, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                F("prospect_list"),
                Folded("email"),
                name="recipient_once_per_list",
                violation_error_message=_("This address is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class RecipientMark(Event):
    """One thing that happened to a recipient, the first time it did.

    *Fetched* is when anything asked for the link, also a mail scanner; *opened* is a sign of a
    person (rule L2).
    """

    class Kind(models.TextChoices):
        FETCHED = "fetched", _("Fetched")
        OPENED = "opened", _("Opened")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    recipient = models.ForeignKey(
        Recipient, models.CASCADE, related_name="marks", verbose_name=_("recipient")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind"], name="recipient_mark_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


def _letters(*results: str) -> models.QuerySet[OutboxMessage]:
    letters = OutboxMessage.objects.filter(kind=Letter.FIRST, object_id=OuterRef("pk"))
    return letters.filter(result__in=results)


def _marks(kind: str) -> models.QuerySet[RecipientMark]:
    return RecipientMark.objects.filter(recipient=OuterRef("pk"), kind=kind)


def _joined(kind: str) -> FilteredRelation:
    """The mark of a kind, of which there is one at most: a join is faster than a query for each."""
    return FilteredRelation("marks", condition=Q(marks__kind=kind))


def _bookings() -> InvitationBookingQuerySet:
    rows: InvitationBookingQuerySet = InvitationBooking.objects.filter(key=OuterRef("key"))
    return rows


def _stands(since: datetime) -> Exists:
    """Whether a recipient has an appointment that was not cancelled, missed or lapsed."""
    return Exists(_bookings().counting(since).exclude(appointment__status=Status.NO_SHOW))


def _booked_otherwise(since: datetime) -> Exists:
    """Whether a recipient with ``letter_at`` booked with one of the hosts, or by another invitation
    of its owner, after the letter."""
    invitation = "prospect_list__invitation"
    hosts = InvitationHost.objects.filter(invitation=OuterRef(OuterRef(invitation)))
    with_host = Q(assignments__service_resource__in=hosts.values("service_resource"))
    of_owner = Q(invitation_booking__invitation__owner=OuterRef(f"{invitation}__owner"))
    theirs = Q(address=Folded(OuterRef("email"))) | Q(client=OuterRef("client"))
    unlapsed = Q(confirm_until=None) | Q(confirm_until__gt=since)
    rows = Appointment.objects.alias(address=Folded("email")).filter(theirs, unlapsed)
    return Exists(rows.filter(with_host | of_owner, created_at__gte=OuterRef("letter_at")))


def _changes(kind: str, since: datetime) -> models.QuerySet[AppointmentEvent]:
    """Of bookings that did not lapse: that one is released later is nobody's cancellation."""
    booked = {"appointment__invitation_booking__key": OuterRef("key")}
    confirmed = Q(appointment__confirm_until=None)
    unlapsed = confirmed | Q(appointment__confirm_until__gt=since)
    return AppointmentEvent.objects.filter(unlapsed, kind=kind, **booked)


def _first(rows: models.QuerySet[Any], time: str) -> Subquery:
    """When the first of them happened."""
    return Subquery(rows.order_by(time).values(time)[:1], output_field=DateTimeField())
