"""When letters and reminders of a list are due: one after another, so many a minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge

from django.db import transaction
from django.db.models import F, Min

from appointments.chores import chore
from appointments.locks import waiting_for_locks
from appointments.models import OutboxMessage, OutboxQuerySet
from invitations.models import Letter, ProspectList
from invitations.prospects.letters import letters_to

A_MINUTE = timedelta(minutes=1)
TOO_LATE = timedelta(minutes=2)
"""By so much may letters lag behind before all that wait are put off: sending them at once would
be faster than their list allows."""

AT_ONCE = 1_000
"""So many rows go into one statement."""


class Line:
    """When letters of a list are due, each so long after another as the list's pace asks for."""

    def __init__(self, prospect_list: ProspectList, taken: Iterable[datetime] = ()) -> None:
        self._gap = A_MINUTE / prospect_list.per_minute
        self._taken = list(taken)

    def take(self, wishes: Iterable[datetime]) -> list[datetime]:
        """The first free times from those that are wished for, which come in order."""
        times = list(in_turn(wishes, self._taken, self._gap))
        self._taken = list(merge(self._taken, times))
        return times


def in_turn(
    wishes: Iterable[datetime], taken: Iterable[datetime], gap: timedelta
) -> Iterator[datetime]:
    """For each wish a time from then on, a gap away from all others. Both come in order."""
    others, free_from = deque(taken), datetime.min.replace(tzinfo=UTC)
    for wish in wishes:
        time = max(wish, free_from)
        while others and others[0] < time + gap:
            time = max(time, others.popleft() + gap)
        yield time
        free_from = time + gap


def line_of(prospect_list: ProspectList) -> Line:
    """With all that wait already, reminders as well."""
    waiting = letters_to(prospect_list.recipients.all()).waiting().order_by("not_before")
    return Line(prospect_list, waiting.values_list("not_before", flat=True))


def beginning(prospect_list: ProspectList, now: datetime) -> datetime:
    """From when on further letters may go out.

    Of a list that is paused that is then, as the pause is added to all when it ends.
    """
    return prospect_list.paused_at or now


def move(messages: Iterable[OutboxMessage]) -> None:
    """Write down when they are due now."""
    # Thrice as fast as bulk_update, which asks of each row which of many it is. The price: a row
    # that an administrator deletes in this very instant is back.
    OutboxMessage.objects.bulk_create(
        list(messages),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["not_before"],
    )


def put_off(messages: OutboxQuerySet, *, by: timedelta) -> None:
    """Make what waits of them due so much later."""
    messages.waiting().update(not_before=F("not_before") + by)


@waiting_for_locks()
def respace(key: int, *, now: datetime) -> None:
    """Give what waits its times anew, after the list's number per minute has changed.

    Reminders stay as many days behind their letters. Raises TooBusyError.
    """
    prospect_list = ProspectList.lock(key)
    line, begin = Line(prospect_list), beginning(prospect_list, now)
    letters = list(_untried(prospect_list, Letter.FIRST))
    later: dict[int, timedelta] = {}
    for letter, time in zip(letters, line.take([begin] * len(letters)), strict=True):
        later[letter.object_id] = time - letter.not_before
        letter.not_before = time
    nudges = list(_untried(prospect_list, Letter.NUDGE))
    for nudge in nudges:
        nudge.not_before += later.get(nudge.object_id, timedelta())
    nudges.sort(key=lambda nudge: nudge.not_before)
    wishes = [nudge.not_before for nudge in nudges]
    for nudge, time in zip(nudges, line.take(wishes), strict=True):
        nudge.not_before = time
    move([*letters, *nudges])


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


def _untried(prospect_list: ProspectList, kind: Letter) -> OutboxQuerySet:
    """What waits for its turn, in order; one that failed waits for its next attempt."""
    waiting = letters_to(prospect_list.recipients.all()).waiting()
    return waiting.filter(kind=kind, attempts=0).order_by("not_before", "pk")
