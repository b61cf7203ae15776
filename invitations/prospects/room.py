"""How many appointments there is room for under an invitation, by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from django.conf import settings

from appointments import formats
from appointments.openings import questions
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.caps import all_capped
from invitations.choices import all_terms_of
from invitations.models import Invitation
from scheduling.engine.bounds import bounds
from scheduling.engine.intervals import Minute
from scheduling.engine.openings import openings
from scheduling.engine.rules import Question

EVERYBODY = 0
"""Stands for all hosts together, where they are needed together."""

AT_A_GLANCE = 8
"""So many weeks are seen at once."""

Start = tuple[Minute, Minute, Minute]
"""When an appointment's blocked time ends and begins, and the appointment's start."""


@dataclass(frozen=True, slots=True)
class WeekOfRoom:
    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Room:
    """For how many appointments, and in which weeks; ``percent`` is of the fullest one."""

    count: int
    weeks: Sequence[WeekOfRoom]

    @property
    def next_weeks(self) -> Sequence[WeekOfRoom]:
        return self.weeks[:AT_A_GLANCE]

    @property
    def later_weeks(self) -> Sequence[WeekOfRoom]:
        return self.weeks[AT_A_GLANCE:]


def room_of(invitation: Invitation, now: datetime) -> Room:
    """At an aware instant, over all that is left to guests to choose.

    Openings overlap: of those of one hour, one may be all that can be booked. So it counts how
    many fit beside each other. The invitation comes ``for_staff()``.
    """
    (ways,) = all_capped([invitation], all_terms_of([invitation]), now)
    asked = questions(ways, now) if ways else []
    starts = sorted(fitting(zip(ways, asked, strict=True)))
    return Room(len(starts), _by_week(starts, invitation.time_zone))


def fitting(asked: Iterable[tuple[Terms, Question]]) -> list[Minute]:
    """The starts of as many appointments as fit, for each host, or for all who are needed."""
    by_host: dict[int, list[Start]] = {}
    for terms, question in asked:
        for host, alone in _machines(terms, question):
            by_host.setdefault(host, []).extend(_starts(alone))
    return list(chain.from_iterable(_packed(starts) for starts in by_host.values()))


def _machines(terms: Terms, question: Question) -> Iterator[tuple[int, Question]]:
    """Who can be booked independently of each other, by resource."""
    if not question.any_host:
        yield EVERYBODY, question
        return
    for resource, host in zip(terms.hosts, question.hosts, strict=True):
        yield resource.pk, replace(question, hosts=(host,), any_host=False)


def _starts(question: Question) -> Iterator[Start]:
    work = question.work
    for start in openings(question, *bounds(question)):
        yield start + work.duration + work.block_after, start - work.block_before, start


def _packed(starts: Iterable[Start]) -> Iterator[Minute]:
    """The most that keep clear of each other: always the one that ends first."""
    free_from: Minute | None = None
    for end, begin, start in sorted(starts):
        if free_from is None or begin >= free_from:
            free_from = end
            yield start


def _by_week(starts: Iterable[Minute], zone: ZoneInfo) -> list[WeekOfRoom]:
    counts = Counter(Week.at(start, zone, settings.WEEK_STARTS_ON) for start in starts)
    most = max(counts.values(), default=0)
    return [
        WeekOfRoom(formats.date_range(week.first_day, week.last_day), n, round(100 * n / most))
        for week, n in sorted(counts.items())
    ]
