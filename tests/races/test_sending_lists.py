"""Several of the staff press the same at the same moment; nobody is written to twice (rule M1)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.races.databases import Database, copy_of
from tests.races.guests import Answer, FormFields, all_at_once
from tests.races.servers import Site, running
from tests.races.test_interleaving import Visitor

pytestmark = pytest.mark.races

STAFF, RECIPIENTS = 6, 30


@dataclass(frozen=True, slots=True)
class Stage:
    site: Site
    session: str
    lists: dict[str, int]


@pytest.fixture(scope="module")
def stage(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("lists")
    with copy_of(original, folder) as database:
        found = json.loads(database.run("-m", "tests.races.scenes", "lists"))
        with running(database, folder) as site:
            yield Stage(site, **found)


def press(stage: Stage, name: str, port: int, wait: Callable[[], Any]) -> Answer:
    """Open the page of a list, wait for the others, and send its form."""
    staff = Visitor(port, stage.session)
    page = f"/admin/invitations/prospectlist/{stage.lists[name]}/recipients/"
    cookie = f"sessionid={stage.session}"
    opened = staff.ask("GET", page, Cookie=cookie)
    token = FormFields.of(opened.body)["csrfmiddlewaretoken"]
    url, sent = page, {"action": name, "select_across": "1", "_selected_action": "1", "apply": "1"}
    if name == "send":
        url, sent = page.replace("recipients", "send"), {}
    wait()
    body = urlencode({"csrfmiddlewaretoken": token, **sent})
    return staff.ask("POST", url, body, Cookie=f"{cookie}; {opened.location}")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("send", {"prospect_letter": 1}),
        ("write_again", {"prospect_letter": 2}),
        ("remind", {"prospect_letter": 1, "prospect_nudge": 1}),
    ],
)
def test_m1_what_several_press_at_once_is_owed_once(
    stage: Stage, name: str, kinds: dict[str, int]
) -> None:
    ports = [stage.site.ports[number % 2] for number in range(STAFF)]
    answers = all_at_once([partial(press, stage, name, port) for port in ports])

    assert {answer.status for answer in answers} == {302}
    rows = stage.site.database.rows(
        "SELECT object_id, kind FROM appointments_outboxmessage"
        " JOIN invitations_recipient ON invitations_recipient.id = object_id"
        f" WHERE prospect_list_id = {stage.lists[name]}"
    )
    owed: dict[int, Counter[str]] = {}
    for recipient, kind in rows:
        owed.setdefault(recipient, Counter())[kind] += 1
    assert list(owed.values()) == [kinds] * RECIPIENTS
