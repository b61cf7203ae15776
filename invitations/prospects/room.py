"""How many appointments there is room for under an invitation, by week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from appointments import formats
from appointments.openings import questions
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.caps import all_capped
from invitations.choices import all_terms_of
from invitations.models import Invitation
from invitations.places import places_of
from scheduling.engine.bounds import bounds
from scheduling.engine.groups import with_room
from scheduling.engine.hours import EpochDay, local_day, monday_of
from scheduling.engine.intervals import Minute
from scheduling.engine.openings import openings
from scheduling.engine.rules import Caps, Group, Question

EVERYBODY = 0
"""Stands for all hosts together, where they are needed together."""

AT_A_GLANCE = 8
"""So many weeks are seen at once."""


class Start(NamedTuple):
    """Of an appointment that could be: when its blocked time ends and begins, how many places are
    left at it, and by which question it is open."""

    free_from: Minute
    begin: Minute
    minute: Minute
    places: int
    question: Question


class Tally:
    """How many appointments begin on each date, and in each week from Monday."""

    def __init__(self, starts: Iterable[Minute], zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: Counter[EpochDay] = Counter()
        self._weeks: Counter[EpochDay] = Counter()
        for start in starts:
            self.add(start)

    def add(self, start: Minute) -> None:
        day = local_day(self._zone, start)
        self._days[day] += 1
        self._weeks[monday_of(day)] += 1

    def allows(self, start: Minute, caps: Caps) -> bool:
        day = local_day(self._zone, start)
        return not (
            _is_reached(caps.per_day, self._days[day])
            or _is_reached(caps.per_week, self._weeks[monday_of(day)])
        )


def _is_reached(cap: int | None, number: int) -> bool:
    return cap is not None and number >= cap


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
    many fit beside each other, and within the caps of policies. The invitation comes
    ``for_staff()``.
    """
    (ways,) = all_capped([invitation], all_terms_of([invitation]), now)
    asked = questions(ways, now) if ways else []
    starts = sorted(fitting(list(zip(ways, asked, strict=True))))
    return Room(len(starts), _by_week(starts, invitation.time_zone))


def fitting(asked: Sequence[tuple[Terms, Question]]) -> list[Minute]:
    """The starts of as many appointments as fit, for each host, or for all who are needed.

    In groups, of as many as they have places.
    """
    by_host: dict[int, list[Start]] = {}
    for terms, question in asked:
        if not question.of_groups:
            for host, alone in _machines(terms, question):
                by_host.setdefault(host, []).extend(_starts(alone))
    packed = chain.from_iterable(_allowed(list(_packed(each))) for each in by_host.values())
    places = _places(question for _terms, question in asked if question.of_groups)
    together = sorted([*packed, *places], key=_in_order)
    return [start.minute for start in _allowed_together(together)]


def _places(asked: Iterable[Question]) -> Iterator[Start]:
    """Those left in groups; one that guests come to by several ways counts once."""
    seen: set[Group] = set()
    for question in asked:
        starts = {start.minute: start for start in _starts(question)}
        for group in with_room(question) - seen:
            if group.start in starts:
                seen.add(group)
                yield from [starts[group.start]] * group.places


def _machines(terms: Terms, question: Question) -> Iterator[tuple[int, Question]]:
    """Who can be booked independently of each other, by resource."""
    if not question.any_host:
        yield EVERYBODY, question
        return
    for resource, host in zip(terms.hosts, question.hosts, strict=True):
        yield resource.pk, replace(question, hosts=(host,), any_host=False)


def _starts(question: Question) -> Iterator[Start]:
    work, found = question.work, openings(question, *bounds(question))
    left = {} if question.of_groups else places_of(question, found)
    for start in found:
        free_from = start + work.duration + work.block_after
        yield Start(free_from, start - work.block_before, start, left.get(start, 1), question)


def _packed(starts: Iterable[Start]) -> Iterator[Start]:
    """The most of which no more run at once than there are places: always the one that ends first.

    A start is taken as often as it has places (rule A7).
    """
    ends: list[Minute] = []
    for start in sorted(starts, key=_in_order):
        running = sum(end > start.begin for end in ends[-start.places :])
        for _place in range(start.places - running):
            ends.append(start.free_from)
            yield start


def _in_order(start: Start) -> tuple[Minute, Minute, Minute]:
    return start.free_from, start.begin, start.minute


def _allowed(starts: Sequence[Start]) -> Iterator[Start]:
    """As many as the caps of their hosts allow, beside what these have already."""
    if not starts:
        return
    first = starts[0].question
    tallies = [Tally(host.starts, first.place.zone) for host in first.hosts]
    for start in starts:
        if all(tally.allows(start.minute, start.question.host_caps) for tally in tallies):
            for tally in tallies:
                tally.add(start.minute)
            yield start


def _allowed_together(starts: Sequence[Start]) -> Iterator[Start]:
    """As many as the caps of the invitation allow, beside what was booked by it."""
    if not starts:
        return
    first = starts[0].question
    tally = Tally(first.starts, first.place.zone)
    for start in starts:
        if tally.allows(start.minute, start.question.caps):
            tally.add(start.minute)
            yield start


def _by_week(starts: Iterable[Minute], zone: ZoneInfo) -> list[WeekOfRoom]:
    counts = Counter(Week.at(start, zone, settings.WEEK_STARTS_ON) for start in starts)
    most = max(counts.values(), default=0)
    return [
        WeekOfRoom(formats.date_range(week.first_day, week.last_day), n, round(100 * n / most))
        for week, n in sorted(counts.items())
    ]
