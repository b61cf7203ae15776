"""Sets of half-open intervals of whole minutes, and the border between minutes and instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

Minute = int
"""A whole minute, counted from 1970-01-01T00:00Z."""

Pair = tuple[Minute, Minute]

DAY = 24 * 60
FOREVER: Minute = 2**40
"""Later than any instant a calendar can name; ``-FOREVER`` is earlier than any."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


def minute_of(instant: datetime) -> Minute:
    """The whole minute in which an aware datetime lies. Raises TypeError on a naive one."""
    return (instant - _EPOCH) // _MINUTE


def minute_after(instant: datetime) -> Minute:
    """The first whole minute not before an aware datetime. Raises TypeError on a naive one."""
    return -((_EPOCH - instant) // _MINUTE)


def instant_of(minute: Minute) -> datetime:
    """The start of a minute as an aware datetime in UTC. Raises OverflowError past year 9999."""
    return _EPOCH + timedelta(minutes=minute)


class Intervals:
    """An immutable set of minutes, kept as sorted, disjoint, non-touching ``[start, end)`` pairs.

    ``a & b``, ``a | b`` and ``a - b`` are the set operations; equality is equality as sets.
    Empty pairs (end <= start) are dropped.
    """

    __slots__ = ("pairs",)

    pairs: tuple[Pair, ...]

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self.pairs = _joined(sorted(pair for pair in pairs if pair[0] < pair[1]))

    @classmethod
    def trusted(cls, pairs: Iterable[Pair]) -> Intervals:
        """Wrap pairs that are already sorted, disjoint, non-touching and non-empty."""
        made = cls.__new__(cls)
        made.pairs = tuple(pairs)
        return made

    @classmethod
    def in_order(cls, pairs: Iterable[Pair]) -> Intervals:
        """Wrap non-empty pairs that are sorted by start but may overlap or touch."""
        return cls.trusted(_joined(pairs))

    def __and__(self, other: Intervals) -> Intervals:
        ours, theirs = self.pairs, other.pairs
        if not ours or not theirs:
            return NOTHING
        if len(theirs) == 1:
            return self.clamp(*theirs[0])
        found: list[Pair] = []
        i = j = 0
        while i < len(ours) and j < len(theirs):
            our_start, our_end = ours[i]
            their_start, their_end = theirs[j]
            start = our_start if our_start > their_start else their_start
            end = our_end if our_end < their_end else their_end
            if start < end:
                found.append((start, end))
            if our_end < their_end:
                i += 1
            else:
                j += 1
        return Intervals.trusted(found)

    def __or__(self, other: Intervals) -> Intervals:
        if not self.pairs:
            return other
        if not other.pairs:
            return self
        return Intervals.in_order(sorted(self.pairs + other.pairs))

    def __sub__(self, other: Intervals) -> Intervals:
        if not self.pairs or not other.pairs:
            return self
        left: list[Pair] = []
        holes = other.pairs
        first = 0
        for start, end in self.pairs:
            while first < len(holes) and holes[first][1] <= start:
                first += 1
            at = first
            while at < len(holes) and holes[at][0] < end:
                hole_start, hole_end = holes[at]
                if start < hole_start:
                    left.append((start, hole_start))
                start = hole_end
                at += 1
            if start < end:
                left.append((start, end))
        return Intervals.trusted(left)

    def clamp(self, start: Minute, end: Minute) -> Intervals:
        """The part inside ``[start, end)``; cheap when the set is much longer than the range."""
        pairs = self.pairs
        if start >= end or not pairs:
            return NOTHING
        if pairs[0][0] >= start and pairs[-1][1] <= end:
            return self
        first = bisect_right(pairs, start, key=_end)
        last = first
        while last < len(pairs) and pairs[last][0] < end:
            last += 1
        if first == last:
            return NOTHING
        kept = list(pairs[first:last])
        if kept[0][0] < start:
            kept[0] = (start, kept[0][1])
        if kept[-1][1] > end:
            kept[-1] = (kept[-1][0], end)
        return Intervals.trusted(kept)

    def pad(self, before: int, after: int) -> Intervals:
        """Every pair widened by ``before`` and ``after`` minutes; negative values narrow it."""
        widened = [(start - before, end + after) for start, end in self.pairs]
        if before < 0 or after < 0:
            return Intervals(widened)
        return Intervals.in_order(widened)

    def covers(self, start: Minute, end: Minute) -> bool:
        """Whether every minute of ``[start, end)`` is in the set."""
        at = bisect_right(self.pairs, start, key=_end)
        return start >= end or (
            at < len(self.pairs) and self.pairs[at][0] <= start and end <= self.pairs[at][1]
        )

    def meets(self, start: Minute, end: Minute) -> bool:
        """Whether any minute of ``[start, end)`` is in the set."""
        at = bisect_right(self.pairs, start, key=_end)
        return start < end and at < len(self.pairs) and self.pairs[at][0] < end

    def __contains__(self, minute: Minute) -> bool:
        return self.meets(minute, minute + 1)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __len__(self) -> int:
        """How many minutes the set holds."""
        return sum(end - start for start, end in self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Intervals) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        return f"Intervals({list(self.pairs)})"


def _end(pair: Pair) -> Minute:
    return pair[1]


def _joined(ordered: Iterable[Pair]) -> tuple[Pair, ...]:
    """Join overlapping and touching neighbours of pairs sorted by start."""
    joined: list[Pair] = []
    last_start = last_end = -FOREVER - 1
    for start, end in ordered:
        if start > last_end:
            if last_end > last_start:
                joined.append((last_start, last_end))
            last_start, last_end = start, end
        elif end > last_end:
            last_end = end
    if last_end > last_start:
        joined.append((last_start, last_end))
    return tuple(joined)


NOTHING = Intervals()
ALWAYS = Intervals([(-FOREVER, FOREVER)])
