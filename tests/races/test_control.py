"""The races bite: without locks and guard the same harness does find overlaps (rule B2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.races.databases import Database
from tests.races.outcome import bookings, drop_guard, overlaps
from tests.races.race import Stage, crowd, race, staged
from tests.races.servers import share_in_company

pytestmark = pytest.mark.races


@pytest.fixture(scope="module")
def weakened(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Servers that take no lock, and pause between check and insert."""
    with staged(original, tmp_path_factory.mktemp("control"), "weakened") as stage:
        yield stage


def test_without_locks_the_guard_alone_lets_one_booking_in(weakened: Stage) -> None:
    scene = weakened.scenes["one slot"]

    answers = race(weakened.site, scene.keys, scene.starts[:1] * 30)

    assert Counter(answer.status for answer in answers) == {303: 1, 409: 29}
    assert overlaps(weakened.database) == []
    assert share_in_company(weakened.site.posts(), company=15) > 0.5


def test_without_locks_a_single_use_invitation_is_used_many_times(weakened: Stage) -> None:
    scene = weakened.scenes["single use"]

    race(weakened.site, scene.keys, scene.starts)

    assert bookings(weakened.database, scene.invitations) > 1


def test_without_locks_and_guard_one_slot_is_booked_many_times(weakened: Stage) -> None:
    scene = weakened.scenes["another slot"]
    drop_guard(weakened.database)

    answers = race(weakened.site, scene.keys, scene.starts[:1] * 30)

    booked = sum(answer.status == 303 for answer in answers)
    assert booked > 1
    assert bookings(weakened.database, scene.invitations) == booked
    assert len(overlaps(weakened.database)) == booked * (booked - 1) // 2


def test_without_locks_and_guard_random_attempts_overlap_in_blocked_time(weakened: Stage) -> None:
    drop_guard(weakened.database)
    before = len(overlaps(weakened.database))

    crowd(weakened.site, weakened.scenes["crowd"], attempts=3)

    assert len(overlaps(weakened.database)) > before
