"""What must always be true of the data, asked of the database in a few large queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, RowRange, Window
from django.utils import timezone

from appointments import guards, reminders
from appointments.groups import places_taken
from appointments.models import (
    GRACE,
    HOLDING,
    Appointment,
    Assignment,
    MessageKind,
    OutboxMessage,
    Status,
)
from invitations.models import Invitation, Letter, Recipient

Check = Callable[[], Iterator[str]]
"""Yields a sentence for each thing that is wrong."""


def overlaps() -> Iterator[str]:
    """Two appointments in one seat of a resource at the same time."""
    latest_end_before = Window(
        Max("blocked_end"),
        partition_by=["service_resource", "seat"],
        order_by=["blocked_start", "pk"],
        frame=RowRange(end=-1),
    )
    held = Assignment.objects.filter(holds_time=True).annotate(latest=latest_end_before)
    clashing = held.filter(latest__gt=F("blocked_start")).select_related("service_resource")
    for assignment in clashing.iterator():
        yield f"Assignment {assignment.pk} overlaps an earlier one: {assignment}"


def missing_guards() -> Iterator[str]:
    """The database would not refuse an overlap."""
    if not guards.in_place(connection):
        yield "The guard against overlaps is missing; run “manage.py migrate”"


def wrong_holds() -> Iterator[str]:
    """A row that holds time where its appointment's status says it does not, or the reverse.

    Or one that holds it until another moment than its guest has to confirm. Who need not be there
    never holds any.
    """
    holding = Q(appointment__status__in=HOLDING)
    pending = Q(appointment__status=Status.PENDING)
    own = Q(appointment__group=None, is_required=True)  # else the group holds the time, or nobody
    wrong_status = Q(holds_time=True) & ~(holding & own) | Q(holds_time=False) & holding & own
    ends = Q(holds_until__isnull=False)
    lapses = pending & own & Q(appointment__confirm_until__isnull=False)
    elsewhere = Q(holds_until__lt=F("appointment__confirm_until")) | Q(
        holds_until__gt=F("appointment__confirm_until")
    )
    wrong_moment = ends & ~lapses | lapses & ~ends | ends & elsewhere
    wrong = Assignment.objects.filter(wrong_status | wrong_moment)
    for assignment in wrong.select_related("appointment").iterator():
        status, until = assignment.appointment.status, assignment.holds_until
        held = f"{assignment.holds_time} until {until}" if until else f"{assignment.holds_time}"
        yield f"Assignment {assignment.pk}: holds_time is {held} while {status}"


def overused_invitations() -> Iterator[str]:
    """More appointments that count than an invitation allows."""
    for invitation in Invitation.objects.overused(timezone.now()).iterator():
        limit = invitation.max_bookings
        yield f"Invitation {invitation.pk} has {invitation.uses} uses of {limit}"


def overfull_groups() -> Iterator[str]:
    """A group with more attendees than places."""
    groups = Appointment.objects.filter(places__isnull=False)
    taken = places_taken("pk", timezone.now() - GRACE)
    overfull = groups.annotate(taken=taken).filter(taken__gt=F("places"))
    for group, has, places in overfull.values_list("pk", "taken", "places"):
        yield f"Group {group} has {has} attendees in {places} places"


def stray_attendees() -> Iterator[str]:
    """One in a group that is none or does not stand, or not as it: at another time, of others."""
    attendees = Appointment.objects.with_place(timezone.now() - GRACE).filter(group__isnull=False)
    elsewhere = ~Q(start=F("group__start"), end=F("group__end"))
    parts = Assignment.objects.required()
    of_hosts = _unlike(parts, "pk", "group") | _unlike(parts, "group", "pk")
    for attendee in attendees.filter(elsewhere | of_hosts).iterator():
        yield f"Appointment {attendee.pk} is not as its group {attendee.group_id}: time or hosts"
    left = ~Q(group__status__in=HOLDING) & Q(status__in=HOLDING - {Status.COMPLETED})
    for attendee in attendees.filter(left | Q(group__places=None)).iterator():
        yield f"Appointment {attendee.pk} is in {attendee.group_id}, which is cancelled or no group"


def _unlike(parts: QuerySet[Assignment], one: str, other: str) -> Q:
    """Whether ``one`` of the two has a part that the ``other`` lacks."""
    same = parts.filter(
        appointment=OuterRef(OuterRef(other)),
        service_resource=OuterRef("service_resource"),
        blocked_start=OuterRef("blocked_start"),
        blocked_end=OuterRef("blocked_end"),
    )
    return Q(Exists(parts.filter(~Exists(same), appointment=OuterRef(one))))


def missing_messages() -> Iterator[str]:
    """A future appointment of which somebody was never told, nor will be."""
    ahead = Appointment.objects.filter(status__in=HOLDING, start__gt=timezone.now())
    unasked = ahead.filter(~_owed(MessageKind.GUEST_CONFIRM), confirm_until__isnull=False)
    for appointment in unasked.iterator():
        yield f"Appointment {appointment.pk} has no request to the guest to confirm it"
    ahead = ahead.filter(confirm_until=None)
    of_guests = ahead.filter(places=None)
    for appointment in of_guests.filter(~_owed(MessageKind.GUEST_BOOKED)).iterator():
        yield f"Appointment {appointment.pk} has no confirmation to the guest"
    assigned = Assignment.objects.filter(appointment__in=ahead, appointment__group=None)
    for assignment in assigned.filter(~_owed(MessageKind.RESOURCE_BOOKED)).iterator():
        yield f"Appointment {assignment.appointment_id} has no notice to a resource"


def missing_reminders() -> Iterator[str]:
    """A future appointment of which its guest will not be reminded as settled at the booking."""
    now = timezone.now()
    waiting = OutboxMessage.objects.waiting().filter(kind=MessageKind.GUEST_REMINDER)
    owed = set(waiting.filter(not_before__gt=now).values_list("object_id", "not_before"))
    ahead = Appointment.objects.filter(status__in=HOLDING, start__gt=now, confirm_until=None)
    for appointment in ahead.exclude(reminders="").iterator():
        for time in reminders.times_ahead(appointment, now):
            if (appointment.pk, time) not in owed:
                yield f"Appointment {appointment.pk} has no reminder at {time}"


def misplaced_recipients() -> Iterator[str]:
    """A recipient whose link is one of another invitation, or of another client."""
    elsewhere = Recipient.objects.exclude(key__invitation=F("prospect_list__invitation"))
    for recipient in elsewhere.iterator():
        yield f"Recipient {recipient.pk} has a link of another invitation than the list"
    clients = Recipient.objects.filter(client__isnull=False).exclude(key__client=F("client"))
    for recipient in clients.iterator():
        yield f"Recipient {recipient.pk} has a link that is not its client’s"


def stray_letters() -> Iterator[str]:
    """A letter that was sent, with nobody on any list to whom."""
    sent = OutboxMessage.objects.filter(
        kind__in=Letter.values, result=OutboxMessage.Result.SENT
    ).exclude(object_id__in=Recipient.objects.values("pk"))
    for letter in sent.iterator():
        yield f"Message {letter.pk} was sent to recipient {letter.object_id}, who is not there"


def _owed(kind: MessageKind) -> Exists:
    return Exists(OutboxMessage.objects.filter(kind=kind, object_id=OuterRef("pk")))


CHECKS: list[Check] = [
    overlaps,
    missing_guards,
    wrong_holds,
    overused_invitations,
    overfull_groups,
    stray_attendees,
    missing_messages,
    missing_reminders,
    misplaced_recipients,
    stray_letters,
]
