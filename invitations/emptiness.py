"""Why a guest finds nothing free, as far as that is a guest's business. Pure.

Nothing of hosts, their absences, skills or policies: what is not said here is “no time is free”.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from scheduling.engine.bounds import bounds, earliest
from scheduling.engine.hours import days
from scheduling.engine.intervals import DAY, NOTHING, Pair
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Question

LOOKED_AHEAD = 28 * DAY


class Empty(StrEnum):
    """What a guest may be told; the last is told where nothing else can be."""

    OVER = "over"
    OTHER_DAYS = "other-days"
    TOO_SOON = "too-soon"
    FULLY_BOOKED = "fully-booked"
    NOTHING_FREE = "nothing-free"


def why_empty(question: Question, span: Pair) -> Empty:
    """Of a span without openings."""
    start, end = span
    if end <= question.now:
        return Empty.OVER
    if not days(question.dates, start, end):
        return Empty.OTHER_DAYS
    if end <= earliest(question):
        return Empty.TOO_SOON
    if openings(_unbooked(question), start, end):
        return Empty.FULLY_BOOKED
    return Empty.NOTHING_FREE


def why_nothing(question: Question) -> Empty:
    """Of a question without any openings; the first four weeks decide."""
    start, end = bounds(question)
    if start < end:
        return why_empty(question, (start, min(end, start + LOOKED_AHEAD)))
    has_days = bool(days(question.dates, question.now, earliest(question) + 1))
    return Empty.TOO_SOON if has_days else Empty.NOTHING_FREE


def _unbooked(question: Question) -> Question:
    """The same, had nobody booked; caps still count."""
    return replace(question, hosts=tuple(map(_free, question.hosts)))


def _free(host: Host) -> Host:
    groups = tuple(replace(group, places=1) for group in host.groups)
    return replace(host, booked=NOTHING, seats=(), groups=groups)
