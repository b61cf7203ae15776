"""The stage of the races, and the start shot: guests who send their forms at one moment."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.races.databases import Database, copy_of
from tests.races.guests import Answer, Guest, all_at_once
from tests.races.servers import Site, running

CROWD = 8
"""Processes that try random times."""

NEAR = 4
"""They try starts as near to each other as that."""

IN_STEP = 10
"""And wait for each other after so many attempts."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The invitations of one race, and the starts that may be booked by them."""

    keys: list[str]
    invitations: list[int]
    starts: list[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """Two servers on a database with rows for each race."""

    site: Site
    scenes: dict[str, Scene]

    @property
    def database(self) -> Database:
        return self.site.database


@contextmanager
def staged(original: Database, folder: Path, application: str = "recorded") -> Iterator[Stage]:
    with copy_of(original, folder) as database:
        scenes = json.loads(database.run("-m", "tests.races.scenes", "races"))
        with running(database, folder, application) as site:
            yield Stage(site, {name: Scene(**scene) for name, scene in scenes.items()})


def race(site: Site, keys: list[str], starts: list[str]) -> list[Answer]:
    """One guest for each start, by one key and at one server or another; their answers."""
    site.forget_times()
    parts = []
    for number, start in enumerate(starts):
        port, key = site.ports[number % len(site.ports)], keys[number % len(keys)]
        parts.append(partial(_book, Guest(port, key, f"guest{number}", company=len(starts)), start))
    return all_at_once(parts)


def crowd(site: Site, scene: Scene, attempts: int) -> Counter[int]:
    """Processes that all try one random time after the other; the statuses of the answers."""
    site.forget_times()
    ports = site.ports
    parts = [
        partial(_book_at_random, ports[number % len(ports)], scene, number, attempts)
        for number in range(CROWD)
    ]
    return sum(all_at_once(parts), Counter())


def _book(guest: Guest, start: str, wait: Callable[[], Any]) -> Answer:
    """Open the page of a time, wait for all others, book."""
    form = guest.open(start)
    wait()
    return guest.send(form)


def _book_at_random(
    port: int, scene: Scene, number: int, attempts: int, wait: Callable[[], Any]
) -> Counter[int]:
    """Try times near those that all others try too, by random invitations."""
    dice, shared_dice = random.Random(number), random.Random("the same for all")
    *starts, quiet = scene.starts
    guests = [Guest(port, key, f"guest{number}") for key in scene.keys]
    forms = {guest: guest.open(quiet) for guest in guests}
    statuses: Counter[int] = Counter()
    for attempt in range(attempts):
        if attempt % IN_STEP == 0:
            wait()
        near = shared_dice.randrange(len(starts) - NEAR)
        guest, start = dice.choice(guests), starts[near + dice.randrange(NEAR)]
        answer = guest.send({**forms[guest], "start": start})
        statuses[answer.status] += 1
        if answer.status == 303:
            forms[guest] = guest.open(quiet)
    return statuses
