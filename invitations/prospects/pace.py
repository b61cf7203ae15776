"""When the letters of a list are due: one after another, so many a minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.db.models import F, Max, Min

from appointments.chores import chore
from appointments.locks import waiting_for_locks
from appointments.models import OutboxMessage, OutboxQuerySet
from invitations.models import Letter, ProspectList
from invitations.prospects.letters import letters_to

A_MINUTE = timedelta(minutes=1)
TOO_LATE = timedelta(minutes=2)
"""By so much may letters lag behind before all that wait are put off: sending them at once would
be faster than their list allows."""


def times_to_send(prospect_list: ProspectList, now: datetime) -> Iterator[datetime]:
    """When further letters may go out: from now on, or after those that wait already.

    Of a list that is paused they count from then, as the pause is added to all when it ends.
    """
    gap = A_MINUTE / prospect_list.per_minute
    begin = prospect_list.paused_at or now
    last = _untried(prospect_list).aggregate(last=Max("not_before"))["last"]
    first = max(begin, last + gap) if last else begin
    return (first + number * gap for number in count())


def put_off(messages: OutboxQuerySet, *, by: timedelta) -> None:
    """Make what waits of them due so much later."""
    messages.waiting().update(not_before=F("not_before") + by)


@waiting_for_locks()
def respace(key: int, *, now: datetime) -> None:
    """Give the letters that wait their times anew, after their number per minute has changed.

    Raises TooBusyError.
    """
    prospect_list = ProspectList.lock(key)
    begin, gap = prospect_list.paused_at or now, A_MINUTE / prospect_list.per_minute
    waiting = list(_untried(prospect_list).order_by("not_before", "pk"))
    for number, message in enumerate(waiting):
        message.not_before = begin + number * gap
    OutboxMessage.objects.bulk_update(waiting, ["not_before"], batch_size=500)


@chore
def keep_pace(now: datetime) -> None:
    """After workers stood still: the letters of a list are not all sent at once now."""
    late = OutboxMessage.objects.due(now - TOO_LATE).filter(kind__in=list(Letter))
    keys = late.order_by().values("object_id")
    for prospect_list in ProspectList.objects.filter(recipients__in=keys).distinct():
        with transaction.atomic():
            _catch_up(ProspectList.lock(prospect_list.pk), now)


def _catch_up(prospect_list: ProspectList, now: datetime) -> None:
    letters = letters_to(prospect_list.recipients.all())
    oldest = letters.due(now - TOO_LATE).aggregate(oldest=Min("not_before"))["oldest"]
    if oldest is not None:
        put_off(letters, by=now - oldest)


def _untried(prospect_list: ProspectList) -> OutboxQuerySet:
    """The letters that wait for their turn; one that failed waits for its next attempt."""
    letters = letters_to(prospect_list.recipients.all()).waiting()
    return letters.filter(kind=Letter.FIRST, attempts=0)
