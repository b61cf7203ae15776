"""The twin of the openings function, which says what closes a start (rule A9)."""

from __future__ import annotations

from collections.abc import Iterator

from scheduling.engine.intervals import Minute
from scheduling.engine.layers import layers, visit_layers
from scheduling.engine.rules import Question, Reason


def reasons(question: Question, start: Minute) -> frozenset[Reason]:
    """What closes a start; empty exactly if it is open.

    Where any host would do, the reasons of all of them, or none if one is free.
    """
    return layers(question, start, start + 1).reasons(start)


def reasons_of_visit(question: Question, start: Minute) -> Iterator[Reason]:
    """What of the client's visiting hours closes a start: the hours or their holidays."""
    for layer in visit_layers(question, (start, start + 1)):
        if layer.starts:
            yield layer.reason
