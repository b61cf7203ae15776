"""What is noted of a recipient's link: fetched by whatever asks, opened by people (rule L2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser

from appointments.form_tokens import hand_out
from appointments.models import Appointment, OutboxMessage
from invitations.keys import find_key
from invitations.models import Invitation, Recipient, RecipientMark
from invitations.prospects import letters, marks
from tests.factories import at, make_invitation
from tests.invitations.pages import hidden_fields, text
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.invitations.test_client_isolation import everything

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN = "2026-11-23T09:00:00Z"
NOW = at("2026-11-20 12:00")


@pytest.fixture
def petra() -> Recipient:
    return make_recipient(make_list())


def url_of(recipient: Recipient, rest: str = "") -> str:
    return f"/invite/{recipient.key.key}/{rest}"


def kinds() -> list[str]:
    return sorted(RecipientMark.objects.values_list("kind", flat=True))


def beacon(recipient: Recipient, token: str | None = None, browser: Browser | None = None):
    token = hand_out(f"opened:{recipient.key.key}", NOW) if token is None else token
    return (browser or Browser()).post(url_of(recipient, "opened/"), {"form_token": token})


# Fetched


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    "rest", ["", "2026-W48/", "zone/", "2026-W48/zone/", "book/", f"book/?start={TEN}"]
)
def test_l2_whatever_asks_for_a_page_of_the_link_fetches_it_once(petra, method, rest):
    for _ in range(2):
        assert getattr(Browser(), method)(url_of(petra, rest)).status_code in {200, 409}
        assert kinds() == ["fetched"]
    [mark] = RecipientMark.objects.all()
    assert (mark.recipient, mark.at) == (petra, NOW)


@pytest.mark.parametrize("method", ["get", "head"])
def test_l2_so_does_what_asks_for_the_way_to_it(petra, method):
    response = getattr(Browser(), method)(f"/invite/?invitationKey={petra.key.key}")
    assert response.status_code == 302
    assert kinds() == ["fetched"]


def test_l2_options_write_nothing(client, petra):
    for rest in ("", "2026-W48/", "zone/", "book/", "opened/"):
        client.options(url_of(petra, rest))
    client.options(f"/invite/?invitationKey={petra.key.key}")
    assert kinds() == []


@pytest.mark.parametrize("fields", [{"is_active": False}, {"audience": "clients"}])
def test_a_link_that_is_not_open_is_fetched_as_well(client, fields):
    recipient = make_recipient(make_list(invitation=fields))
    assert client.get(url_of(recipient)).status_code == 403
    assert kinds() == ["fetched"]


def test_l2_a_mail_scanner_that_asks_for_every_link_changes_nothing_but_that(petra):
    mail = letters.preview(petra)
    html = str(mail.alternatives[0][0])
    own = [url for url in _links(mail.body + html) if url.startswith("http://testserver/")]
    assert {url.split("/")[3] for url in own} == {"invite", "unsubscribe"}
    before = everything()
    for url in own:
        for method in ("get", "head"):
            path = url.removeprefix("http://testserver")
            assert getattr(Browser(), method)(path).status_code == 200
    after = everything()
    assert len(after.pop("invitations.recipientmark")) == 1
    before.pop("invitations.recipientmark")
    assert after == before
    assert kinds() == ["fetched"]


def _links(words: str) -> set[str]:
    found = words.replace('"', " ").replace("<", " ").replace(">", " ").split()
    return {word.rstrip(".,") for word in found if word.startswith("http")}


def test_ordinary_links_ask_nothing_more_of_the_database(client, django_assert_num_queries):
    key = make_invitation()
    with django_assert_num_queries(8):
        client.get(f"/invite/{key.key}/")
    assert kinds() == []


def test_a_recipients_link_asks_for_one_query_more_the_first_time(
    client, petra, django_assert_num_queries
):
    for queries in (9, 8):
        with django_assert_num_queries(queries):
            client.get(url_of(petra))


def test_noted_twice_by_who_did_not_see_the_other_it_is_one_mark(petra):
    one, other = find_key(petra.key.key, NOW), find_key(petra.key.key, NOW)
    for key in (one, other):
        marks.note_fetched(key)
    assert kinds() == ["fetched"]


@pytest.mark.django_db(transaction=True)
def test_a_recipient_who_was_taken_off_in_that_instant_is_no_error(petra):
    key = find_key(petra.key.key, NOW)
    Recipient.objects.all().delete()
    marks.note_fetched(key)
    assert kinds() == []


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_instant_leave_one_mark_and_fail_nobody():
    recipient = make_recipient(make_list())
    gate = Barrier(6)

    def ask(_number: int) -> int:
        try:
            gate.wait(10)
            return Browser().get(url_of(recipient)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [200] * 6
    assert kinds() == ["fetched"]


# Opened


def test_l2_the_page_has_a_script_and_loading_it_opens_nothing(client, petra):
    page = text(client.get(url_of(petra)))
    assert f'data-address="{url_of(petra, "opened/")}"' in page
    assert "js/opened.js" in page
    assert kinds() == ["fetched"]


def test_other_links_have_no_such_script(client):
    assert "opened.js" not in text(client.get(f"/invite/{make_invitation().key}/"))


def test_a_person_may_be_seen_to_open_a_link_that_is_closed(client, petra):
    Invitation.objects.filter(pk=petra.key.invitation_id).update(is_active=False)
    assert "opened.js" in text(client.get(url_of(petra)))
    assert beacon(petra).status_code == 204
    assert kinds() == ["fetched", "opened"]


def test_l2_what_the_script_sends_is_counted_once(client, petra):
    for _ in range(2):
        response = beacon(petra)
        assert (response.status_code, response.content) == (204, b"")
        assert response.cookies == {}
        assert kinds() == ["opened"]
    assert "opened.js" not in text(client.get(url_of(petra)))


def test_the_token_of_its_page_opens_it(client, petra):
    page = client.get(url_of(petra))
    assert beacon(petra, page.wsgi_request.beacon.token).status_code == 204
    assert kinds() == ["fetched", "opened"]


def test_l6_no_other_token_opens_it(petra):
    other = make_recipient(petra.prospect_list, "paul@example.com")
    with time_machine.travel(at("2026-11-19 11:59"), tick=False):
        old = hand_out(f"opened:{petra.key.key}", at("2026-11-19 11:59"))
    for token in (
        "",
        "forged",
        hand_out(petra.key.key, NOW),
        hand_out(f"opened:{other.key.key}", NOW),
        hand_out(f"opened:{petra.key.key}", NOW)[:-1],
        old,
    ):
        assert beacon(petra, token).status_code == 422
    assert beacon(petra).status_code == 204
    assert [mark.recipient for mark in RecipientMark.objects.all()] == [petra]


def test_only_links_of_recipients_are_opened(client):
    key = make_invitation()
    token = hand_out(f"opened:{key.key}", NOW)
    for name in (key.key, "x" * 32):
        assert client.post(f"/invite/{name}/opened/", {"form_token": token}).status_code == 404
    assert client.get(f"/invite/{key.key}/opened/").status_code == 405
    assert kinds() == []


@pytest.mark.parametrize("typed", [{}, {"email": "no address"}])
def test_l2_a_form_that_is_sent_opens_it_booked_or_not(petra, typed):
    browser = Browser()
    form = hidden_fields(browser.get(url_of(petra, f"book/?start={TEN}")))
    browser.post(url_of(petra, "book/"), {**form, **typed})
    assert kinds() == ["fetched", "opened"]
    assert Appointment.objects.count() == (0 if typed else 1)


def test_it_says_nothing_to_anybody(petra):
    beacon(petra)
    assert OutboxMessage.objects.count() == 0
