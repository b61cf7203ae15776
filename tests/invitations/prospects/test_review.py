"""Who of a table is added, and who is left out, why."""

from __future__ import annotations

import pytest

from appointments.models.addresses import folded
from invitations.models import DoNotContact, Invitation, InvitationKey, RecipientMark
from invitations.prospects.columns import guessed
from invitations.prospects.review import (
    Known,
    LeftOut,
    Prospect,
    Reason,
    Review,
    known_about,
    review,
)
from invitations.prospects.tables import read_pasted
from tests.factories import at, make_client, make_invitation, make_resource
from tests.invitations.prospects.lists import make_list, make_recipient

NOW = at("2026-11-20 12:00")


def look(text: str, known: Known | None = None, *, includes_invited: bool = False) -> Review:
    rows = read_pasted(f"First name,Last name,E-mail,Phone\n{text}")
    return review(rows, guessed(rows), known or Known(), includes_invited=includes_invited)


def test_a_readable_row_is_a_prospect():
    found = look(" Anna  Maria ,Berger,anna@example.com,030 1234")
    assert found.prospects == [Prospect("Anna Maria", "Berger", "anna@example.com", "030 1234")]
    assert found.left_out == {reason: [] for reason in Reason}


@pytest.mark.parametrize(
    ("row", "who", "why"),
    [
        ("Anna,Berger,", "E-mail address", "This field is required."),
        (",Berger,anna@example.com", "First name", "This field is required."),
        ("Anna,Berger,anna@", "E-mail address: anna@", "Enter a valid email address."),
        (
            "Anna,Berger,anna@example.com," + "1" * 51,
            "Phone: " + "1" * 51,
            "Ensure this value has at most 50 characters (it has 51).",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_number(row, who, why):
    found = look(f"Carla,Weber,carla@example.com\n{row}")
    assert found.left_out[Reason.WRONG] == [LeftOut(3, who, why)]
    assert [prospect.first_name for prospect in found.prospects] == ["Carla"]


def test_line_breaks_in_names_become_spaces():
    found = look('"Anna\r\nBcc: eve@example.com",Berger,anna@example.com')
    assert found.prospects[0].first_name == "Anna Bcc: eve@example.com"


@pytest.mark.parametrize("text", ["{{ 7 }}", "{0.__class__}", "%(email)s", "<b>Anna</b>"])
def test_what_looks_like_a_program_is_a_name_like_any_other(text):
    assert look(f"{text},Berger,anna@example.com").prospects[0].first_name == text


def test_of_two_rows_with_an_address_the_first_counts_whatever_the_case():
    found = look("Anna,Berger,anna@example.com\nAnna,B.,ANNA@example.com")
    assert [prospect.last_name for prospect in found.prospects] == ["Berger"]
    assert found.left_out[Reason.TWICE] == [LeftOut(3, "ANNA@example.com", "like row 2")]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (Known(listed=frozenset({folded("anna@example.com")})), Reason.LISTED),
        (Known(unwanted=frozenset({folded("anna@example.com")})), Reason.UNWANTED),
        (Known(invited=frozenset({folded("anna@example.com")})), Reason.INVITED),
    ],
)
def test_known_addresses_are_left_out_whatever_the_case(known, reason):
    found = look("Anna,Berger,Anna@Example.com", known)
    assert found.prospects == []
    assert found.left_out[reason] == [LeftOut(2, "Anna@Example.com")]


def test_those_with_an_open_link_are_added_where_that_is_wanted_and_no_others():
    anna, carla, tom = (
        frozenset({folded(f"{who}@example.com")}) for who in ("anna", "carla", "tom")
    )
    known = Known(listed=carla, unwanted=tom, invited=anna | carla | tom)
    text = "A,B,anna@example.com\nC,W,carla@example.com\nT,R,tom@example.com"
    found = look(text, known, includes_invited=True)
    assert [prospect.email for prospect in found.prospects] == ["anna@example.com"]


# What is known of addresses


def known(prospect_list, *, sees_clients=True) -> Known:
    return known_about(prospect_list, sees_clients=sees_clients, now=NOW)


@pytest.mark.django_db
@pytest.mark.database
def test_recipients_and_unsubscribed_addresses_are_known():
    prospect_list = make_list()
    make_recipient(prospect_list, email="anna@example.com")
    make_recipient(make_list(), email="elsewhere@example.com")
    DoNotContact.objects.create(email="Tom@example.com")
    found = known(prospect_list)
    assert found.listed == {folded("anna@example.com")}
    assert found.unwanted == {folded("tom@example.com")}
    assert found.invited == set()


@pytest.mark.django_db
@pytest.mark.database
def test_invited_are_those_with_an_open_link_to_the_same_owner():
    owner, other = make_resource(), make_resource()
    prospect_list = make_list(invitation={"owner": owner})
    earlier = make_list(invitation={"owner": owner})
    make_recipient(earlier, email="recipient@example.com")
    withdrawn = make_recipient(earlier, email="withdrawn@example.com")
    RecipientMark.objects.create(recipient=withdrawn, kind=RecipientMark.Kind.WITHDRAWN)
    switched_off = make_list(invitation={"owner": owner, "is_active": False})
    make_recipient(switched_off, email="off@example.com")
    make_recipient(make_list(invitation={"owner": other}), email="others@example.com")
    client = make_client(email="client@example.com")
    InvitationKey.objects.create(invitation=make_invitation(owner=owner).invitation, client=client)
    both = {folded("recipient@example.com"), folded("client@example.com")}
    assert known(prospect_list).invited == both
    assert known(prospect_list, sees_clients=False).invited == {folded("recipient@example.com")}


@pytest.mark.django_db
def test_an_invitation_of_nobody_knows_of_no_open_links():
    prospect_list = make_list()
    make_recipient(make_list(), email="anna@example.com")
    assert Invitation.objects.filter(owner=None).count() == 2
    assert known(prospect_list).invited == set()
