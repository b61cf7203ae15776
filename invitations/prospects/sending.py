"""Sending the letters of a list, and what staff do about it: pause, resend, withdraw."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from appointments import outbox
from appointments.changes import Author
from appointments.locks import waiting_for_locks
from appointments.models import GRACE
from invitations.models import (
    Closed,
    Invitation,
    InvitationEvent,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
    RecipientQuerySet,
)
from invitations.prospects.letters import letters_to
from invitations.prospects.pace import beginning, line_of, put_off
from invitations.prospects.traces import NOBODY, log

Kind = InvitationEvent.Kind

JUST_SENT = timedelta(minutes=5)
"""Within this time a letter is not sent to the same recipient again."""


class LinkClosedError(Exception):
    """The invitation's link is closed: letters would lead nowhere."""


def waiting_to_be_sent(prospect_list: ProspectList) -> RecipientQuerySet:
    """Those to whom ``send`` would write now."""
    recipients: RecipientQuerySet = prospect_list.recipients.contactable().unwritten()
    return recipients.order_by("pk")


@waiting_for_locks()
def send(key: int, *, author: Author = NOBODY, now: datetime) -> int:
    """Owe a letter, and its reminders, to all who may be written to and were not; say how many.

    So twice is once, and later recipients get theirs by sending again. Of a list that is paused
    they wait with the others. Raises LinkClosedError, TooBusyError.
    """
    prospect_list, reached = lock_open(key, now)
    number = _owe(prospect_list, reached.contactable().unwritten().order_by("pk"), now)
    if number and prospect_list.started_at is None:
        prospect_list.started_at = now
        prospect_list.save(update_fields=["started_at"])
    if number:
        log(prospect_list, Kind.SENT, author)
    return number


@waiting_for_locks()
def resend(
    key: int, recipients: QuerySet[Recipient], *, author: Author = NOBODY, now: datetime
) -> int:
    """Owe the letter once more to those of them who got it, or could not be reached; say how many.

    Not to whom it is still owed or was just sent, as two of the staff may ask for the same, nor to
    who has an appointment by it. Raises LinkClosedError, TooBusyError.
    """
    prospect_list, reached = lock_open(key, now)
    chosen = reached.filter(pk__in=recipients.order_by().values("pk")).contactable().written_to()
    chosen = chosen.not_sent_since(now - JUST_SENT).without_appointment(now - GRACE)
    number = _owe(prospect_list, chosen.order_by("pk"), now)
    if number:
        log(prospect_list, Kind.SENT_AGAIN, author)
    return number


@waiting_for_locks()
def withdraw(
    key: int, recipients: QuerySet[Recipient], *, author: Author = NOBODY, now: datetime
) -> int:
    """Close the links of these recipients, and drop what waits for them; say how many it was.

    What they booked stays. Raises TooBusyError.
    """
    # Bookings ask under this lock whether the link is withdrawn; it comes first everywhere (B1).
    Invitation.lock(ProspectList.objects.get(pk=key).invitation_id)
    withdrawn = RecipientMark.Kind.WITHDRAWN
    chosen = chosen_of(ProspectList.lock(key), recipients).exclude(marks__kind=withdrawn)
    keys = list(chosen.values_list("pk", flat=True))
    letters_to(chosen).waiting().drop(now)
    by = {"actor": author.user, "on_behalf_of": author.on_behalf_of}
    RecipientMark.objects.bulk_create(
        RecipientMark(recipient_id=each, kind=withdrawn, **by) for each in keys
    )
    return len(keys)


@waiting_for_locks()
def pause(key: int, *, author: Author = NOBODY, now: datetime) -> bool:
    """Hold back what waits, but for a letter that a worker has in hand; say whether this call did.

    Raises TooBusyError.
    """
    prospect_list = ProspectList.lock(key)
    if prospect_list.started_at is None or prospect_list.paused_at is not None:
        return False
    # What failed as well: it may be tried again before the others go on.
    letters_to(prospect_list.recipients.all()).unsent().update(is_held=True)
    _set_paused(prospect_list, now)
    log(prospect_list, Kind.PAUSED, author)
    return True


@waiting_for_locks()
def resume(key: int, *, author: Author = NOBODY, now: datetime) -> bool:
    """Let go what was held back, as much later as the pause took; say whether this call did.

    Raises TooBusyError.
    """
    prospect_list = ProspectList.lock(key)
    if prospect_list.paused_at is None:
        return False
    held = letters_to(prospect_list.recipients.all()).filter(is_held=True)
    put_off(held, by=now - prospect_list.paused_at)
    held.update(is_held=False)
    _set_paused(prospect_list, None)
    log(prospect_list, Kind.RESUMED, author)
    return True


def lock_open(key: int, now: datetime) -> tuple[ProspectList, RecipientQuerySet]:
    """The list, locked until the transaction ends, and the recipients whose links are open.

    Raises LinkClosedError where that is nobody.
    """
    prospect_list = ProspectList.lock(key)
    invitation, recipients = prospect_list.invitation, prospect_list.recipients.all()
    closed = invitation.closed(now, invitation.count_uses(now))
    if closed is Closed.EXPIRED:
        today = now.astimezone(invitation.time_zone).date()
        recipients = recipients.filter(key__extended_until__gte=today)
        closed = None if recipients.exists() else closed
    if closed:
        raise LinkClosedError
    return prospect_list, recipients


def chosen_of(prospect_list: ProspectList, recipients: QuerySet[Recipient]) -> RecipientQuerySet:
    """Those of them who are on the list."""
    keys = recipients.order_by().values("pk")
    chosen: RecipientQuerySet = prospect_list.recipients.filter(pk__in=keys)
    return chosen


def _owe(prospect_list: ProspectList, recipients: RecipientQuerySet, now: datetime) -> int:
    """Owe them, in their order, the letter and its reminders; say how many they are."""
    keys = list(recipients.values_list("pk", flat=True))
    if keys:
        # Reminders of an earlier letter: they would come beside those of this one.
        letters_to(recipients).waiting().drop(now)
        messages = _in_line(prospect_list, keys, now)
        outbox.owe_at(messages, is_held=prospect_list.paused_at is not None)
    return len(keys)


def _in_line(prospect_list: ProspectList, keys: list[int], now: datetime) -> list[outbox.Timed]:
    """A letter to each, and reminders so many days after it; what no longer applies is dropped
    then."""
    line, days = line_of(prospect_list), timedelta(days=prospect_list.nudge_days)
    times = line.take([beginning(prospect_list, now)] * len(keys))
    letters = [(Letter.FIRST, key, time) for key, time in zip(keys, times, strict=True)]
    wishes = sorted(
        (time + number * days, key)
        for key, time in zip(keys, times, strict=True)
        for number in range(1, prospect_list.nudges + 1)
    )
    later = line.take(wish for wish, _key in wishes)
    nudges = [(Letter.NUDGE, key, time) for (_, key), time in zip(wishes, later, strict=True)]
    return [*letters, *nudges]


def _set_paused(prospect_list: ProspectList, at: datetime | None) -> None:
    prospect_list.paused_at = at
    prospect_list.save(update_fields=["paused_at"])
