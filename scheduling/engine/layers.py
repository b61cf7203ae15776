"""What closes starts, rule by rule (rule A9): one value for reasons and for pictures of them.

Each rule is asked by itself, in other words than the openings function asks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from scheduling.engine.bounds import earliest, latest
from scheduling.engine.caps import capped
from scheduling.engine.grid import on_grid
from scheduling.engine.groups import shared, starts_of
from scheduling.engine.hours import days
from scheduling.engine.intervals import FOREVER, Intervals, Minute, Pair
from scheduling.engine.openings import span_of
from scheduling.engine.restrictions import (
    Restriction,
    of_hours,
    of_presences,
    united,
)
from scheduling.engine.rules import Host, Preference, Question, Reason
from scheduling.engine.seats import blocked, full, too_close
from scheduling.engine.windows import BY_PLACE_HOURS

Member = tuple[int, Host]
"""A host, with its position in the question."""


class Source(StrEnum):
    """Where a rule stands that closes starts."""

    BOUNDS = "bounds"
    VISITS = "visits"
    PLACE = "place"
    WORK = "work"
    PRESENCE = "presence"
    HOST = "host"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Layer:
    """A reason with the time that it stands on, and the starts that it closes for that.

    ``host`` is the position of whom it is about, None for everybody.
    """

    reason: Reason
    source: Source
    time: Intervals
    starts: Intervals
    host: int | None = None


class Layers(NamedTuple):
    """All that closes the starts of a span: for everybody, and for each way to take the work.

    There is one way where all hosts are needed, and one for each of them where any would do.
    """

    general: Sequence[Layer]
    ways: Sequence[Sequence[Layer]]

    def reasons(self, start: Minute) -> frozenset[Reason]:
        """What closes a start of the span; empty exactly if it is open.

        Where any host would do, the reasons of all of them, or none if one is free.
        """
        found = _closing(self.general, start)
        each = [_closing(way, start) for way in self.ways]
        return found.union(*each) if all(each) else found


def layers(question: Question, start: Minute, end: Minute) -> Layers:
    """What closes the starts in ``[start, end)``."""
    asked = start, end
    general = list(_general(question, asked))
    members = list(enumerate(question.hosts))
    if not members:
        return Layers([*general, _always(Reason.NO_HOST, Source.BOUNDS, asked)], [])
    ways = [[member] for member in members] if question.any_host else [members]
    return Layers(general, [list(_of_way(question, way, asked)) for way in ways])


def visit_layers(question: Question, asked: Pair) -> Iterator[Layer]:
    """What of the client's visiting hours closes starts: the hours or their holidays."""
    if question.visiting_hours is not None:
        span = asked[0], asked[1] + question.work.duration
        hours = of_hours(Reason.OUTSIDE_VISITING_HOURS, question.visiting_hours, span)
        yield from _of_window(question, Source.VISITS, united([hours]), span, asked)


def _closing(found: Sequence[Layer], start: Minute) -> frozenset[Reason]:
    return frozenset(layer.reason for layer in found if start in layer.starts)


def _always(reason: Reason, source: Source, asked: Pair, host: int | None = None) -> Layer:
    return Layer(reason, source, Intervals([asked]), Intervals([asked]), host)


def _of_starts(
    reason: Reason, source: Source, closed: Intervals, asked: Pair, host: int | None = None
) -> Layer:
    """A rule about starts alone: the time that it stands on is theirs."""
    starts = closed.clamp(*asked)
    return Layer(reason, source, starts, starts, host)


# For everybody


def _general(question: Question, asked: Pair) -> Iterator[Layer]:
    everything = Intervals([asked])
    early = Intervals([(-FOREVER, earliest(question))])
    late = Intervals([(latest(question) + 1, FOREVER)])
    other_dates = everything - days(question.dates, *asked)
    enough = capped(question.starts, question.caps, question.place.zone, asked)
    yield _of_starts(Reason.TOO_SOON, Source.BOUNDS, early, asked)
    yield _of_starts(Reason.TOO_LATE, Source.BOUNDS, late, asked)
    yield _of_starts(Reason.OUTSIDE_DATES, Source.BOUNDS, other_dates, asked)
    yield _of_starts(Reason.INVITATION_CAP, Source.BOUNDS, enough, asked)
    yield from visit_layers(question, asked)


# For those who would take the work together


def _of_way(question: Question, members: Sequence[Member], asked: Pair) -> Iterator[Layer]:
    if question.of_groups:
        yield from _of_groups(members, asked)
        return
    window = list(_window(question, members, asked))
    yield from window
    for position, host in members:
        yield from _of_host(question, position, host, asked)
    position, primary = members[0]
    skilled = Intervals([asked])
    for spells in primary.skills:
        skilled = skilled & Intervals(pair for spell in spells for pair in days(spell, *asked))
    unskilled = Intervals([asked]) - skilled
    yield _of_starts(Reason.UNSKILLED, Source.HOST, unskilled, asked, position)
    together = Intervals([span_of(question, *asked)])
    for layer in window:
        together = together - layer.time
    yield _of_starts(Reason.OFF_GRID, Source.GRID, _beside(question, together, asked), asked)


def _of_groups(members: Sequence[Member], asked: Pair) -> Iterator[Layer]:
    """Whoever takes no part, and the starts without a group of all of them, or without room."""
    for position, host in members:
        yield from _of_absentee(position, host, asked)
    groups = shared([host for _, host in members])
    planned = starts_of(groups)
    full = planned - starts_of(group for group in groups if group.places > 0)
    none = Intervals([asked]) - planned
    yield _of_starts(Reason.NO_GROUP, Source.HOST, none, asked)
    yield _of_starts(Reason.GROUP_FULL, Source.HOST, full, asked)


def _beside(question: Question, window: Intervals, asked: Pair) -> Intervals:
    """The starts beside the grid."""
    everything = Intervals([asked])
    return everything - Intervals(
        (start, start + 1) for start in on_grid(question, window, everything)
    )


def _of_host(question: Question, position: int, host: Host, asked: Pair) -> Iterator[Layer]:
    """What takes a host's time away, whatever the window."""
    work = question.work
    span = asked[0], asked[1] + work.duration
    around = blocked(work, span)
    yield from _of_absentee(position, host, asked)
    for reason, away in (
        (Reason.ABSENT, host.absent.clamp(*around)),
        (Reason.BUSY_ELSEWHERE, host.elsewhere.clamp(*around)),
    ):
        starts = too_close(work, away).clamp(*asked)
        yield Layer(reason, Source.HOST, away, starts, position)
    booked, crowded = host.booked.clamp(*around), full(question, host, span).clamp(*asked)
    yield Layer(Reason.BOOKED, Source.HOST, booked, crowded, position)
    enough = capped(host.starts, question.host_caps, question.place.zone, asked)
    yield _of_starts(Reason.HOST_CAP, Source.HOST, enough, asked, position)


def _of_absentee(position: int, host: Host, asked: Pair) -> Iterator[Layer]:
    """Why a host takes no part, whatever the time."""
    if host.preference is Preference.EXCLUDED:
        yield _always(Reason.EXCLUDED_HOST, Source.HOST, asked, position)
    if host.is_outdated:
        yield _always(Reason.CALENDAR_OUTDATED, Source.HOST, asked, position)


def _window(question: Question, members: Sequence[Member], asked: Pair) -> Iterator[Layer]:
    """The layers that leave the window of several hosts together (rule A1)."""
    span = span_of(question, *asked)
    if question.mode in BY_PLACE_HOURS:
        hours = of_hours(Reason.OUTSIDE_PLACE_HOURS, question.place.hours, span)
        yield from _of_window(question, Source.PLACE, united([hours]), span, asked)
    if question.work.hours is not None:
        hours = of_hours(Reason.OUTSIDE_WORK_HOURS, question.work.hours, span)
        yield from _of_window(question, Source.WORK, united([hours]), span, asked)
    for position, host in members:
        presences = of_presences(question, host, span)
        yield from _of_window(question, Source.PRESENCE, presences, span, asked, position)


def _of_window(
    question: Question,
    source: Source,
    restrictions: Iterator[Restriction],
    span: Pair,
    asked: Pair,
    host: int | None = None,
) -> Iterator[Layer]:
    """The work has to stay out of the time that each closes."""
    for reason, closed in restrictions:
        time = closed.clamp(*span)
        starts = time.pad(question.work.duration - 1, 0).clamp(*asked)
        yield Layer(reason, source, time, starts, host)
