"""Staff see two records of one client side by side, and make them one."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from appointments.locks import TooBusyError
from appointments.models import Client
from tests.factories import at, make_appointment, make_client, make_invitation, make_resource
from tests.staff import (
    make_administrator,
    make_assistant,
    make_scheduling_administrator,
    make_user,
    own_user,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = reverse("admin:appointments_client_changelist")
TEN = at("2026-11-23 10:00")


def address(one: int, other: int) -> str:
    return reverse("admin:appointments_client_merge", args=[one, other])


def page_of(client: Client) -> str:
    return reverse("admin:appointments_client_change", args=[client.pk])


@pytest.fixture
def office() -> Browser:
    return signed_in(make_scheduling_administrator())


@pytest.fixture
def pair() -> tuple[Client, Client]:
    return make_client(), make_client(first_name="Gerda Maria", phone="+49 30 2")


def test_both_are_shown_with_what_they_have(office, pair):
    one, other = pair
    make_appointment(make_resource(), TEN, client=other)
    make_invitation().invitation.keys.create(client=other)
    context = office.get(address(one.pk, other.pk)).context
    shown = [(side.client, side.appointments, side.links) for side in context["sides"]]
    assert shown == [(one, 0, 0), (other, 1, 1)]


def test_the_one_with_more_is_suggested_and_before_that_the_one_with_a_proved_address(office, pair):
    one, other = pair

    def suggested() -> str:
        return office.get(address(one.pk, other.pk)).context["form"].chosen

    assert suggested() == str(one.pk)
    make_appointment(make_resource(), TEN, client=other)
    assert suggested() == str(other.pk)
    Client.objects.filter(pk=one.pk).update(verified_at=TEN)
    assert suggested() == str(one.pk)


def test_merging_leads_to_the_one_that_was_kept_and_leaves_a_trace(office, pair):
    one, other = pair
    response = office.post(address(one.pk, other.pk), {"kept": other.pk})
    assert (response.status_code, response["Location"]) == (302, page_of(other))
    assert list(Client.objects.all()) == [other]
    entries = LogEntry.objects.order_by("action_flag")
    assert [(entry.action_flag, entry.object_id) for entry in entries] == [
        (CHANGE, str(other.pk)),
        (DELETION, str(one.pk)),
    ]
    assert entries[0].get_change_message() == (
        "Merged with another record: Gerda Gast, gerda@example.com."
    )


def test_sent_twice_it_leads_there_again_and_leaves_one_trace(office, pair):
    one, other = pair
    for _ in range(2):
        response = office.post(address(one.pk, other.pk), {"kept": other.pk})
        assert (response.status_code, response["Location"]) == (302, page_of(other))
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize("kept", ["", "0", "x"])
def test_nothing_is_merged_before_one_of_them_is_chosen(office, pair, kept):
    one, other = pair
    response = office.post(address(one.pk, other.pk), {"kept": kept})
    assert (response.status_code, "Choose the record to keep" in response.content.decode()) == (
        200,
        True,
    )
    assert Client.objects.count() == 2


def test_those_who_do_not_exist_are_not_found(office):
    assert office.get(address(1, 2)).status_code == 404


def test_one_record_alone_is_not_merged_with_itself(office, pair):
    one, _other = pair
    response = office.post(address(one.pk, one.pk), {"kept": one.pk})
    assert (response.status_code, response["Location"]) == (302, page_of(one))
    assert Client.objects.count() == 2


def test_where_others_change_the_same_it_says_so_and_leaves_no_trace(office, pair, monkeypatch):
    def locked(kept: int, other: int) -> bool:
        raise TooBusyError

    monkeypatch.setattr("invitations.admin.merging.merge", locked)
    one, other = pair
    response = office.post(address(one.pk, other.pk), {"kept": one.pk})
    assert response.status_code == 200
    assert "Please try again" in response.content.decode()
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_who_changes_no_clients_merges_none(make, pair):
    one, other = pair
    mine = make_resource()
    make_appointment(mine, TEN, client=one)
    make_appointment(mine, TEN.replace(hour=12), client=other)
    browser = signed_in(make(mine))
    assert browser.get(address(one.pk, other.pk)).status_code == 403
    assert browser.post(address(one.pk, other.pk), {"kept": one.pk}).status_code == 403
    assert "/merge/" not in browser.get(page_of(one)).content.decode()
    assert Client.objects.count() == 2


def test_the_permission_to_change_clients_is_enough(pair):
    one, other = pair
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename="change_client"))
    browser = signed_in(user)
    assert browser.get(address(one.pk, other.pk)).status_code == 200


def test_the_page_of_one_leads_to_merging_with_another_of_the_same_address(office, pair):
    one, other = pair
    assert address(one.pk, other.pk) in office.get(page_of(one)).content.decode()


@pytest.mark.parametrize(("ticked", "leads"), [(1, False), (2, True), (3, False)])
def test_two_that_are_ticked_in_the_list_can_be_merged(office, ticked, leads):
    rows = [make_client(last_name=name, email=f"{name}@example.com") for name in "abc"]
    keys = [row.pk for row in rows[:ticked]]
    response = office.post(LIST, {"action": "merge_two", "_selected_action": keys})
    assert response.status_code == 302
    assert (response["Location"] == address(*[*keys, 0][:2])) is leads


def delete(browser: Browser, *clients: Client) -> str:
    """What the page of deletion answers, alone and for those ticked in the list."""
    if len(clients) == 1:
        url = reverse("admin:appointments_client_delete", args=[clients[0].pk])
        return browser.post(url, {"post": "yes"}).content.decode()
    keys = [client.pk for client in clients]
    sent = {"action": "delete_selected", "_selected_action": keys, "post": "yes"}
    return browser.post(LIST, sent).content.decode()


@pytest.mark.parametrize("several", [False, True])
def test_who_has_booked_or_has_a_link_is_not_deleted_but_can_be_merged(office, pair, several):
    one, other = pair
    make_appointment(make_resource(), TEN, client=one)
    make_invitation().invitation.keys.create(client=other)
    for client in pair:
        answer = delete(office, *(pair if several else [client]))
        assert "must not lose whom they are for" in answer
        assert "Merge two records of one client" in answer
    assert Client.objects.count() == 2


def test_who_has_neither_is_deleted(office, pair):
    one, other = pair
    delete(office, one)
    assert list(Client.objects.all()) == [other]


def test_an_administrator_may_as_well(pair):
    one, other = pair
    assert signed_in(make_administrator()).get(address(one.pk, other.pk)).status_code == 200
