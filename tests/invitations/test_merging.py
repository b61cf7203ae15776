"""Two records of one client become one, and nothing of either is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client as Browser

from appointments.booking import Guest, SentForm, book_anyway
from appointments.changes import Author
from appointments.clients import ClientGoneError
from appointments.models import Appointment, Client, ResourcePreference
from invitations.availability import next_starts
from invitations.booking import book
from invitations.choices import terms_of
from invitations.generate import Criteria, ImpossibleCriteriaError, generate
from invitations.keys import find_key
from invitations.merging import merge
from invitations.models import Invitation, InvitationKey
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_client,
    make_hours,
    make_invitation,
    make_preference,
    make_resource,
    make_terms,
    make_territory,
    make_work_type,
)
from tests.staff import make_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
TEN = at("2026-11-23 10:00")
PROVED = at("2026-11-01 12:00")
GERDA = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)


def two(**fields: object) -> tuple[Client, Client]:
    """The one to be kept, and another of the same address."""
    kept = make_client(email="gerda@example.com")
    return kept, make_client(**{"email": "Gerda@example.com", **fields})


def personal(client: Client, key: InvitationKey | None = None) -> InvitationKey:
    key = key or make_invitation()
    return key.invitation.keys.create(client=client)


def test_what_the_other_booked_and_their_links_belong_to_the_one_that_is_kept():
    kept, other = two()
    booked = make_appointment(make_resource(), TEN, client=other)
    link = personal(other)
    assert merge(kept.pk, other.pk)
    booked.refresh_from_db()
    link.refresh_from_db()
    assert (booked.client, link.client, link.is_second) == (kept, kept, False)
    assert list(Client.objects.all()) == [kept]


def test_the_same_twice_is_once():
    kept, other = two()
    merge(kept.pk, other.pk)
    assert merge(kept.pk, other.pk) is False
    assert merge(kept.pk, kept.pk) is False
    assert list(Client.objects.all()) == [kept]


def test_nothing_is_merged_into_one_that_is_gone():
    kept, other = two()
    kept.delete()
    with pytest.raises(ClientGoneError):
        merge(kept.pk, other.pk)
    assert list(Client.objects.all()) == [other]


def test_where_both_have_a_link_of_one_invitation_both_stay_alive_and_book_for_the_one_kept():
    """Rules L3 and L8."""
    kept, other = two()
    first = personal(kept)
    second = personal(other, first)
    merge(kept.pk, other.pk)
    for link in (first, second):
        assert Browser().get(f"/invite/{link.key}/").status_code == 200
    found = find_key(second.key, NOW)
    assert found is not None
    assert (found.client, found.is_second) == (kept, True)
    guest = replace(GERDA, client=found.client)
    terms = terms_of(found.invitation, {}, client=found.client)
    booked = book(found, terms, TEN, guest, SentForm("a form", NOW), NOW)
    assert booked.client == kept


def test_a_third_record_brings_its_links_as_well():
    kept, other = two()
    third = make_client(email="gerda@example.com")
    first = personal(kept)
    personal(other, first)
    personal(third, first)
    merge(third.pk, other.pk)
    merge(kept.pk, third.pk)
    links = first.invitation.keys.filter(client=kept).order_by("pk")
    assert list(links.values_list("is_second", flat=True)) == [False, True, True]


def test_what_is_known_of_the_one_that_is_kept_stays():
    kept, other = two(phone="+49 30 2", visiting_hours=make_hours())
    hours, host = make_hours(), make_resource()
    Client.objects.filter(pk=kept.pk).update(phone="+49 30 1", visiting_hours=hours)
    own = make_preference(kept, host, ResourcePreference.Kind.REQUIRED)
    make_preference(other, make_resource(), ResourcePreference.Kind.REQUIRED)
    merge(kept.pk, other.pk)
    kept.refresh_from_db()
    assert (kept.phone, kept.visiting_hours) == ("+49 30 1", hours)
    assert list(kept.resource_preferences.all()) == [own]


def test_what_is_blank_is_taken_from_the_other():
    kept, other = two(phone="+49 30 2", visiting_hours=make_hours())
    wish = make_preference(other, make_resource(), ResourcePreference.Kind.PREFERRED)
    merge(kept.pk, other.pk)
    kept.refresh_from_db()
    assert (kept.phone, kept.visiting_hours) == ("+49 30 2", other.visiting_hours)
    assert list(kept.resource_preferences.all()) == [wish]


@pytest.mark.parametrize(
    ("own", "others", "email", "then"),
    [
        (None, PROVED, "gerda@example.com", PROVED),
        (None, PROVED, "another@example.com", None),
        (PROVED, PROVED, "another@example.com", PROVED),
        (PROVED, None, "GERDA@example.com", PROVED),
    ],
)
def test_the_address_of_the_one_that_is_kept_is_proved_if_either_proved_that_one(
    own: dt.datetime | None, others: dt.datetime | None, email: str, then: dt.datetime | None
):
    kept = make_client(email="gerda@example.com", verified_at=own)
    other = make_client(email=email, verified_at=others)
    merge(kept.pk, other.pk)
    kept.refresh_from_db()
    assert (kept.verified_at, kept.email) == (then, "gerda@example.com")


def test_what_a_guest_booked_with_the_others_proved_address_is_not_lost():
    kept, other = two(email="another@example.com", verified_at=PROVED)
    booked = make_appointment(make_resource(), TEN, email="Another@example.com")
    merge(kept.pk, other.pk)
    assert list(Appointment.objects.of_client(kept)) == [booked]


def test_what_strangers_booked_with_an_address_that_is_not_proved_stays_theirs():
    kept, other = two(email="another@example.com")
    make_appointment(make_resource(), TEN, email="another@example.com")
    merge(kept.pk, other.pk)
    assert list(Appointment.objects.of_client(kept)) == []


def test_a_booking_that_still_names_the_other_is_to_be_sent_again_and_leaves_nothing():
    kept, other = two()
    link = personal(other)
    terms = terms_of(link.invitation, {})
    merge(kept.pk, other.pk)
    with pytest.raises(ClientGoneError):
        book(link, terms, TEN, replace(GERDA, client=other), SentForm("a form", NOW), NOW)
    assert list(Appointment.objects.all()) == []


def test_so_is_one_of_the_staff():
    kept, other = two()
    author = Author(make_administrator(), None)
    guest, form = replace(GERDA, client=other), SentForm("a form", NOW)
    merge(kept.pk, other.pk)
    with pytest.raises(ClientGoneError):
        book_anyway(make_terms(), TEN, guest, form, author=author, now=NOW)
    assert list(Appointment.objects.all()) == []


def test_no_invitation_is_made_for_the_one_who_is_gone():
    kept, other = two()
    territory = make_territory()
    criteria = Criteria(
        hosts=(make_resource(territory),),
        work_type=make_work_type(territory),
        territory=territory,
        client=other,
    )
    merge(kept.pk, other.pk)
    with pytest.raises(ImpossibleCriteriaError) as raised:
        generate(criteria, today=NOW.date())
    assert raised.value.field == "client"
    assert list(InvitationKey.objects.all()) == []


def test_their_wishes_still_count_for_an_invitation_of_which_they_have_two_links():
    kept, other = two(visiting_hours=make_hours(times=[(dt.time(15), dt.time(20))]))
    link = make_invitation(respects_wishes=True)
    InvitationKey.objects.filter(pk=link.pk).update(client=kept)
    personal(other, link)
    merge(kept.pk, other.pk)
    found = next_starts(list(Invitation.objects.for_staff(NOW)), NOW)
    assert found == {link.invitation_id: at("2026-11-20 15:00")}
