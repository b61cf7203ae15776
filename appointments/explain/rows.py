"""The rows of an explained week: layers of the engine, gathered by what they are about. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments.reason_words import PHRASES
from scheduling.engine.intervals import Intervals, Pair
from scheduling.engine.layers import Layer, Layers, Source
from scheduling.engine.rules import Reason

Seen = Callable[[Layer], bool]
"""Whether the reader may know what a layer stands on."""

NOT_FREE = _("not free")
"""What is said of others’ private things."""

PLAIN = frozenset(
    {
        Reason.OUTSIDE_WORK_HOURS,
        Reason.OUTSIDE_PLACE_HOURS,
        Reason.OUTSIDE_HOST_HOURS,
        Reason.OUTSIDE_SHIFTS,
        Reason.OUTSIDE_VISITING_HOURS,
        Reason.NOT_AT_PLACE,
    }
)
"""What is just outside of hours, where a picture stays empty."""


class Kind(StrEnum):
    """What a bar stands for."""

    WORKABLE = "workable"
    SPECIAL = "special"
    TAKEN = "taken"
    BEYOND = "beyond"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Band:
    """Time in a row, what it stands for, and why; no words where that is plain."""

    kind: Kind
    time: Intervals
    words: Any = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the picture, and of its table; ``host`` is the position of whom it is about."""

    label: Any
    bands: Sequence[Band]
    host: int | None = None


@dataclass(slots=True)
class Gathered:
    """The layers of one row."""

    label: Any
    host: int | None
    of_hours: bool
    layers: list[tuple[Any, Layer]] = field(default_factory=list)

    def row(self, span: Pair) -> Row:
        return Row(self.label, list(self._bands(span)), self.host)

    def _bands(self, span: Pair) -> Iterator[Band]:
        if self.of_hours:
            open_then = Intervals([span])
            for _words, layer in self.layers:
                open_then = open_then - layer.time
            yield Band(Kind.WORKABLE, open_then)
        for words, layer in self.layers:
            time = layer.time.clamp(*span)
            if time and not (self.of_hours and layer.reason in PLAIN):
                yield Band(self._kind(layer), time, words)

    def _kind(self, layer: Layer) -> Kind:
        if self.of_hours:
            return Kind.SPECIAL
        return Kind.BEYOND if layer.source is Source.BOUNDS else Kind.TAKEN


LABELS: dict[Source, Any] = {
    Source.BOUNDS: _("Days and lead time"),
    Source.VISITS: _("Client’s visiting hours"),
    Source.PLACE: _("Hours of the place"),
    Source.WORK: _("Hours of the work type"),
    Source.PRESENCE: _("Belongs to this place"),
}
LABELS_OF_HOSTS: dict[Reason, Any] = {
    Reason.ABSENT: _("Absences"),
    Reason.BUSY_ELSEWHERE: _("Other calendars"),
    Reason.CALENDAR_OUTDATED: _("Other calendars"),
    Reason.BOOKED: _("Appointments with block times"),
    Reason.HOST_CAP: _("Limits of the policy"),
    Reason.UNSKILLED: _("Skills"),
    Reason.EXCLUDED_HOST: _("Client’s preferences"),
    Reason.NO_GROUP: _("Groups"),
    Reason.GROUP_FULL: _("Groups"),
}


def rows(found: Layers, span: Pair, seen: Seen) -> list[Row]:
    """Those for everybody, then host by host; bars that say nothing are left out."""
    gathered: dict[tuple[int, str], Gathered] = {}
    for layer in _every(found):
        if layer.source is Source.GRID:
            continue
        is_seen = seen(layer)
        label = _label(layer) if is_seen else NOT_FREE
        of_hours = is_seen and layer.source in LABELS and layer.source is not Source.BOUNDS
        key = (-1 if layer.host is None else layer.host, str(label))
        row = gathered.setdefault(key, Gathered(label, layer.host, of_hours))
        row.layers.append((PHRASES[layer.reason] if is_seen else NOT_FREE, layer))
    drawn = [each.row(span) for _key, each in sorted(gathered.items(), key=lambda kv: kv[0][0])]
    return [row for row in drawn if row.bands]


def _label(layer: Layer) -> Any:
    if layer.source is Source.HOST:
        return LABELS_OF_HOSTS[layer.reason]
    return LABELS[layer.source]


def _every(found: Layers) -> Iterator[Layer]:
    """Each once: where any host would do, the hours of the place are in the way of each."""
    known: set[Layer] = set()
    for layer in _flat([found.general, *found.ways]):
        if layer.host is not None or layer not in known:
            known.add(layer)
            yield layer


def _flat(several: Iterable[Sequence[Layer]]) -> Iterator[Layer]:
    return (layer for each in several for layer in each)
