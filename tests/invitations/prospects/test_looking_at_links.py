"""Staff who look at a recipient's link leave no mark on it: it was not its recipient (rule L2)."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from invitations.models import Recipient, RecipientMark
from scheduling.models import ServiceResource
from tests.clients import browser_of, make_client
from tests.factories import make_resource
from tests.invitations.pages import hidden_fields, text
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.invitations.sharing import make_website
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN = "2026-11-23T09:00:00Z"


@pytest.fixture
def petra() -> Recipient:
    return make_recipient(make_list())


def host_of(recipient: Recipient) -> ServiceResource:
    return recipient.key.invitation.hosts.get().service_resource


def url_of(recipient: Recipient, rest: str = "") -> str:
    return f"/invite/{recipient.key.key}/{rest}"


def kinds() -> list[str]:
    return sorted(RecipientMark.objects.values_list("kind", flat=True))


def browsers_of_the_office(recipient: Recipient) -> list[Browser]:
    host = host_of(recipient)
    people = (make_administrator(), own_user(host), make_assistant(host))
    return [signed_in(person) for person in people]


@pytest.mark.parametrize("rest", ["", "2026-W48/", "zone/", f"book/?start={TEN}"])
def test_l2_who_may_see_the_list_fetches_nothing(petra, rest):
    for browser in browsers_of_the_office(petra):
        assert browser.get(url_of(petra, rest)).status_code == 200
    assert kinds() == []


def test_l2_nor_on_the_way_to_it(petra):
    for browser in browsers_of_the_office(petra):
        assert browser.get(f"/invite/?invitationKey={petra.key.key}").status_code == 302
    assert kinds() == []


def test_l2_nor_do_they_open_it(petra):
    for browser in browsers_of_the_office(petra):
        assert "opened.js" not in text(browser.get(url_of(petra)))
        form = hidden_fields(browser.get(url_of(petra, f"book/?start={TEN}")))
        assert browser.post(url_of(petra, "book/"), {**form, "email": "none"}).status_code == 422
    assert kinds() == []


def test_l2_staff_who_do_not_see_the_list_count_like_anybody():
    prospect_list = make_list()
    people = (make_user(), make_assistant(make_resource()))
    for number, person in enumerate(people):
        recipient = make_recipient(prospect_list, f"prospect{number}@example.com")
        assert "opened.js" in text(signed_in(person).get(url_of(recipient)))
    assert kinds() == ["fetched", "fetched"]


def test_l2_so_do_clients(petra):
    browser_of(make_client("Gerda Gast")).get(url_of(petra))
    assert kinds() == ["fetched"]


def test_l6_in_a_frame_nobody_is_signed_in_so_whoever_looks_counts():
    recipient = make_recipient(
        make_list(invitation={"website": make_website(allowed_origins="https://customer.example")})
    )
    browser = signed_in(make_administrator())
    browser.get(url_of(recipient), headers={"Sec-Fetch-Dest": "document"})
    assert kinds() == []
    browser.get(url_of(recipient), headers={"Sec-Fetch-Dest": "iframe"})
    assert kinds() == ["fetched"]


def test_who_looks_again_at_an_opened_link_is_not_asked_for(petra, django_assert_num_queries):
    for kind in ("fetched", "opened"):
        RecipientMark.objects.create(recipient=petra, kind=kind)
    with django_assert_num_queries(8):
        Browser().get(url_of(petra))
