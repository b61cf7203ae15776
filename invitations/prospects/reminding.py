"""Reminders that staff ask for: at once, and none too many."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from appointments import outbox
from appointments.changes import Author
from appointments.locks import waiting_for_locks
from appointments.models import GRACE, OutboxMessage
from invitations.models import InvitationEvent, Letter, ProspectList, Recipient, RecipientQuerySet
from invitations.prospects.letters import letters_to
from invitations.prospects.pace import beginning, line_of, move
from invitations.prospects.sending import lock_open
from invitations.prospects.traces import NOBODY, log

A_DAY = timedelta(days=1)
"""Nobody gets two letters of a list within a day."""


def to_remind(recipients: RecipientQuerySet, now: datetime) -> RecipientQuerySet:
    """Those of them whom ``remind`` would write to now."""
    since = now - GRACE
    found: RecipientQuerySet = (
        recipients.contactable().remindable(since).not_sent_since(now - A_DAY)
    )
    return found.not_owed_before(now + A_DAY)


@waiting_for_locks()
def remind(
    key: int, recipients: QuerySet[Recipient], *, author: Author = NOBODY, now: datetime
) -> int:
    """Owe those of them a reminder at once who got the letter and booked nothing; say how many.

    Where a reminder waits for later days, that one comes now. Not to who had a letter within a day,
    or gets one within the next: so twice is once. Raises LinkClosedError, TooBusyError.
    """
    prospect_list, reached = lock_open(key, now)
    chosen = reached.filter(pk__in=recipients.order_by().values("pk"))
    chosen = to_remind(chosen, now).order_by("pk")
    keys = list(chosen.values_list("pk", flat=True))
    if keys:
        _owe(prospect_list, keys, _next_reminders(chosen), now)
        log(prospect_list, InvitationEvent.Kind.REMINDED, author)
    return len(keys)


def _owe(
    prospect_list: ProspectList, keys: list[int], later: dict[int, OutboxMessage], now: datetime
) -> None:
    times = line_of(prospect_list).take([beginning(prospect_list, now)] * len(keys))
    due = dict(zip(keys, times, strict=True))
    for key, message in later.items():
        message.not_before = due.pop(key)
    move(later.values())
    new = ((Letter.NUDGE, key, time) for key, time in due.items())
    outbox.owe_at(new, is_held=prospect_list.paused_at is not None)


def _next_reminders(recipients: RecipientQuerySet) -> dict[int, OutboxMessage]:
    """The one that waits for each and is due first, by the recipient's key."""
    waiting = letters_to(recipients).waiting().filter(kind=Letter.NUDGE)
    return {message.object_id: message for message in waiting.order_by("-not_before", "-pk")}
