"""The stage of the races, and the start shot: guests who send their forms at one moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.races.databases import Database, copy_of
from tests.races.guests import Answer, Guest, all_at_once
from tests.races.servers import Site, running


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
        parts.append(partial(_book, Guest(port, key, f"guest{number}"), start))
    return all_at_once(parts)


def _book(guest: Guest, start: str, wait: Callable[[], Any]) -> Answer:
    """Open the page of a time, wait for all others, book."""
    form = guest.open(start)
    wait()
    return guest.send(form)
