"""Two acts on one host meet, each in the middle of the other (rules B1, B2, B7)."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.races.databases import Database, copy_of
from tests.races.guests import Answer, FormFields, all_at_once
from tests.races.outcome import overlaps
from tests.races.pairs import CONTEST, GROUP_KINDS, KINDS
from tests.races.servers import Site, running

pytestmark = pytest.mark.races

PATIENCE_SECONDS = 20
IN_HAND = "in-hand"
"""What a slow request notes at the door once it holds its locks; it keeps them for 0.5 s."""

DONE, REFUSED = {302, 303}, {200, 409, 422, 503}


@dataclass(frozen=True, slots=True)
class Stage:
    site: Site
    session: str
    scenes: dict[str, Any]
    merged: dict[str, Any]
    rostered: dict[str, Any]
    gathered: dict[str, Any]


@pytest.fixture(scope="module")
def stage(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("interleaving")
    with copy_of(original, folder) as database:
        found = json.loads(database.run("-m", "tests.races.pairs"))
        with running(database, folder, "slow") as site:
            yield Stage(site, **found)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at one of the servers, signed in where that helps."""

    port: int
    session: str

    def ask(self, method: str, url: str, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, url, body, headers)
            response = connection.getresponse()
            cookies = response.headers.get_all("Set-Cookie") or []
            csrf = [each.split(";")[0] for each in cookies if each.startswith("csrftoken=")]
            return Answer(response.status, "".join(csrf), response.read().decode())
        finally:
            connection.close()

    def act(
        self, act: dict[str, Any], door: Path, *, first: bool, wait: Callable[[], Any]
    ) -> Answer:
        """Open the page, wait for the other, and send its form: slowly, or in the middle of it."""
        url = act["url"]
        cookie = f"sessionid={self.session}" if url.startswith("/admin/") else ""
        page = self.ask("GET", url, Cookie=cookie)
        assert page.status == 200, (url, page.status)
        names = {"first_name": "Gerda", "last_name": "Gast", "email": "gerda@example.com"}
        known = FormFields.of(page.body)
        form = {**known, **{k: v for k, v in names.items() if k in known}, **act["send"]}
        headers = {"Cookie": "; ".join(filter(None, [cookie, page.location]))}
        wait()
        if first:
            headers["X-Slow"] = "1"
        else:
            until = time.monotonic() + PATIENCE_SECONDS
            while not (door / IN_HAND).exists() and time.monotonic() < until:
                time.sleep(0.005)
        return self.ask("POST", url, urlencode(form), **headers)


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_whoever_comes_second_gets_a_word_and_no_time_is_held_twice(
    stage: Stage, first: str, second: str
) -> None:
    scene = stage.scenes[f"{first}, {second}"]
    answers = meet(stage, scene["acts"])
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= DONE | REFUSED, answers
    assert statuses[0] in DONE, answers[0].body
    assert all("<h1" in answer.body for answer in answers if answer.status in REFUSED)
    assert overlaps(stage.site.database) == []
    if {first, second} <= CONTEST and (first != second or first == "book"):
        assert statuses[1] in REFUSED
    assert held(stage.site.database, scene) <= 1


@pytest.mark.parametrize("first", ["book", "merge"])
def test_who_books_by_their_link_while_they_are_merged_books_for_the_one_that_is_kept(
    stage: Stage, first: str
) -> None:
    """Or is asked to send it again (rules B1, L3)."""
    scene, database = stage.merged[first], stage.site.database
    earlier, later = meet(stage, scene["acts"])
    assert earlier.status in DONE, earlier.body
    assert later.status in DONE | {409}, later.body
    has_booked = first == "book" or later.status in DONE
    assert clients_of(database, scene) == ([scene["kept"]] if has_booked else [])
    left = f"SELECT count(*) FROM appointments_client WHERE id = {scene['other']}"
    assert database.number(left) == 0


@pytest.mark.parametrize("first", ["book", "delete"])
def test_who_books_in_a_shift_while_it_is_deleted_has_booked_before_or_is_refused(
    stage: Stage, first: str
) -> None:
    """Never after it (rules A1, B1)."""
    scene, database = stage.rostered[first], stage.site.database
    earlier, later = meet(stage, scene["acts"])
    assert earlier.status in DONE, earlier.body
    assert later.status in (DONE if first == "book" else REFUSED), later.body
    assert held(database, scene) == (1 if first == "book" else 0)
    left = f"SELECT count(*) FROM scheduling_shift WHERE id = {scene['shift']}"
    assert database.number(left) == 0


@pytest.mark.parametrize("first", ["enrol", "change"])
@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_who_takes_a_place_while_the_group_changes_goes_with_it_or_is_refused(
    stage: Stage, kind: str, first: str
) -> None:
    """Places are never fewer than those in them (rules A10, B1)."""
    scene, database = stage.gathered[f"{kind}, {first}"], stage.site.database
    earlier, later = meet(stage, scene["acts"])
    assert earlier.status in DONE, earlier.body
    # Enrolled before, they go with the group; places cannot be fewer then.
    goes_along = first == "enrol" and kind != "places"
    assert later.status in (DONE if goes_along else REFUSED), later.body
    group = f"FROM appointments_appointment WHERE group_id = {scene['group']}"
    assert database.number(f"SELECT count(*) {group}") == (2 if first == "enrol" else 1)
    standing = database.number(f"SELECT count(*) {group} AND status = 'scheduled'")
    assert standing == (0 if kind == "cancel" else 2 if first == "enrol" else 1)


def test_after_all_of_it_the_data_holds_together(stage: Stage) -> None:
    stage.site.database.run("manage.py", "check_integrity")


def meet(stage: Stage, acts: list[dict[str, Any]]) -> list[Answer]:
    """The answers to two acts, of which the second is sent in the middle of the first."""
    stage.site.forget_times()
    door = stage.site.times.with_name("door")
    visitors = [Visitor(port, stage.session) for port in stage.site.ports]
    return all_at_once(
        [
            partial(_part, visitor, act, door, number == 0)
            for number, (visitor, act) in enumerate(zip(visitors, acts, strict=True))
        ]
    )


def clients_of(database: Database, scene: dict[str, Any]) -> list[int]:
    """Under which of the two records something was booked."""
    pair = f"{scene['kept']}, {scene['other']}"
    found = database.rows(
        f"SELECT client_id FROM appointments_appointment WHERE client_id IN ({pair})"
    )
    return [client for (client,) in found]


def held(database: Database, scene: dict[str, Any]) -> int:
    """How many hold the contested hour of the host."""
    hour = scene["hour"].replace("T", " ").removesuffix("Z")
    return database.number(
        "SELECT count(*) FROM appointments_assignment WHERE holds_time"
        f" AND service_resource_id = {scene['host']} AND blocked_start = '{hour}'"
    )


def _part(
    visitor: Visitor, act: dict[str, Any], door: Path, first: bool, wait: Callable[[], Any]
) -> Answer:
    return visitor.act(act, door, first=first, wait=wait)
