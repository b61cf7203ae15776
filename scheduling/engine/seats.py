"""How many appointments of one host may run at once, and which seat one more takes (rule A7).

Each minute has as many places as the hours that hold then state, the smallest number counting, and
one where none of them says anything. An appointment has as many as its scarcest minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from scheduling.engine.hours import WeeklyHours, weekly_times
from scheduling.engine.intervals import NOTHING, Intervals, Minute, Pair
from scheduling.engine.rules import Host, Mode, Question, Work
from scheduling.engine.windows import common_hours, there_within


def full(question: Question, host: Host, span: Pair) -> Intervals:
    """The starts in a span from which a host would have no place left."""
    work = question.work
    stated = _stated(question, host, span)
    if not stated:
        return too_close(work, host.booked.clamp(*blocked(work, span)))
    taken = [too_close(work, seat.clamp(*blocked(work, span))) for seat in _seats(host)]
    closed = NOTHING
    for number, crowded in enumerate(_met_at_least(taken), start=1):
        closed = closed | (crowded & _meeting(work, _scarce(stated, number, span)))
    return closed


def places_at(question: Question, host: Host, start: Minute) -> int:
    """How many appointments of a host may run at once from one start on."""
    span = start, start + question.work.duration
    stated = _stated(question, host, span)
    return min(number for number in (1, *stated) if _scarce(stated, number, span))


def places_left(question: Question, host: Host, start: Minute) -> int:
    """How many more appointments a host could begin at one start, were nothing else in the way.

    Less than one where seats are taken that the hours no longer state.
    """
    taken = _seats_met(question.work, host, start)
    return places_at(question, host, start) - len(taken)


def free_seat(work: Work, host: Host, start: Minute) -> int:
    """The lowest seat of a host that nothing holds around a start; the first seat is 1."""
    met = _seats_met(work, host, start)
    return next(seat for seat in count(1) if seat not in met)


def blocked(work: Work, span: Pair) -> Pair:
    """A span of work with its block times."""
    return span[0] - work.block_before, span[1] + work.block_after


def too_close(work: Work, busy: Intervals) -> Intervals:
    """The starts from which the work, with its block times, would meet a busy time."""
    return busy.pad(work.duration + work.block_after - 1, work.block_before)


def _seats(host: Host) -> tuple[Intervals, ...]:
    return host.seats or (host.booked,)


def _seats_met(work: Work, host: Host, start: Minute) -> set[int]:
    around = blocked(work, (start, start + work.duration))
    return {seat for seat, busy in enumerate(_seats(host), start=1) if busy.meets(*around)}


def _stated(question: Question, host: Host, span: Pair) -> dict[int, Intervals]:
    """The numbers of places that hours state, and when each of them is."""
    found: defaultdict[int, list[Pair]] = defaultdict(list)
    for hours, there in _hours_used(question, host, span):
        for number, week in hours.places.items():
            found[number].extend((weekly_times(hours.zone, week, *span) & there).pairs)
    return {number: Intervals(pairs) for number, pairs in found.items()}


def _hours_used(
    question: Question, host: Host, span: Pair
) -> Iterator[tuple[WeeklyHours, Intervals]]:
    """The hours that bound the work of a host, each with the time in which they count."""
    always = Intervals([span])
    for hours in common_hours(question.work, question.place, question.mode):
        yield hours, always
    if question.mode is not Mode.SHIFTS:
        for presence in host.presences:
            if presence.hours is not None:
                yield presence.hours, there_within(presence, always, span)
            elif question.mode is Mode.UNION:
                yield question.place.hours, there_within(presence, always, span)


def _scarce(stated: dict[int, Intervals], number: int, span: Pair) -> Intervals:
    """When there are at most so many places."""
    said = Intervals(pair for pairs in stated.values() for pair in pairs)
    few = [pair for places, when in stated.items() if places <= number for pair in when]
    return Intervals(few) | (Intervals([span]) - said)


def _meeting(work: Work, minutes: Intervals) -> Intervals:
    """The starts from which the work itself meets any of the minutes."""
    return minutes.pad(work.duration - 1, 0)


def _met_at_least(sets: list[Intervals]) -> Iterator[Intervals]:
    """What is in at least one of the sets, in at least two, and so on."""
    met: list[Intervals] = []
    for each in sets:
        above = each
        for level, known in enumerate(met):
            met[level], above = known | above, known & above
        met.append(above)
    yield from met
