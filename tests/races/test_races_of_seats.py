"""Guests at two servers book places at one moment, and teams of hosts (rules A6, A7, B1, B2)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.races.databases import Database
from tests.races.outcome import bookings, drop_guard, overlaps, seats
from tests.races.race import Stage, race, staged

pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def stage(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(original, tmp_path_factory.mktemp("seats")) as stage:
        yield stage


def test_five_places_are_five_bookings_of_thirty_each_on_a_seat_of_its_own(stage: Stage) -> None:
    scene = stage.scenes["seats"]

    answers = race(stage.site, scene.keys, scene.starts * 30)

    assert Counter(answer.status for answer in answers) == {303: 5, 409: 25}
    assert seats(stage.database, scene.invitations) == [1, 2, 3, 4, 5]
    assert overlaps(stage.database) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_no_host_is_in_two_teams_at_once(stage: Stage, guarded: bool) -> None:
    """Whether the guard would notice or the locks alone have to do."""
    if not guarded:
        drop_guard(stage.database)
    scene, dice = stage.scenes["teams"], random.Random(f"guarded: {guarded}")
    before = bookings(stage.database, scene.invitations)
    starts = scene.starts[:2] if guarded else scene.starts[2:]

    answers = race(stage.site, dice.sample(scene.keys, 12), dice.choices(starts, k=20))

    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) == {303, 409}
    assert 2 <= statuses[303] <= 4
    assert bookings(stage.database, scene.invitations) == before + statuses[303]
    assert overlaps(stage.database) == []
