"""The addresses not to contact, in the administration."""

from __future__ import annotations

import pytest
from django.urls import reverse

from invitations.models import DoNotContact
from invitations.prospects.unsubscribing import unsubscribe
from tests.factories import at, make_resource, make_territory
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.staff import make_assistant, make_scheduling_administrator, own_user, signed_in

pytestmark = [pytest.mark.django_db]

PAGE = reverse("admin:invitations_donotcontact_changelist")
ADD = reverse("admin:invitations_donotcontact_add")


@pytest.fixture
def recipient(friday):
    return make_recipient(make_list(name="Autumn letters"))


def test_an_office_sees_who_unsubscribed_from_what_and_takes_it_back(recipient):
    unsubscribe(recipient, now=at("2026-11-20 12:00"))
    office = signed_in(make_scheduling_administrator())
    shown = office.get(PAGE).text
    assert "petra@example.com" in shown
    assert "unsubscribed from “Autumn letters”" in shown
    unwanted = DoNotContact.objects.get()
    page = reverse("admin:invitations_donotcontact_delete", args=[unwanted.pk])
    office.post(page, {"post": "yes"})
    assert list(recipient.prospect_list.recipients.contactable()) == [recipient]


def test_an_office_adds_who_asks_by_phone_once_in_any_case(recipient):
    office = signed_in(make_scheduling_administrator())
    assert office.post(ADD, {"email": "Petra@example.com"}).status_code == 302
    assert not recipient.prospect_list.recipients.contactable().exists()
    again = office.post(ADD, {"email": "petra@EXAMPLE.com"})
    assert "This address is not contacted already." in again.text
    assert "added here" in office.get(PAGE).text


def test_an_address_is_not_turned_into_another(recipient):
    unwanted = DoNotContact.objects.create(email="petra@example.com")
    page = reverse("admin:invitations_donotcontact_change", args=[unwanted.pk])
    signed_in(make_scheduling_administrator()).post(page, {"email": "other@example.com"})
    assert DoNotContact.objects.get().email == "petra@example.com"


def test_resources_and_assistants_do_not_see_who_unsubscribed_from_others(recipient):
    anna = make_resource(make_territory())
    for user in (own_user(anna), make_assistant(anna)):
        browser = signed_in(user)
        assert [browser.get(PAGE).status_code, browser.get(ADD).status_code] == [403, 403]
