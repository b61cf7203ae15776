"""Lists with a past: rows written past every function, as chance has it."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from django.db.models import QuerySet

from appointments.models import Appointment, AppointmentEvent, OutboxMessage, Status
from invitations.models import (
    InvitationBooking,
    InvitationKey,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
)
from scheduling.models import WorkType
from tests.factories import at, make_work_type

Mark, Event, Result = RecipientMark.Kind, AppointmentEvent.Kind, OutboxMessage.Result
BEGIN = at("2026-11-02 09:00")
NAMES = ("Anneliese", "Bernd", "Chiara", "Dörte", "Emil", "Friederike", "Gül", "Hannelore")
LAST_NAMES = (
    "Adler",
    "Schulze-Lüdenscheidt",
    "Yıldız",
    "Kraus",
    "von Waldburg zu Zeil",
    "Óskarsson",
)


def add_people(prospect_list: ProspectList, number: int) -> list[Recipient]:
    invitation = prospect_list.invitation
    keys = InvitationKey.objects.bulk_create(
        InvitationKey(invitation=invitation) for _ in range(number)
    )
    return Recipient.objects.bulk_create(
        Recipient(
            prospect_list=prospect_list,
            key=key,
            first_name=NAMES[n % len(NAMES)],
            last_name=LAST_NAMES[n % len(LAST_NAMES)],
            email=f"prospect{n}@example.com",
        )
        for n, key in enumerate(keys)
    )


def live(prospect_list: ProspectList, recipients: list[Recipient], seed: int) -> None:
    """Let something befall each of them within three weeks: letters, marks, bookings."""
    chance = Random(seed)
    letters = [letter for each in recipients for letter in _letters(each, chance)]
    OutboxMessage.objects.bulk_create(letters)
    for message in letters:  # creation stamps itself
        message.created_at = BEGIN
    OutboxMessage.objects.bulk_update(letters, ["created_at"], batch_size=500)
    work_type = make_work_type()
    marks = [mark for each in recipients for mark in _marks(each, chance)]
    for mark in RecipientMark.objects.bulk_create(marks):
        _backdate(mark, "at", _later(chance))
    for each in recipients:
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            _book(prospect_list, each, work_type, chance)


def _letters(recipient: Recipient, chance: Random) -> list[OutboxMessage]:
    results = chance.choice(
        ([], [""], [Result.SENT], [Result.SENT], [Result.SENT], [Result.PARKED],
         [Result.DROPPED], [Result.SENT, ""], [Result.PARKED, Result.SENT])
    )  # fmt: skip
    return [
        OutboxMessage(
            kind=Letter.FIRST,
            object_id=recipient.pk,
            not_before=_later(chance),
            result=result,
            finished_at=_later(chance) if result else None,
        )
        for result in results
    ]


def _marks(recipient: Recipient, chance: Random) -> list[RecipientMark]:
    odds = {Mark.FETCHED: 0.6, Mark.OPENED: 0.5, Mark.WITHDRAWN: 0.05}
    return [
        RecipientMark(recipient=recipient, kind=kind)
        for kind, odd in odds.items()
        if chance.random() < odd
    ]


def _book(
    prospect_list: ProspectList, recipient: Recipient, work_type: WorkType, chance: Random
) -> None:
    invitation = prospect_list.invitation
    start = _later(chance) + dt.timedelta(days=30)
    status = chance.choice((*Status, Status.SCHEDULED, Status.SCHEDULED, Status.SCHEDULED))
    lapsed = status == Status.PENDING and chance.random() < 0.5
    appointment = Appointment.objects.create(
        start=start,
        end=start + dt.timedelta(minutes=30),
        status=status,
        confirm_until=BEGIN if lapsed else None,
        appointment_type="in_person",
        territory=invitation.territory,
        work_type=work_type,
        first_name=recipient.first_name,
        last_name=recipient.last_name,
        email=recipient.email,
        language="en",
        time_zone="Europe/Berlin",
    )
    _backdate(appointment, "created_at", _later(chance))
    InvitationBooking.objects.create(
        invitation=invitation, key=recipient.key, appointment=appointment
    )
    kinds = [Event.MOVED] if chance.random() < 0.2 else []
    kinds += [Event.CANCELLED] if status == Status.CANCELLED else []
    for kind in kinds:
        event = AppointmentEvent.objects.create(appointment=appointment, kind=kind)
        _backdate(event, "at", _later(chance))


def _later(chance: Random) -> dt.datetime:
    return BEGIN + dt.timedelta(minutes=chance.randrange(21 * 24 * 60))


def _backdate(row: Any, field: str, instant: dt.datetime) -> None:
    """Past the model, which stamps itself, and past the log, which is never changed."""
    setattr(row, field, instant)
    QuerySet(type(row)).filter(pk=row.pk).update(**{field: instant})
