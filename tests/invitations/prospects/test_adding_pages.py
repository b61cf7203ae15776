"""The pages that put people on a list: who may open them, one by one, and from the clients."""

from __future__ import annotations

import pytest
from django.test import Client

from invitations.models import DoNotContact, Recipient, RecipientUpload
from tests.factories import at, make_appointment, make_client, make_resource
from tests.invitations.pages import text
from tests.invitations.prospects.adding_pages import confirm, host_of, paste, url, words
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.invitations.prospects.tables import csv_of, people
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db]

WAYS = ("upload", "add_one", "add_clients")


# Who


@pytest.mark.parametrize("way", WAYS)
def test_strangers_find_nothing(prospect_list, way):
    page = url(way, prospect_list)
    only_looks = make_assistant(host_of(prospect_list), can_generate_invitations=False)
    for user in (only_looks, own_user(make_resource()), make_assistant(), make_user()):
        assert signed_in(user).get(page).status_code == 404
        assert signed_in(user).post(page).status_code == 404
    assert Client().get(page)["Location"].startswith("/account/sign-in/")


def test_a_table_is_found_on_its_own_list_alone(prospect_list, user):
    other = make_list(host_of(prospect_list), invitation={"work_type": None})
    address = paste(user, prospect_list, csv_of(people(1)))
    upload = RecipientUpload.objects.get().pk
    assert address == url("table", prospect_list, upload)
    assert user.get(url("table", other, upload))["Location"] == url("recipients", other)
    assert user.post(url("discard", other, upload)).status_code == 404
    stranger = signed_in(own_user(make_resource()))
    for page in ("table", "discard"):
        assert stranger.post(url(page, prospect_list, upload)).status_code == 404
    assert (Recipient.objects.count(), RecipientUpload.objects.count()) == (0, 1)


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_those_who_may_generate_for_a_host_fill_its_list(prospect_list, make):
    user = signed_in(make(host_of(prospect_list)))
    response = confirm(user, paste(user, prospect_list, csv_of(people(2))))
    assert response["Location"] == url("recipients", prospect_list)
    assert prospect_list.recipients.count() == 2


# One by one


ANNA = {"first_name": "Anna", "last_name": "Berger", "email": "anna@example.com", "phone": ""}


def test_one_is_typed_in_then_perhaps_another(prospect_list, user):
    page = url("add_one", prospect_list)
    assert user.post(page, {**ANNA, "another": "yes"})["Location"] == page
    carla = {**ANNA, "email": "carla@example.com"}
    assert user.post(page, carla)["Location"] == url("recipients", prospect_list)
    assert prospect_list.recipients.count() == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "listed@example.com"}, "This address is on the list already."),
        ({"email": "UNWANTED@example.com"}, "Whoever reads this address asked us not to write."),
        ({"email": "anna@"}, "Enter a valid email address."),
        ({"first_name": ""}, "This field is required."),
    ],
)
def test_why_one_cannot_be_added_is_said_beside_the_field(prospect_list, user, fields, said):
    make_recipient(prospect_list, email="listed@example.com")
    DoNotContact.objects.create(email="unwanted@example.com")
    response = user.post(url("add_one", prospect_list), {**ANNA, **fields})
    assert response.status_code == 200
    assert said in words(response)
    assert prospect_list.recipients.count() == 1


def test_one_with_an_open_link_is_added_once_that_is_ticked():
    owner = make_resource()
    make_recipient(make_list(invitation={"owner": owner}), email=ANNA["email"])
    prospect_list = make_list(invitation={"owner": owner})
    user, page = signed_in(own_user(owner)), url("add_one", prospect_list)
    assert "includes_invited" not in text(user.get(page))
    refused = user.post(page, ANNA)
    assert "They have a link that is still open." in words(refused)
    assert "includes_invited" in text(refused)
    user.post(page, {**ANNA, "includes_invited": "on"})
    assert prospect_list.recipients.count() == 1


# Clients


def test_clients_whom_the_user_may_see_are_found_and_added(prospect_list, user):
    elena = make_client(first_name="Elena", last_name="Rossi", email="elena@example.com")
    make_appointment(host_of(prospect_list), at("2026-11-23 10:00"), client=elena)
    stranger = make_client(first_name="Sam", last_name="Stranger", email="sam@example.com")
    page = url("add_clients", prospect_list)
    assert "Elena Rossi" in words(user.get(page))
    assert "Sam Stranger" not in words(user.get(page))
    assert "Nobody is called like that" in words(user.get(page, {"q": "stranger"}))
    assert user.post(page, {"clients": [stranger.pk]}).status_code == 200
    assert user.post(page, {}).status_code == 200
    assert prospect_list.recipients.count() == 0
    assert user.post(page, {"clients": [elena.pk]})["Location"] == url("recipients", prospect_list)
    assert prospect_list.recipients.get().client == elena


def test_clients_who_are_left_out_are_named(prospect_list):
    elena = make_client(email="elena@example.com")
    DoNotContact.objects.create(email="elena@example.com")
    user = signed_in(make_administrator())
    sent = {"clients": [elena.pk]}
    page = user.post(url("add_clients", prospect_list), sent, follow=True)
    assert "Asked us not to write: elena@example.com" in words(page)
    assert "Nobody was added." in words(page)


def test_who_sees_no_clients_is_offered_none(prospect_list):
    assistant = make_assistant(host_of(prospect_list), can_see_appointments=False)
    user = signed_in(assistant)
    assert user.get(url("add_clients", prospect_list)).status_code == 404
    assert url("add_clients", prospect_list) not in text(user.get(url("upload", prospect_list)))


def test_a_search_shows_fifty_at_most(prospect_list):
    for number in range(51):
        make_client(last_name=f"Rossi {number}", email=f"rossi{number}@example.com")
    user = signed_in(make_administrator())
    page = user.get(url("add_clients", prospect_list), {"q": "Rossi"})
    assert text(page).count('name="clients"') == 50
    assert "There are more." in words(page)
    assert user.get(url("add_clients", prospect_list), {"q": "a\0b"}).status_code == 200
