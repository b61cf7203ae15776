"""One plain Monday, 2026-11-16, which examples vary: one host, open 09:00-13:00 UTC, full hours."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from scheduling.engine.intervals import DAY
from scheduling.engine.openings import openings
from scheduling.engine.rules import Host, Place, Presence, Question, Work
from tests.scheduling.engine.shorthand import at, dates, spell, weekly

UTC = "UTC"
BERLIN = "Europe/Berlin"
MONDAY = at("2026-11-16T00:00Z")
PRESENT = Presence(dates(UTC))
HOST = Host((PRESENT,))
WORK = Work(duration=60, start_interval=60)
QUESTION = Question(
    work=WORK,
    place=Place(ZoneInfo(UTC), weekly(UTC, "daily 09:00-13:00")),
    hosts=(HOST,),
    dates=dates(UTC),
    now=MONDAY - DAY,
)


def asked(question: Question = QUESTION, days: int = 1, **work: object) -> list[str]:
    """The open starts from Monday on, as ``"11-16 09:00"``."""
    question = replace(question, work=replace(question.work, **work))
    return spell(openings(question, MONDAY, MONDAY + days * DAY))


def on_monday(*clock: str) -> list[str]:
    return [f"11-16 {time}" for time in clock]


def at_place(zone: str, *slots: str, holidays: tuple[str, ...] = ()) -> Question:
    return replace(QUESTION, place=Place(ZoneInfo(zone), weekly(zone, *slots, holidays=holidays)))


def with_hosts(*hosts: Host, any_host: bool = False) -> Question:
    return replace(QUESTION, hosts=hosts, any_host=any_host)


def staying(*presences: Presence) -> Question:
    return with_hosts(Host(presences))
