"""People who are put on a list and taken off it, by typing, from clients or from a table."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import chores, clients
from appointments.changes import Author
from appointments.models import OutboxMessage
from invitations.merging import merge
from invitations.models import (
    DoNotContact,
    InvitationEvent,
    InvitationKey,
    Letter,
    ProspectList,
    Recipient,
    RecipientMark,
    RecipientUpload,
)
from invitations.prospects.adding import Terms, add_prospects, remove_recipients
from invitations.prospects.columns import guessed
from invitations.prospects.importing import (
    ImportedError,
    import_table,
    keep_table,
    look_over,
    rows_of,
)
from invitations.prospects.review import Prospect, Reason, Review
from invitations.prospects.tables import read_pasted
from tests.factories import at, make_client, make_resource
from tests.invitations.prospects.lists import book, make_list, make_recipient
from tests.invitations.prospects.tables import csv_of, people
from tests.staff import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
HEADINGS = ("First name", "Last name", "E-mail")
ANNA = Prospect("Anna", "Berger", "anna@example.com", "030 1234")
CARLA = Prospect("Carla", "Weber", "carla@example.com")


def terms(*, includes_invited: bool = False) -> Terms:
    return Terms(Author(make_user()), sees_clients=True, includes_invited=includes_invited)


def add(prospect_list: ProspectList, *prospects: Prospect, **how: bool) -> Review:
    return add_prospects(prospect_list.pk, prospects, terms(**how), NOW)


def upload(prospect_list: ProspectList, text: str) -> RecipientUpload:
    return keep_table(prospect_list, read_pasted(text), make_user())


def put(table: RecipientUpload, **how: bool) -> Review:
    return import_table(table, guessed(rows_of(table)), terms(**how), NOW)


def addresses(prospect_list: ProspectList) -> list[str]:
    return list(prospect_list.recipients.values_list("email", flat=True))


# One by one


def test_l1_each_recipient_has_a_key_of_their_own_to_the_lists_invitation():
    prospect_list = make_list()
    add(prospect_list, ANNA, CARLA)
    anna, carla = prospect_list.recipients.select_related("key")
    assert (anna.first_name, anna.last_name, anna.email, anna.phone) == ANNA[:4]
    assert (carla.first_name, carla.phone) == ("Carla", "")
    assert len({anna.key.key, carla.key.key, anna.unsubscribe_key, carla.unsubscribe_key}) == 4
    for recipient in (anna, carla):
        assert recipient.key.invitation_id == prospect_list.invitation_id
        assert (recipient.client, recipient.key.client) == (None, None)


def test_the_same_person_twice_is_once():
    prospect_list = make_list()
    add(prospect_list, ANNA)
    found = add(prospect_list, ANNA, CARLA, CARLA)
    assert [row.who for row in found.left_out[Reason.LISTED]] == [ANNA.email]
    assert [row.who for row in found.left_out[Reason.TWICE]] == [CARLA.email]
    assert addresses(prospect_list) == [ANNA.email, CARLA.email]


def test_addresses_are_one_in_any_case_of_their_ascii_letters_and_no_other():
    """PostgreSQL takes “ı” for an “i”, which is somebody else’s host."""
    prospect_list = make_list()
    for address in (
        "iris@bank.example",
        "IRIS@Bank.example",
        "iris@bücher.example",
        "ırıs@bank.example",
    ):
        add(prospect_list, ANNA._replace(email=address))
    assert addresses(prospect_list) == [
        "iris@bank.example",
        "iris@bücher.example",
        "ırıs@bank.example",
    ]


def test_nobody_is_added_who_asked_not_to_be_written_to():
    prospect_list = make_list()
    DoNotContact.objects.create(email="ANNA@example.com")
    found = add(prospect_list, ANNA, includes_invited=True)
    assert [row.who for row in found.left_out[Reason.UNWANTED]] == [ANNA.email]
    assert addresses(prospect_list) == []
    assert InvitationEvent.objects.count() == 0


def test_who_has_an_open_link_is_added_only_where_that_is_wanted():
    owner = make_resource()
    make_recipient(make_list(invitation={"owner": owner}), email=ANNA.email)
    prospect_list = make_list(invitation={"owner": owner})
    add(prospect_list, ANNA)
    assert addresses(prospect_list) == []
    add(prospect_list, ANNA, includes_invited=True)
    assert addresses(prospect_list) == [ANNA.email]


def test_it_is_kept_who_added_and_for_whom():
    prospect_list, host, user = make_list(), make_resource(), make_user()
    who = Terms(Author(user, host), sees_clients=False, includes_invited=False)
    add_prospects(prospect_list.pk, [ANNA], who, NOW)
    event = InvitationEvent.objects.get()
    assert (event.invitation, event.kind) == (prospect_list.invitation, "recipients_added")
    assert (event.actor, event.on_behalf_of) == (user, host)


# Clients


def test_l8_a_chosen_client_gets_a_link_of_their_own():
    prospect_list, elena = make_list(), make_client(email="elena@example.com")
    add(prospect_list, Prospect.of(elena))
    recipient = prospect_list.recipients.get()
    assert (recipient.client, recipient.key.client, recipient.email) == (elena, elena, elena.email)


def test_a_client_with_a_link_of_that_invitation_keeps_it():
    prospect_list, elena = make_list(), make_client()
    key = InvitationKey.objects.create(invitation=prospect_list.invitation, client=elena)
    add(prospect_list, Prospect.of(elena), includes_invited=True)
    assert prospect_list.recipients.get().key == key


def test_a_client_is_on_a_list_once_whatever_their_address_is_now():
    prospect_list, elena = make_list(), make_client(email="elena@example.com")
    add(prospect_list, Prospect.of(elena))
    elena.email = "rossi@example.com"
    elena.save()
    found = add(prospect_list, Prospect.of(elena), includes_invited=True)
    assert [row.who for row in found.left_out[Reason.LISTED]] == ["rossi@example.com"]


def test_a_client_who_is_gone_is_added_by_nobody():
    prospect_list, elena = make_list(), make_client()
    prospect = Prospect.of(elena)._replace(client=type(elena)(pk=elena.pk + 1))
    with pytest.raises(clients.ClientGoneError):
        add(prospect_list, CARLA, prospect)
    assert addresses(prospect_list) == []


def test_recipients_of_a_merged_client_are_the_kept_clients():
    prospect_list = make_list()
    kept, other = make_client(email="kept@example.com"), make_client(email="other@example.com")
    add(prospect_list, Prospect.of(other))
    merge(kept.pk, other.pk)
    recipient = prospect_list.recipients.select_related("key").get()
    assert (recipient.client, recipient.key.client) == (kept, kept)


# Tables


def test_a_table_is_imported_once():
    prospect_list = make_list()
    table = upload(prospect_list, csv_of([HEADINGS, *people(3)]))
    assert addresses(prospect_list) == []
    put(table)
    assert len(addresses(prospect_list)) == 3
    with pytest.raises(ImportedError):
        put(table)
    assert len(addresses(prospect_list)) == 3
    assert RecipientUpload.objects.count() == 0


def test_looking_a_table_over_changes_nothing():
    prospect_list = make_list()
    table = upload(prospect_list, csv_of([HEADINGS, *people(3)]))
    found = look_over(table, guessed(rows_of(table)), terms(), NOW)
    assert len(found.prospects) == 3
    assert (Recipient.objects.count(), RecipientUpload.objects.count()) == (0, 1)
    assert InvitationKey.objects.count() == 1


def test_what_changed_since_the_table_was_looked_over_counts():
    prospect_list = make_list()
    table = upload(prospect_list, csv_of([HEADINGS, *people(3)]))
    look_over(table, guessed(rows_of(table)), terms(), NOW)
    make_recipient(prospect_list, email="PAULA1@example.com")
    DoNotContact.objects.create(email="paula2@example.com")
    assert [prospect.email for prospect in put(table).prospects] == ["paula3@example.com"]


def test_further_tables_add_to_the_list():
    prospect_list = make_list()
    put(upload(prospect_list, csv_of([HEADINGS, *people(3)])))
    put(upload(prospect_list, csv_of([HEADINGS, *people(3, start=3)])))
    assert addresses(prospect_list) == [f"paula{n}@example.com" for n in range(1, 6)]


def test_an_import_that_fails_in_the_middle_adds_nobody(monkeypatch):
    prospect_list = make_list()
    table = upload(prospect_list, csv_of([HEADINGS, *people(3)]))

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("invitations.prospects.adding.log", fail)
    with pytest.raises(RuntimeError):
        put(table)
    assert addresses(prospect_list) == []
    assert (InvitationKey.objects.count(), RecipientUpload.objects.count()) == (1, 1)


def test_a_table_that_nobody_came_back_to_is_forgotten_after_a_day():
    prospect_list = make_list()
    with time_machine.travel(NOW, tick=False):
        old = upload(prospect_list, csv_of(people(1)))
    chores.do_all(NOW + dt.timedelta(days=1))
    assert RecipientUpload.objects.get() == old
    chores.do_all(NOW + dt.timedelta(days=1, seconds=1))
    assert RecipientUpload.objects.count() == 0


def queries_of_import(number: int) -> int:
    table = upload(make_list(), csv_of([HEADINGS, *people(number)]))
    with CaptureQueriesContext(connection) as queries:
        put(table)
    return len(queries)


def test_an_import_takes_the_same_queries_for_one_and_for_fifty():
    assert queries_of_import(1) == queries_of_import(50)


# Off the list


def remove(prospect_list: ProspectList) -> int:
    everybody = list(prospect_list.recipients.values_list("pk", flat=True))
    return remove_recipients(prospect_list.pk, everybody, Author(make_user()))


def test_who_was_never_written_to_is_taken_off_with_their_key():
    prospect_list = make_list()
    add(prospect_list, ANNA, CARLA)
    assert remove(prospect_list) == 2
    assert addresses(prospect_list) == []
    assert InvitationKey.objects.count() == 1  # everybody's
    assert InvitationEvent.objects.filter(kind="recipients_removed").count() == 1


@pytest.mark.parametrize("result", [*OutboxMessage.Result.values, ""])
def test_l3_whoever_may_have_the_link_stays(result):
    prospect_list = make_list()
    for kind in (Letter.FIRST, Letter.NUDGE):
        written_to = make_recipient(prospect_list, email=f"{kind}@example.com")
        OutboxMessage.objects.create(
            kind=kind, object_id=written_to.pk, not_before=NOW, result=result
        )
    fetched = make_recipient(prospect_list, email="fetched@example.com")
    RecipientMark.objects.create(recipient=fetched, kind=RecipientMark.Kind.FETCHED)
    book(make_recipient(prospect_list, email="booked@example.com"), at("2026-11-23 10:00"))
    assert remove(prospect_list) == 0
    assert prospect_list.recipients.count() == 4


def test_a_clients_link_that_was_there_before_stays():
    prospect_list, elena = make_list(), make_client()
    key = InvitationKey.objects.create(invitation=prospect_list.invitation, client=elena)
    add(prospect_list, Prospect.of(elena), includes_invited=True)
    assert remove(prospect_list) == 1
    assert InvitationKey.objects.filter(pk=key.pk).exists()


def test_nobody_is_taken_off_another_list():
    prospect_list, other = make_list(), make_list()
    anna = make_recipient(other)
    assert remove_recipients(prospect_list.pk, [anna.pk], Author(make_user())) == 0
    assert other.recipients.get() == anna
