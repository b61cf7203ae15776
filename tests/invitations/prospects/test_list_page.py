"""The page of a list: who may open it, what it costs and shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import OutboxMessage
from invitations.models import RecipientMark
from tests.factories import at
from tests.invitations.pages import text
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.list_pages import (
    PAGES,
    act,
    add_more,
    address,
    assistant_of,
    list_of,
)
from tests.invitations.prospects.lists import book, make_recipient, make_recipients
from tests.staff import make_administrator, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


# Queries


def queries_of(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "query", ["", "?reached=opened_not_booked", "?state=sent", "?q=a&o=-4", "?_facets=True"]
)
def test_the_page_takes_twelve_queries_for_a_hundred_and_for_ten_thousand(query):
    prospect_list = list_of()
    live(prospect_list, add_people(prospect_list, 100), seed=5)
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list) + query
    hundred = queries_of(client, page)
    assert hundred <= 12
    add_more(prospect_list, 9_900)
    assert queries_of(client, page) == hundred


# Who may


def test_a_host_and_whoever_may_generate_for_them_see_and_send_a_list():
    prospect_list = list_of()
    make_recipients(prospect_list, 2)
    for user in (
        make_administrator(),
        own_user(prospect_list.invitation.owner),
        assistant_of(prospect_list),
    ):
        client = signed_in(user)
        for name in PAGES:
            assert client.get(address(name, prospect_list)).status_code == 200, name


def test_whoever_may_only_see_invitations_sees_figures_and_no_people():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    client = signed_in(assistant_of(prospect_list, can_generate_invitations=False))
    shown = client.get(reverse("admin:invitations_prospectlist_changelist"))
    assert [each.funnel.counts["listed"] for each in shown.context["cl"].result_list] == [1]
    settings = client.get(address("change", prospect_list))
    assert settings.status_code == 200
    assert "petra@example.com" not in text(settings)
    for name in ("recipients", "check", "progress"):
        assert client.get(address(name, prospect_list)).status_code == 404, name
    letter = address("letter", prospect_list, recipient.pk)
    assert client.get(letter).status_code == 404
    assert client.get(address("export", prospect_list, "csv")).status_code == 404
    for name in ("send", "pause", "resume"):
        assert client.post(address(name, prospect_list)).status_code == 404, name
    page = reverse("admin:invitations_recipient_change", args=[recipient.pk])
    assert client.get(page).status_code == 404
    assert OutboxMessage.objects.count() == 0


def test_the_page_of_one_list_shows_no_recipient_of_another():
    first, second = list_of(), list_of()
    make_recipient(first, "one@example.com")
    other = make_recipient(second, "two@example.com")
    client = signed_in(make_administrator())
    assert "two@example.com" not in text(client.get(address("recipients", first)))
    act(client, first, "withdraw", other, apply="1")
    assert RecipientMark.objects.count() == 0
    assert client.get(address("letter", first, other.pk)).status_code == 404


def test_appointments_are_shown_only_to_whoever_may_see_them():
    prospect_list = list_of()
    appointment = book(make_recipient(prospect_list), at("2030-01-07 10:00"))
    page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    seeing = signed_in(assistant_of(prospect_list))
    assert page in text(seeing.get(address("recipients", prospect_list)))
    blind = signed_in(assistant_of(prospect_list, can_see_appointments=False))
    shown = text(blind.get(address("recipients", prospect_list)))
    assert page not in shown
    assert '<span class="state state-good">Booked</span>' in shown


def test_the_appointment_that_stands_is_shown_before_later_ones_that_were_cancelled():
    prospect_list = list_of()
    recipient = make_recipient(prospect_list)
    stands = book(recipient, at("2030-01-07 10:00"))
    book(recipient, at("2030-01-08 10:00"), status="cancelled")
    shown = signed_in(make_administrator()).get(address("recipients", prospect_list))
    (row,) = shown.context["cl"].result_list
    assert row.appointment.key == stands.pk


# What is found


def test_people_are_found_by_name_and_address_and_put_in_order():
    prospect_list = list_of()
    make_recipient(prospect_list, "zoe@example.com", last_name="Adler")
    make_recipient(prospect_list, "alex@example.com", last_name="Zander")
    client = signed_in(assistant_of(prospect_list))
    page = address("recipients", prospect_list)

    def found(query: str) -> list[str]:
        return [each.email for each in client.get(page + query).context["cl"].result_list]

    assert found("?q=zand") == found("?q=alex@") == ["alex@example.com"]
    assert found("?o=1") == ["zoe@example.com", "alex@example.com"]
    assert found("?o=-1") == ["alex@example.com", "zoe@example.com"]


def test_lists_stand_in_the_index_and_recipients_in_their_lists():
    prospect_list = list_of()
    for user in (make_administrator(), assistant_of(prospect_list)):
        shown = text(signed_in(user).get(reverse("admin:index")))
        assert reverse("admin:invitations_prospectlist_changelist") in shown
        assert reverse("admin:invitations_recipient_changelist") not in shown
