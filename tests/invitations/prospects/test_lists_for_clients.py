"""Lists of invitations that are for clients alone: who on them could not book, and who is told."""

from __future__ import annotations

import pytest

from invitations import changes
from invitations.generate import ImpossibleCriteriaError
from invitations.models import Audience, DoNotContact
from invitations.prospects.preflight import preflight
from tests.factories import at, make_client
from tests.invitations.prospects.lists import make_list, make_recipient

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

NOW = at("2026-11-20 12:00")


def warnings(audience: Audience, *addresses: str) -> list[str]:
    """About a list of one client, and of these addresses of others."""
    prospect_list = make_list(invitation={"audience": audience})
    client = make_client()
    known = make_recipient(prospect_list, client.email, client=client)
    known.key.client = client
    known.key.save()
    for address in addresses:
        make_recipient(prospect_list, address)
    return preflight(prospect_list, NOW).warnings


def test_of_those_who_are_no_clients_it_is_said_how_many_cannot_book():
    DoNotContact.objects.create(email="three@example.com")
    addresses = ("one@example.com", "two@example.com", "three@example.com")
    assert warnings(Audience.CLIENTS, *addresses) == [
        "Only clients who sign in can book by it: 2 on the list are not known as clients."
    ]
    assert warnings(Audience.RECIPIENT, "one@example.com") == [
        "Only the client of a link can book by it: 1 on the list is not known as a client, "
        "and that link opens to nobody."
    ]


@pytest.mark.parametrize("audience", [Audience.CLIENTS, Audience.RECIPIENT])
def test_where_all_are_clients_nothing_is_said(audience):
    assert warnings(audience) == []


def test_an_invitation_with_a_list_of_others_is_not_made_one_for_clients_of_links():
    prospect_list = make_list()
    prospect_list.invitation.keys.all().delete()
    make_recipient(prospect_list)
    with pytest.raises(ImpossibleCriteriaError):
        changes.change(prospect_list.invitation_id, {"audience": Audience.RECIPIENT}, now=NOW)
