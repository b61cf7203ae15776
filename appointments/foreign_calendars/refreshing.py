"""Calendars are read again and again, and what they hold is kept.

In three steps, each committed by itself: claim, read, keep. A worker that dies in between leaves a
lease behind that runs out. Nothing is locked while strangers' servers are asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import randbelow
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from appointments import calendar_files
from appointments.bounded import (
    FailedError,
    Limits,
    StoppedError,
    TooMuchError,
    TooSlowError,
    read_apart,
)
from appointments.chores import long_chore
from appointments.foreign_calendars import reader
from appointments.locks import TooBusyError, waiting_for_locks
from appointments.models import Appointment, BusyTime, ForeignCalendar
from scheduling.engine.intervals import Pair, instant_of, minute_of
from scheduling.models import ServiceResource

Problem = ForeignCalendar.Problem

LIMITS = Limits(processor=15, memory=512 * 1024 * 1024, clock=30)
LEASE = timedelta(minutes=2)
"""Longer than reading takes and waiting for the resource's lock."""

AT_ONCE = 4
LONGEST_ROUND = 120
"""Seconds after which nothing new is begun, so that the log says what is late."""

USUAL_PAUSE = timedelta(minutes=15)
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
JITTER_SECONDS = 60
LATE = timedelta(minutes=15)

BEHIND = timedelta(days=1)
AHEAD = timedelta(days=368)
"""Nothing is offered beyond 366 days (rule A4)."""

A_DAY = timedelta(days=1)

log = structlog.get_logger("calendars")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of reading a calendar: its busy time, None for what is known already."""

    problem: Problem = Problem.NONE
    etag: str = ""
    last_modified: str = ""
    busy: Iterable[Pair] | None = None


@long_chore
def refresh(now: datetime) -> None:
    """Read the calendars that are due; several workers share them."""
    end = monotonic() + LONGEST_ROUND
    with ThreadPoolExecutor(AT_ONCE) as readers:
        while monotonic() < end and (claimed := _claim(timezone.now())):
            orders = [_order(calendar) for calendar in claimed]
            for calendar, outcome in zip(claimed, readers.map(_read, orders), strict=True):
                if outcome is not None:  # else it is read again when the lease has run out
                    _keep(calendar, outcome)
    if late := ForeignCalendar.objects.due(now - LATE).count():
        log.warning("calendars are read late", number=late)


def read_again(calendar: ForeignCalendar, now: datetime) -> None:
    """Have it read by the next worker that sees to it."""
    ForeignCalendar.objects.filter(pk=calendar.pk).update(next_at=now)


def _claim(now: datetime) -> list[ForeignCalendar]:
    with transaction.atomic():
        due = ForeignCalendar.objects.due(now).select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        claimed = list(due[:AT_ONCE])
        for calendar in claimed:
            calendar.next_at = now + LEASE
        ForeignCalendar.objects.bulk_update(claimed, ["next_at"])
    return claimed


def _order(calendar: ForeignCalendar) -> reader.Order:
    """The lease says when the calendar was claimed, and so which days are read."""
    now = calendar.next_at - LEASE
    until = now + AHEAD
    # Time goes on: what did not change holds later days too, which are not known yet.
    is_known = calendar.known_until is not None and calendar.known_until > until - A_DAY
    return reader.Order(
        url=calendar.url,
        etag=calendar.etag if is_known else "",
        last_modified=calendar.last_modified if is_known else "",
        since=minute_of(now - BEHIND),
        until=minute_of(until),
        zone=str(calendar.service_resource.time_zone),
        known=_own(calendar.service_resource, now - BEHIND),
        from_here=settings.CALENDARS_FROM_HERE,
    )


def _own(resource: ServiceResource, since: datetime) -> list[str]:
    """How calendars call the appointments that are booked here.

    Their mails bring them into the resource's calendar. There they hold no time a second time:
    it would stay taken when they are moved, and in a slot with several places no other be free.
    """
    booked = Appointment.objects.filter(assignments__service_resource=resource, end__gt=since)
    return [calendar_files.uid(uid) for uid in booked.values_list("uid", flat=True).distinct()]


def _read(order: reader.Order) -> Outcome | None:
    """None where the worker ends meanwhile. Raises nothing that a stranger can bring about."""
    try:
        said = read_apart(reader.__name__, json.dumps(asdict(order)).encode(), LIMITS)
    except TooSlowError:
        return Outcome(Problem.ANSWER)
    except TooMuchError:
        return Outcome(Problem.SIZE)
    except StoppedError:
        return None
    except FailedError:
        return Outcome(Problem.CONTENT)
    if "problem" in said:
        return Outcome(Problem(said["problem"]))
    return Outcome(**said)


def _keep(calendar: ForeignCalendar, outcome: Outcome) -> None:
    """Replace what was known under the lock of a booking, which asks for it under the same."""
    try:
        with waiting_for_locks():
            ServiceResource.lock([calendar.service_resource_id])
            claimed = ForeignCalendar.objects.filter(pk=calendar.pk, next_at=calendar.next_at)
            is_ours = claimed.update(**_became(calendar, outcome, timezone.now()))
            if is_ours and outcome.busy is not None:
                _replace(calendar, outcome.busy)
    except TooBusyError:  # read again when the lease has run out
        log.warning("resource is locked", calendar=calendar.pk)


def _became(calendar: ForeignCalendar, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The fields that say so; a failure leaves alone what is known."""
    if outcome.problem:
        log.info("calendar not read", calendar=calendar.pk, problem=outcome.problem.value)
        return {
            "problem": outcome.problem,
            "failures": calendar.failures + 1,
            "next_at": now + _pause(calendar.failures) + _jitter(),
        }
    fields = {
        "problem": Problem.NONE,
        "failures": 0,
        "read_at": now,
        "next_at": now + USUAL_PAUSE + _jitter(),
    }
    if outcome.busy is not None:
        fields["etag"], fields["last_modified"] = outcome.etag, outcome.last_modified
        fields["known_until"] = calendar.next_at - LEASE + AHEAD
    return fields


def _pause(failures: int) -> timedelta:
    """Longer after each failure in a row."""
    return min(FIRST_PAUSE * (1 << min(failures, 10)), LONGEST_PAUSE)


def _replace(calendar: ForeignCalendar, busy: Iterable[Pair]) -> None:
    """What stays the same stays the same row."""
    wanted = {(instant_of(start), instant_of(end)) for start, end in busy}
    kept = set()
    over = []
    for key, start, end in calendar.busy_times.values_list("pk", "start", "end"):
        if (start, end) in wanted:
            kept.add((start, end))
        else:
            over.append(key)
    BusyTime.objects.filter(pk__in=over).delete()
    BusyTime.objects.bulk_create(
        (BusyTime(calendar=calendar, start=start, end=end) for start, end in sorted(wanted - kept)),
        batch_size=1000,
    )


def _jitter() -> timedelta:
    """So that calendars of one server are not asked for all at once for ever."""
    return timedelta(seconds=randbelow(JITTER_SECONDS))
