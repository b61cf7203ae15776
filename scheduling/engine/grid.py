"""The grid of starts, in the place's zone (rule A5).

An interval that divides the hour gives local times whose minute is a multiple of it. Any other
is counted in real minutes from the start of each piece of the window, before busy time, dates
and lead time are taken away, so that the grid never depends on where a query was cut.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduling.engine.hours import midnights, stretches
from scheduling.engine.intervals import Intervals, Minute, Pair
from scheduling.engine.rules import Question


def divides_the_hour(start_interval: int) -> bool:
    return 60 % start_interval == 0


def on_grid(question: Question, window: Intervals, allowed: Intervals) -> list[Minute]:
    """The starts of the grid among ``allowed``, in order; ``window`` sets it where it must."""
    if not allowed:
        return []
    if divides_the_hour(question.work.start_interval):
        return _on_local_grid(question, allowed)
    return _on_grid_of_pieces(question, window, allowed)


def _on_local_grid(question: Question, allowed: Intervals) -> list[Minute]:
    interval = question.work.start_interval
    first, last = allowed.pairs[0][0], allowed.pairs[-1][1]
    found: list[Minute] = []
    for since, until, offset in stretches(question.place.zone, first, last):
        for start, end in allowed.clamp(since, until).pairs:
            found.extend(range(start + -(start + offset) % interval, end, interval))
    return found


def _on_grid_of_pieces(question: Question, window: Intervals, allowed: Intervals) -> list[Minute]:
    interval = question.work.start_interval
    found: list[Minute] = []
    for piece_start, piece_end in _pieces(question, window):
        for start, end in allowed.clamp(piece_start, piece_end).pairs:
            found.extend(range(start + (piece_start - start) % interval, end, interval))
    return found


def _pieces(question: Question, window: Intervals) -> Iterator[Pair]:
    """The window's pieces, cut where the date changes at the place."""
    if not window:
        return
    first, last = window.pairs[0][0], window.pairs[-1][1]
    cuts = midnights(question.place.zone, first, last)
    for start, end in window.pairs:
        inner = [cut for cut in cuts if start < cut < end]
        yield from zip([start, *inner], [*inner, end], strict=True)
