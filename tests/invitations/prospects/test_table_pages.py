"""The pages that take a table of people: what comes of it, what they say and refuse."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from invitations.models import DoNotContact, ProspectList, Recipient, RecipientUpload
from tests.factories import make_client, make_resource
from tests.invitations.pages import hidden_fields, text
from tests.invitations.prospects.adding_pages import HEADINGS, paste, url, words
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.invitations.prospects.tables import csv_of, people, workbook
from tests.staff import make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_looked_over_then_imported(prospect_list, user, kind):
    table = [HEADINGS, *people(3)]
    content = workbook(table) if kind == "xlsx" else csv_of(table, ";").encode()
    file = SimpleUploadedFile(f"people.{kind}", content)
    address = user.post(url("upload", prospect_list), {"file": file})["Location"]
    page = user.get(address)
    assert "3 people will be added" in words(page)
    assert "Paula Prospect 1 paula1@example.com" in words(page)
    assert Recipient.objects.count() == 0
    done = user.post(address, hidden_fields(page), follow=True)
    assert "3 people more are on the list now." in words(done)
    assert [recipient.email for recipient in prospect_list.recipients.all()] == [
        "paula1@example.com",
        "paula2@example.com",
        "paula3@example.com",
    ]


def test_every_row_that_is_left_out_is_shown_with_its_reason(prospect_list, user):
    make_recipient(prospect_list, email="listed@example.com")
    DoNotContact.objects.create(email="unwanted@example.com")
    rows = [
        HEADINGS,
        ("Anna", "Berger", "anna@"),
        ("Anna", "Berger", "anna@example.com"),
        ("Anna", "Berger", "ANNA@example.com"),
        ("Lena", "Listed", "listed@example.com"),
        ("Uwe", "Unwanted", "unwanted@example.com"),
    ]
    page = words(user.get(paste(user, prospect_list, csv_of(rows))))
    assert "1 person will be added" in page
    assert (
        "Something is missing or wrong: 1 Row 2 – E-mail address: anna@ "
        "Enter a valid email address." in page
    )
    assert "In the table more than once: 1 Row 4 – ANNA@example.com like row 3" in page
    assert "On the list already: 1 Row 5 – listed@example.com" in page
    assert "Asked us not to write: 1 Row 6 – unwanted@example.com" in page


def test_of_many_rows_some_are_named_and_the_others_counted(prospect_list, user):
    rows = [("Anna", "Berger", "anna@")] * 60
    page = words(user.get(paste(user, prospect_list, csv_of([HEADINGS, *rows]))))
    assert "Something is missing or wrong: 60" in page
    assert page.count("Enter a valid email address.") == 50
    assert "and 10 more" in page
    assert "Nobody" not in page
    assert "0 people will be added" in page


def test_columns_can_be_put_right(prospect_list, user):
    address = paste(user, prospect_list, "Berger;Anna;anna@example.com\nWeber;Carla;c@example.com")
    assert "Berger Anna anna@example.com" in words(user.get(address))
    columns = {"column_0": "last_name", "column_1": "first_name", "column_2": "email"}
    page = user.get(address, columns)
    assert "Anna Berger anna@example.com" in words(page)
    assert "2 people will be added" in words(page)
    user.post(address, hidden_fields(page))
    anna = prospect_list.recipients.get(email="anna@example.com")
    assert (anna.first_name, anna.last_name) == ("Anna", "Berger")


def test_the_first_row_may_be_a_person_or_headings(prospect_list, user):
    address = paste(user, prospect_list, csv_of(people(2)))
    columns = {"column_0": "first_name", "column_1": "last_name", "column_2": "email"}
    assert "2 people will be added" in words(user.get(address, columns))
    with_headings = {**columns, "has_headings": "on"}
    assert "1 person will be added" in words(user.get(address, with_headings))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("first_name", "last_name", ""), "Choose the column with the e-mail addresses."),
        (("email", "first_name", "email"), "Two columns can’t say the same."),
        (("first_name", "", "email"), "Choose the columns with first and last names."),
        (
            ("name", "first_name", "email"),
            "Choose one column for the whole name, or one for each part.",
        ),
        (("first_name", "last_name", "password"), "Choose the column with the e-mail addresses."),
    ],
)
def test_columns_that_make_no_sense_are_said_and_import_nothing(prospect_list, user, columns, said):
    address = paste(user, prospect_list, csv_of(people(2)))
    chosen = {f"column_{index}": column for index, column in enumerate(columns)}
    for response in (user.get(address, chosen), user.post(address, chosen)):
        assert response.status_code == 200
        assert said in words(response)
        assert "will be added" not in words(response)
    assert (Recipient.objects.count(), RecipientUpload.objects.count()) == (0, 1)


def test_who_has_an_open_link_is_left_out_unless_ticked():
    owner = make_resource()
    make_recipient(make_list(invitation={"owner": owner}), email="paula1@example.com")
    prospect_list = make_list(invitation={"owner": owner})
    user = signed_in(own_user(owner))
    address = paste(user, prospect_list, csv_of([HEADINGS, *people(2)]))
    page = user.get(address)
    assert "Have a link that is still open: 1 Row 2 – paula1@example.com" in words(page)
    page = user.get(address, {**hidden_fields(page), "includes_invited": "on"})
    assert "2 people will be added" in words(page)
    user.post(address, hidden_fields(page))
    assert prospect_list.recipients.count() == 2


def test_an_upload_does_not_tell_whose_client_somebody_is():
    """An assistant who may not see clients learns nothing of links to them."""
    owner = make_resource()
    prospect_list = make_list(invitation={"owner": owner})
    other = make_list(invitation={"owner": owner})
    elena = make_client(email="paula1@example.com")
    other.invitation.keys.create(client=elena)
    sees = signed_in(make_assistant(owner, can_see_appointments=True))
    sees_not = signed_in(make_assistant(owner, can_see_appointments=False))
    table = csv_of([HEADINGS, *people(1)])
    assert "still open: 1" in words(sees.get(paste(sees, prospect_list, table)))
    assert "still open: 1" not in words(sees_not.get(paste(sees_not, prospect_list, table)))


def test_pressing_twice_imports_once(prospect_list, user):
    address = paste(user, prospect_list, csv_of(people(2)))
    sent = hidden_fields(user.get(address))
    user.post(address, sent)
    again = user.post(address, sent, follow=True)
    assert "This table was imported already" in words(again)
    assert prospect_list.recipients.count() == 2


def test_a_table_that_is_gone_says_so(prospect_list, user):
    address = paste(user, prospect_list, csv_of(people(2)))
    RecipientUpload.objects.all().delete()
    assert "forgotten after a day" in words(user.get(address, follow=True))


def test_a_table_can_be_taken_back(prospect_list, user):
    paste(user, prospect_list, csv_of(people(2)))
    upload = RecipientUpload.objects.get().pk
    response = user.post(url("discard", prospect_list, upload))
    assert response["Location"] == url("upload", prospect_list)
    assert (Recipient.objects.count(), RecipientUpload.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"Name,Mail\nAnna,a\0@example.com", "Row 2, column B: it has a character that is no text"),
        ("Name\nÖ".encode() + b"\x81", "Row 2, column A: it has a letter that can’t be read."),
        (b"Name,Mail\n=HYPERLINK(1),a@example.com", "Row 2, column A: it begins with “=”"),
        (b"Name,Mail\n" + b"x" * 1024**2, "Row 2, column A: more than 1000 characters"),
        (b"Anna\n" * 200_000, "Row 10002: more than 10000 rows"),
        (b"x" * 6 * 1024**2, "This file is larger than 5 MB."),
        (b"PK\x03\x04" + b"\0" * 100, "This workbook can’t be read."),
    ],
)
def test_a_bad_file_is_refused_with_its_place_and_nothing_of_it_is_kept(
    prospect_list, user, content, said
):
    file = SimpleUploadedFile("people.csv", content)
    response = user.post(url("upload", prospect_list), {"file": file})
    assert response.status_code == 200
    assert said in words(response)
    assert (Recipient.objects.count(), RecipientUpload.objects.count()) == (0, 0)


@pytest.mark.parametrize("pasted", ["", "  \n ", "a\0b@example.com"])
def test_nothing_or_no_text_is_refused(prospect_list, user, pasted):
    response = user.post(url("upload", prospect_list), {"pasted": pasted})
    assert response.status_code == 200
    assert response.context["form"].errors != {}
    assert RecipientUpload.objects.count() == 0


def test_of_both_a_table_and_a_file_neither_is_guessed(prospect_list, user):
    file = SimpleUploadedFile("people.csv", csv_of(people(1)).encode())
    response = user.post(url("upload", prospect_list), {"file": file, "pasted": "x"})
    assert "one of the two" in words(response)


def test_names_that_look_like_programs_are_printed_as_text(prospect_list, user):
    rows = [HEADINGS, ("<script>alert(1)</script>", "{{ 7 }}{0.__class__}%(x)s", "a@example.com")]
    page = user.get(paste(user, prospect_list, csv_of(rows)))
    assert "<script>alert" not in text(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}{0.__class__}%(x)s" in text(page)


def queries_of_look(user: Client, prospect_list: ProspectList, number: int) -> int:
    address = paste(user, prospect_list, csv_of([HEADINGS, *people(number)]))
    user.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert user.get(address).status_code == 200
    return len(queries)


def test_looking_over_takes_the_same_queries_for_one_row_and_for_a_hundred(prospect_list, user):
    assert queries_of_look(user, prospect_list, 1) == queries_of_look(user, prospect_list, 100)
