"""Guests at two servers take the places of one group at one moment (rules A10, B1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.races.databases import Database
from tests.races.outcome import bookings, confirmations, drop_guard
from tests.races.race import Stage, race, staged

pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def stage(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(original, tmp_path_factory.mktemp("groups")) as stage:
        yield stage


def test_five_places_are_five_bookings_of_thirty(stage: Stage) -> None:
    """No guard could notice a sixth: attendees hold no time."""
    scene = stage.scenes["group"]
    drop_guard(stage.database)

    answers = race(stage.site, scene.keys, scene.starts * 30)

    assert Counter(answer.status for answer in answers) == {303: 5, 409: 25}
    assert bookings(stage.database, scene.invitations) == 5
    assert confirmations(stage.database, scene.invitations) == 5
