"""Guests at two servers book at the same moment (rules A3, B1, B2, B5, B6, B7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.races.databases import Database
from tests.races.guests import Answer, Guest, all_at_once
from tests.races.outcome import bookings, confirmations, drop_guard, overlaps
from tests.races.race import CROWD, Scene, Stage, crowd, race, staged
from tests.races.servers import share_in_company

pytestmark = pytest.mark.races

ATTEMPTS = 250


@pytest.fixture(scope="module")
def stage(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(original, tmp_path_factory.mktemp("races")) as stage:
        yield stage


def assert_booked_once(stage: Stage, scene: Scene) -> None:
    assert bookings(stage.database, scene.invitations) == 1
    assert confirmations(stage.database, scene.invitations) == 1
    assert overlaps(stage.database) == []


def test_thirty_guests_on_one_slot_make_one_booking_and_twenty_nine_friendly_refusals(
    stage: Stage,
) -> None:
    scene = stage.scenes["one slot"]

    answers = race(stage.site, scene.keys, scene.starts[:1] * 30)

    assert Counter(answer.status for answer in answers) == {303: 1, 409: 29}
    for number, answer in enumerate(answers):
        # What they typed is kept, and the page is a page (rule B7).
        assert answer.status == 303 or f'value="guest{number}"' in answer.body
        assert answer.status == 303 or "<h1" in answer.body
    assert_booked_once(stage, scene)
    assert share_in_company(stage.site.posts(), company=15) > 0.5


def test_a_single_use_invitation_is_used_once_however_many_slots_are_booked_at_once(
    stage: Stage,
) -> None:
    scene = stage.scenes["single use"]

    answers = race(stage.site, scene.keys, scene.starts)

    statuses = Counter(answer.status for answer in answers)
    assert statuses.pop(303) == 1
    assert set(statuses) <= {409, 410}
    assert_booked_once(stage, scene)
    assert share_in_company(stage.site.posts(), company=10) > 0.5


@pytest.mark.parametrize("name", ["capped invitation", "capped host"])
def test_twelve_guests_at_once_on_twelve_slots_of_a_day_for_three_make_three_bookings(
    stage: Stage, name: str
) -> None:
    scene = stage.scenes[name]

    answers = race(stage.site, scene.keys, scene.starts)

    assert Counter(answer.status for answer in answers) == {303: 3, 409: 9}
    assert bookings(stage.database, scene.invitations) == 3
    assert share_in_company(stage.site.posts(), company=6) > 0.5


def test_one_form_sent_twenty_times_at_once_is_one_appointment_with_one_address(
    stage: Stage,
) -> None:
    scene = stage.scenes["one form"]
    form = Guest(stage.site.ports[0], scene.keys[0], "gerda").open(scene.starts[0])

    def send(port: int, wait: Callable[[], Any]) -> Answer:
        wait()
        return Guest(port, scene.keys[0], "gerda", company=20).send(form)

    stage.site.forget_times()
    answers = all_at_once([partial(send, stage.site.ports[number % 2]) for number in range(20)])

    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert_booked_once(stage, scene)
    assert share_in_company(stage.site.posts(), company=10) > 0.5


def test_thousands_of_random_attempts_never_overlap_in_blocked_time(stage: Stage) -> None:
    statuses = crowd(stage.site, stage.scenes["crowd"], ATTEMPTS)

    assert statuses.total() == CROWD * ATTEMPTS
    assert set(statuses) == {303, 409}
    assert statuses[303] > 20
    assert overlaps(stage.database) == []
    assert share_in_company(stage.site.posts(), company=CROWD // 2) > 0.5


def test_the_locks_alone_let_one_booking_in_where_the_guard_is_missing(stage: Stage) -> None:
    scene = stage.scenes["another slot"]
    drop_guard(stage.database)

    answers = race(stage.site, scene.keys, scene.starts[:1] * 30)

    assert Counter(answer.status for answer in answers) == {303: 1, 409: 29}
    assert_booked_once(stage, scene)
