"""The engine beside code written by hand for the same question."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from bench import by_hand
from bench.measure import Line, medians, milliseconds, progress
from scheduling.engine.hours import Dates, WeeklyHours
from scheduling.engine.intervals import DAY, Intervals, Minute, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Place, Presence, Question, Work

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = minute_of(datetime(2026, 11, 22, 23, tzinfo=UTC))
"""Midnight in Berlin, at the start of a Monday."""

WORK = Work(duration=30, start_interval=15, block_before=5, block_after=10)
ANY_DAY = Dates(BERLIN)
MANY = 1000
Answer = Callable[[Question, Minute, Minute], list[Minute]]


def measure() -> list[Line]:
    """One host with 0, 20 and 200 busy times; then a thousand, any of whom would do."""
    lines = []
    for busy in (0, 20, 200):
        question = asked(host(busy))
        name = f"one host, one week, {busy} busy times"
        lines.append(beside(name, question, by_hand.starts_of_one, 400, 2.4))
    shared = tuple(host(20, seed=seed) for seed in range(MANY))
    own = tuple(host(20, seed=seed, hours=office_hours()) for seed in range(MANY))
    taken = tuple(host(20, seed=0, hours=office_hours()) for _ in range(MANY))
    for name, hosts in (
        ("shared hours", shared),
        ("hours of their own", own),
        ("own hours, all busy alike", taken),
    ):
        question = asked(*hosts, any_host=True)
        line = beside(f"any of {MANY} hosts, {name}", question, by_hand.starts_of_any, 15, None)
        lines.append(line)
    return lines


def beside(name: str, question: Question, hand: Answer, rounds: int, at_most: float | None) -> Line:
    """Time both ways to answer about one week; raises AssertionError if they disagree.

    Without ``at_most``, a ratio, the aim is 40 ms.
    """
    progress(f"Engine: {name}")
    week = (MONDAY, MONDAY + 7 * DAY)
    assert openings(question, *week) == hand(question, *week), name
    took = medians(
        {"ours": partial(openings, question, *week), "hand": partial(hand, question, *week)}, rounds
    )
    ours, bare = took["ours"], took["hand"]
    if at_most is None:
        aim, holds = "40 ms", ours <= 0.040
    else:
        aim, holds = f"at most {at_most}", ours / bare <= at_most
    return Line(name, milliseconds(ours), milliseconds(bare), ours / bare, aim, holds)


def asked(*hosts: Host, any_host: bool = False) -> Question:
    place = Place(BERLIN, office_hours())
    return Question(WORK, place, hosts, ANY_DAY, now=MONDAY - 3 * DAY, any_host=any_host)


def host(busy: int, *, seed: int = 0, hours: WeeklyHours | None = None) -> Host:
    """Someone with as many busy times in the week's working hours, a fifth of them absences."""
    dice = random.Random(seed)
    starts = [
        MONDAY + dice.randrange(5) * DAY + 9 * 60 + 5 * dice.randrange(96) for _ in range(busy)
    ]
    spans = [(start, start + dice.choice((5, 15, 25))) for start in starts]
    absent = busy // 5
    return Host(
        (Presence(ANY_DAY, hours),),
        booked=Intervals(spans[absent:]),
        absent=Intervals(spans[:absent]),
    )


def office_hours() -> WeeklyHours:
    """Monday to Friday from 9 to 17, with a break at noon."""
    day = Intervals([(9 * 60, 12 * 60), (13 * 60, 17 * 60)])
    return WeeklyHours(BERLIN, (day,) * 5 + (Intervals(),) * 2)
