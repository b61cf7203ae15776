"""Which of several free hosts takes the work (rule A6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scheduling.engine.intervals import Minute, Pair
from scheduling.engine.openings import free_hosts
from scheduling.engine.rules import Host, Preference, Question


class Rank(NamedTuple):
    """The order of preference among free hosts; the smallest takes the work."""

    preference: Preference
    booked_minutes: int
    position: int


def assigned_hosts(question: Question, start: Minute, week: Pair) -> list[int]:
    """The positions in ``question.hosts`` of those who take a start; empty if it is closed.

    All of them where all are needed; else one whom the client prefers, if any is free, then the
    one with the fewest booked minutes in ``week``, the real time of the start's week, and among
    equals the first on the invitation; ``in_order`` leaves the minutes out.
    """
    free = free_hosts(question, start)
    if not question.any_host or not free:
        return free
    return in_order_of_rank(question, free, week)[:1]


def in_order_of_rank(question: Question, positions: Iterable[int], week: Pair) -> list[int]:
    """Of hosts who could take the work, the best first."""
    return [rank.position for rank in sorted(_rank(question, each, week) for each in positions)]


def _rank(question: Question, position: int, week: Pair) -> Rank:
    host = question.hosts[position]
    booked = 0 if question.in_order else _booked_minutes(host, week)
    return Rank(host.preference, booked, position)


def _booked_minutes(host: Host, week: Pair) -> int:
    return sum(len(seat.clamp(*week)) for seat in host.seats or (host.booked,))
