"""The one question about openings: windows minus busy time.

The guest's page, the booking, the commands and every explanation ask through ``question``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from appointments.models import GRACE, Assignment
from appointments.terms import Terms
from scheduling.engine.hours import Dates, epoch_day, week_of
from scheduling.engine.intervals import Intervals, instant_of, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.rules import FURTHEST, Question
from scheduling.prepared import prepared
from scheduling.windows import Meeting, whole_minutes, windows

BlockedTime = tuple[int, datetime, datetime, datetime | None]
"""A resource's key, the span, and until when it is held, None for good."""

NONE = 0
"""The key of no appointment."""


def question(terms: Terms, now: datetime, *, without: int = NONE) -> Question:
    """Everything that decides which starts are open from now on, read in five queries.

    The time that the appointment with the key ``without`` blocks counts as free: it is about to
    be moved.
    """
    return questions([terms], now, without=without)[0]


def questions(terms: Sequence[Terms], now: datetime, *, without: int = NONE) -> list[Question]:
    """The same for any number of terms, in the same five queries for all of them together."""
    until = now + timedelta(minutes=FURTHEST)
    return _questions(terms, now, now, until, lead_from=now, without=without).questions


class Asked(NamedTuple):
    """Questions, and whether what lapsed unconfirmed still stands in the guard's way."""

    questions: list[Question]
    has_lapsed: bool


def question_about(
    terms: Terms, start: datetime, now: datetime, lead_from: datetime, *, without: int = NONE
) -> Question:
    """The same, good for one start alone, and for the choice among the hosts who could take it.

    Lead time counts from ``lead_from`` (rule A4). All instants are aware.
    """
    return asked_about(terms, start, now, lead_from, without=without).questions[0]


def asked_about(
    terms: Terms, start: datetime, now: datetime, lead_from: datetime, *, without: int = NONE
) -> Asked:
    """The same with what whoever takes the start has to know besides."""
    work = terms.work_type
    since = start - timedelta(minutes=work.block_time_before)
    until = start + timedelta(minutes=work.duration + work.block_time_after)
    if terms.any_host:  # the one with the fewest booked minutes that week takes it (rule A6)
        monday, next_monday = week_of(terms.territory.time_zone, minute_of(start))
        since, until = min(since, instant_of(monday)), max(until, instant_of(next_monday))
    return _questions([terms], now, since, until, lead_from, without)


def is_open(asked: Question, start: datetime) -> bool:
    """Whether an aware instant is an opening; none is off the whole minute."""
    minute = minute_of(start)
    return instant_of(minute) == start and bool(openings(asked, minute, minute + 1))


def _questions(
    asked: Sequence[Terms],
    now: datetime,
    since: datetime,
    until: datetime,
    lead_from: datetime,
    without: int,
) -> Asked:
    meetings = [
        Meeting(terms.work_type, terms.territory, terms.hosts, terms.wishes.visiting_hours)
        for terms in asked
    ]
    keys = {host.pk for terms in asked for host in terms.hosts}
    rows = _blocked_times(keys, since, until, without)
    held_since = now - GRACE
    held = [row for row in rows if row[3] is None or row[3] > held_since]
    booked = _booked(held)
    questions = [
        Question(
            work=known.work,
            place=known.place,
            hosts=tuple(
                replace(
                    host, booked=booked[resource.pk], preference=terms.wishes.about(resource.pk)
                )
                for host, resource in zip(known.hosts, terms.hosts, strict=True)
            ),
            dates=_dates(terms),
            now=minute_of(now),
            any_host=terms.any_host,
            lead_from=minute_of(lead_from),
            visiting_hours=known.visiting_hours,
        )
        for terms, known in zip(asked, windows(meetings, since, until), strict=True)
    ]
    return Asked(questions, has_lapsed=len(held) < len(rows))


def _dates(terms: Terms) -> Dates:
    return Dates(
        terms.time_zone,
        first=None if terms.first_date is None else epoch_day(terms.first_date),
        last=None if terms.last_date is None else epoch_day(terms.last_date),
    )


def _booked(rows: Iterable[BlockedTime]) -> defaultdict[int, Intervals]:
    """Blocked times by resource (rule A2)."""
    spans: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for key, since, until, _held_until in rows:
        spans[key].append((since, until))
    return defaultdict(Intervals, {key: whole_minutes(pairs) for key, pairs in spans.items()})


@prepared
def _blocked_times(
    resources: Collection[int], start: datetime, end: datetime, without: int
) -> QuerySet[Assignment, BlockedTime]:
    rows = Assignment.objects.filter(service_resource__in=resources)
    rows = rows.blocking(start, end).exclude(appointment=without)
    fields = ("service_resource", "blocked_start", "blocked_end", "holds_until")
    return rows.values_list(*fields).order_by()
