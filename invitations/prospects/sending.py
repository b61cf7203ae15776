"""Sending the letters of a list, and what staff do about it: pause, resend, withdraw, extend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from appointments import outbox
from appointments.changes import Author
from appointments.locks import waiting_for_locks
from appointments.models import GRACE
from invitations import changes
from invitations.models import (
    Invitation,
    InvitationEvent,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
    RecipientQuerySet,
)
from invitations.prospects.letters import letters_to
from invitations.prospects.pace import put_off, times_to_send
from invitations.prospects.traces import NOBODY, log

Kind = InvitationEvent.Kind


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
    prospect_list = _lock_open(key, now)
    recipients = list(waiting_to_be_sent(prospect_list).values_list("pk", flat=True))
    if not recipients:
        return 0
    first = list(_letters(prospect_list, recipients, now))
    _owe(prospect_list, [*first, *_nudges(prospect_list, first)])
    if prospect_list.started_at is None:
        prospect_list.started_at = now
        prospect_list.save(update_fields=["started_at"])
    log(prospect_list, Kind.SENT, author)
    return len(recipients)


@waiting_for_locks()
def resend(
    key: int, recipients: QuerySet[Recipient], *, author: Author = NOBODY, now: datetime
) -> int:
    """Owe the letter once more to those of them who got it, or could not be reached; say how many.

    Not to whom it is still owed, nor to who has an appointment by it. Raises LinkClosedError,
    TooBusyError.
    """
    prospect_list = _lock_open(key, now)
    chosen = _chosen(prospect_list, recipients).contactable().written_to()
    chosen = chosen.without_appointment(now - GRACE).order_by("pk")
    again = list(chosen.values_list("pk", flat=True))
    if again:
        _owe(prospect_list, _letters(prospect_list, again, now))
        log(prospect_list, Kind.SENT_AGAIN, author)
    return len(again)


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
    chosen = _chosen(ProspectList.lock(key), recipients).exclude(marks__kind=withdrawn)
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


def extend(key: int, until: date, *, author: Author = NOBODY, now: datetime) -> bool:
    """Move the last day of all links of a list, by the invitation's own way to change.

    Who was not written to because the link had ended is written to by sending again. Raises
    ImpossibleCriteriaError, TooBusyError.
    """
    invitation = ProspectList.objects.select_related("invitation").get(pk=key).invitation
    ends = [name for name in ("until_date", "expiry_date") if getattr(invitation, name)]
    values = dict.fromkeys(ends or ["expiry_date"], until)
    return changes.change(
        invitation.pk, values, actor=author.user, on_behalf_of=author.on_behalf_of, now=now
    )


def _lock_open(key: int, now: datetime) -> ProspectList:
    prospect_list = ProspectList.lock(key)
    invitation = prospect_list.invitation
    if invitation.closed(now, invitation.count_uses(now)):
        raise LinkClosedError
    return prospect_list


def _chosen(prospect_list: ProspectList, recipients: QuerySet[Recipient]) -> RecipientQuerySet:
    """Those of them who are on the list."""
    keys = recipients.order_by().values("pk")
    chosen: RecipientQuerySet = prospect_list.recipients.filter(pk__in=keys)
    return chosen


def _letters(
    prospect_list: ProspectList, recipients: Iterable[int], now: datetime
) -> Iterator[outbox.Timed]:
    times = times_to_send(prospect_list, now)
    return ((Letter.FIRST, key, time) for key, time in zip(recipients, times, strict=False))


def _nudges(prospect_list: ProspectList, letters: Iterable[outbox.Timed]) -> Iterator[outbox.Timed]:
    """Reminders, so many days after each letter; those that no longer apply are dropped then."""
    days = timedelta(days=prospect_list.nudge_days)
    for _kind, key, time in letters:
        for number in range(1, prospect_list.nudges + 1):
            yield Letter.NUDGE, key, time + number * days


def _owe(prospect_list: ProspectList, messages: Iterable[outbox.Timed]) -> None:
    outbox.owe_at(messages, is_held=prospect_list.paused_at is not None)


def _set_paused(prospect_list: ProspectList, at: datetime | None) -> None:
    prospect_list.paused_at = at
    prospect_list.save(update_fields=["paused_at"])
