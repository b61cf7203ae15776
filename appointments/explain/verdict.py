"""Why one start is open or closed: the reasons in words, for everybody and host by host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from appointments.clocks import Clocks, TimeInWords, iso
from appointments.explain.causes import Cause, Records
from appointments.explain.rows import NOT_FREE, Seen
from appointments.reason_words import PHRASES
from scheduling.engine.groups import duration_at
from scheduling.engine.intervals import DAY, Intervals, Minute
from scheduling.engine.layers import Layer, Source, layers
from scheduling.engine.rules import Question

OF_ALL = frozenset({Source.PLACE, Source.WORK})
LinkTo = Callable[[Cause], str]
"""The page of a record, empty where the reader may not see it."""


@dataclass(frozen=True, slots=True)
class Link:
    words: Any
    url: str


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words, and where it can be changed."""

    words: Any
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one start: ``general`` closes it for everybody, ``hosts`` each by name."""

    start: str
    time: TimeInWords
    is_open: bool
    general: Sequence[Why]
    hosts: Sequence[tuple[str, Sequence[Why]]]


def verdict(
    question: Question, start: Minute, records: Records, seen: Seen, link_to: LinkTo
) -> Verdict:
    """Of the question that ``records`` were read for."""
    found = layers(question, start, start + 1)
    by_host: dict[int | None, list[Layer]] = {None: []}
    for position in range(len(question.hosts)):
        by_host[position] = []
    for way, closing in enumerate([found.general, *found.ways], start=-1):
        for layer in closing:
            # Where any host would do, each has a grid of its own.
            alone = question.any_host and way >= 0 and layer.source not in OF_ALL
            host = way if layer.host is None and alone else layer.host
            if start in layer.starts and layer not in by_host[host]:
                by_host[host].append(layer)
    return Verdict(
        start=iso(start),
        time=Clocks(question.place.zone).in_words(start, duration_at(question, start)),
        is_open=not found.reasons(start),
        general=list(_whys(by_host[None], records, seen, link_to)),
        hosts=[
            (host.name, list(_whys(by_host[position], records, seen, link_to)))
            for position, host in enumerate(records.terms.hosts)
        ],
    )


def _whys(closing: Sequence[Layer], records: Records, seen: Seen, link_to: LinkTo) -> Iterator[Why]:
    is_hidden = False
    for layer in closing:
        if not seen(layer):
            is_hidden = True
            continue
        causes = [(cause, link_to(cause)) for cause in records.of(layer)]
        yield Why(PHRASES[layer.reason], [Link(cause.words, url) for cause, url in causes if url])
    if is_hidden:
        yield Why(NOT_FREE, [])


def neighbours(question: Question, start: Minute) -> tuple[Minute, Minute]:
    """The nearest starts on the grid on either side, within a day where there is one."""
    since, until = start - DAY, start + DAY
    beside = [
        layer.starts
        for way in layers(question, since, until).ways
        for layer in way
        if layer.source is Source.GRID
    ]
    grid = {
        minute
        for each in beside
        for pair in Intervals([(since, until)]) - each
        for minute in range(*pair)
    }
    step = question.work.start_interval
    earlier = max((minute for minute in grid if minute < start), default=start - step)
    return earlier, min((minute for minute in grid if minute > start), default=start + step)
