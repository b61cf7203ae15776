"""How often a list is booked within a day: what limits an open link limits no list."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from invitations.booking import OverLimitError
from invitations.models import InvitationKey, Recipient
from tests.factories import make_client
from tests.invitations import test_booking
from tests.invitations.prospects.lists import make_list, make_recipients
from tests.invitations.test_booking import ELEVEN, GERDA, HANS, NOON, NOW, TEN

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def clock(time_machine, settings):
    time_machine.move_to(NOW, tick=False)
    settings.LIMIT_PER_INVITATION, settings.LIMIT_PER_ADDRESS = 1, 2


@pytest.fixture
def book():
    forms = (f"form {number}" for number in count())

    def book(key: InvitationKey, start=TEN, **kwargs):
        return test_booking.book(key, start, **{"token": next(forms), **kwargs})

    return book


@pytest.fixture
def recipients() -> list[Recipient]:
    return make_recipients(make_list(), 3)


def test_every_recipient_of_a_list_may_book_on_the_same_day(book, recipients):
    for recipient, start in zip(recipients, (TEN, ELEVEN, NOON), strict=True):
        assert book(recipient.key, start, guest=replace(GERDA, email=recipient.email))


def test_clients_with_links_of_their_own_may_as_well(book, recipients):
    invitation = recipients[0].prospect_list.invitation
    for number, start in enumerate((TEN, ELEVEN, NOON)):
        client = make_client(email=f"client{number}@example.com")
        key = InvitationKey.objects.create(invitation=invitation, client=client)
        assert book(key, start, guest=replace(GERDA, client=client, email=client.email))


def test_what_lists_book_leaves_the_open_link_of_the_invitation_what_it_has(book, recipients):
    invitation = recipients[0].prospect_list.invitation
    open_link = invitation.keys.for_everybody().earliest("pk")
    book(recipients[0].key, TEN)
    assert book(open_link, ELEVEN, guest=HANS)
    with pytest.raises(OverLimitError):
        book(open_link, NOON, guest=replace(HANS, email="ida@example.com"))


def test_a_link_that_was_passed_on_books_as_often_as_one_address_whatever_is_typed(
    book, recipients
):
    key = recipients[0].key
    book(key, TEN, guest=replace(GERDA, email="one@example.com"))
    book(key, ELEVEN, guest=replace(GERDA, email="two@example.com"))
    with pytest.raises(OverLimitError):
        book(key, NOON, guest=replace(GERDA, email="three@example.com"))
