"""How many places are left at openings that have more than one (rules A7, A10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import ngettext

from scheduling.engine.intervals import Minute
from scheduling.engine.openings import alone, openings, places
from scheduling.engine.rules import Question
from scheduling.engine.seats import places_at, places_left


def places_of(question: Question, starts: Sequence[Minute]) -> dict[Minute, int]:
    """Of open starts in order, those with more than one place, and how many of them are left.

    That is no question to the database, and none at all where no hours state any places.
    """
    if question.of_groups:
        return {start: places(question, start) for start in starts}
    if not starts or not _are_stated(question):
        return {}
    if question.any_host:
        return _of_any(question, starts)
    return {
        start: min(places_left(question, host, start) for host in question.hosts)
        for start in starts
        if all(places_at(question, host, start) > 1 for host in question.hosts)
    }


def said_at(question: Question, start: Minute) -> str:
    """The same of one open start in words, empty where there is but one place."""
    return "".join(map(in_words, places_of(question, [start]).values()))


def in_words(left: int) -> str:
    """“3 places left”."""
    return ngettext("%(n)s place left", "%(n)s places left", left) % {"n": left}


def _of_any(question: Question, starts: Sequence[Minute]) -> dict[Minute, int]:
    left: Counter[Minute] = Counter()
    shared: set[Minute] = set()
    for host in question.hosts:
        # Each host's own openings at once: asked start by start they would take seconds.
        for start in openings(alone(question, host), starts[0], starts[-1] + 1):
            left[start] += places_left(question, host, start)
            if places_at(question, host, start) > 1:
                shared.add(start)
    return {start: left[start] for start in starts if start in shared}


def _are_stated(question: Question) -> bool:
    own = [presence.hours for host in question.hosts for presence in host.presences]
    used = [question.place.hours, question.work.hours, *own]
    return any(number > 1 for hours in used if hours is not None for number in hours.places)
