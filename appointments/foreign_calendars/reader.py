"""Fetches and reads one calendar, as a program of its own.

Its input is JSON of an ``Order``, its output JSON of what is in ``refreshing.Outcome``. Looking up
a name cannot be given up in Python; a process can.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from appointments.bounded import program
from appointments.foreign_calendars.fetching import Version, fetch
from appointments.foreign_calendars.problems import CannotReadError
from appointments.foreign_calendars.reading import Asked, busy_time
from scheduling.engine.intervals import Minute


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch and how to read it; ``known`` are UIDs, ``zone`` a name of a zone.

    ``from_here`` is for development: calendars of this machine may be asked.
    """

    url: str
    etag: str
    last_modified: str
    since: Minute
    until: Minute
    zone: str
    known: list[str]
    from_here: bool


def read(given: bytes) -> dict[str, Any]:
    order = Order(**json.loads(given))
    asked = Asked(order.since, order.until, ZoneInfo(order.zone), frozenset(order.known))
    try:
        known = Version(order.etag, order.last_modified)
        answer = fetch(order.url, known, from_here=order.from_here)
        busy = None if answer.content is None else busy_time(answer.content, asked).pairs
    except CannotReadError as error:
        return {"problem": error.problem}
    return {**asdict(answer.version), "busy": busy}


if __name__ == "__main__":
    program(read)
