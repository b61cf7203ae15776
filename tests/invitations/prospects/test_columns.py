"""Which column says what: guessed from headings or contents."""

from __future__ import annotations

import pytest

from invitations.prospects.columns import Column, Matching, guessed, split_name, titles
from invitations.prospects.tables import Row, read_pasted

ANNA = "Anna,Berger,anna@example.com,030 1234567"
FIRST, LAST, NAME, EMAIL, PHONE, NOTHING = (
    *(Column.FIRST_NAME, Column.LAST_NAME, Column.NAME),
    *(Column.EMAIL, Column.PHONE, Column.NOTHING),
)


def guess(text: str) -> Matching:
    return guessed(read_pasted(text))


@pytest.mark.parametrize(
    "headings",
    [
        "First name,Last name,E-mail,Phone",
        "FIRSTNAME,SURNAME,Email address,Mobile",
        "given_name,family_name,mail,tel.",
        "Vorname,Nachname,E-Mail-Adresse,Telefonnummer",
        "Vorname,Familienname,Mail,Handy",
    ],
)
def test_headings_in_english_and_german_are_known(headings):
    assert guess(f"{headings}\n{ANNA}") == Matching((FIRST, LAST, EMAIL, PHONE), True)


def test_columns_that_nobody_knows_are_not_needed():
    found = guess("Salutation,Name,E-Mail,Customer since\nMs,Anna Berger,anna@example.com,2019")
    assert found == Matching((NOTHING, NAME, EMAIL, NOTHING), True)


def test_of_two_columns_that_say_the_same_the_first_counts():
    assert guess("E-Mail,Mail,Name\na@example.com,,Anna Berger").columns == (EMAIL, NOTHING, NAME)


def test_a_row_may_be_longer_than_its_headings():
    assert guess(f"First name,Last name\n{ANNA}").columns == (FIRST, LAST, NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (ANNA, (FIRST, LAST, EMAIL, PHONE)),
        ("Anna Berger;anna@example.com", (NAME, EMAIL)),
        ("anna@example.com;Anna Berger", (EMAIL, NAME)),
        ("Anna;Berger;Cologne;anna@example.com;", (FIRST, LAST, NOTHING, EMAIL)),
        ("anna@example.com;;+49 30 1234", (EMAIL, NOTHING, PHONE)),
    ],
)
def test_without_headings_columns_are_known_by_what_they_say(row, columns):
    assert guess(row) == Matching(columns, False)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Anna Berger", ("Anna", "Berger")),
        ("Anna Maria Berger", ("Anna Maria", "Berger")),
        ("Berger, Anna Maria", ("Anna Maria", "Berger")),
        ("von der Heide, Carla", ("Carla", "von der Heide")),
        ("Berger", ("", "Berger")),
        ("  ", ("", "")),
    ],
)
def test_a_whole_name_is_split_before_its_last_word_or_at_its_comma(name, parts):
    assert split_name(name) == parts


def test_a_row_says_what_its_columns_say():
    row = Row(2, ("Anna Berger", "x", "anna@example.com"))
    assert Matching((NAME, NOTHING, EMAIL, PHONE), True).texts(row) == {
        "first_name": "Anna",
        "last_name": "Berger",
        "email": "anna@example.com",
    }


def test_the_headings_are_no_prospect():
    rows = read_pasted(f"First name,Last name,E-mail,Phone\n{ANNA}")
    assert [row.number for row in Matching((), True).body(rows)] == [2]
    assert [row.number for row in Matching((), False).body(rows)] == [1, 2]


def test_a_column_is_called_by_its_heading_else_by_its_letter():
    rows = read_pasted("Name,,Mail\nAnna,x,anna@example.com,y")
    assert titles(rows, 4, has_headings=True) == ["Name", "B", "Mail", "D"]
    assert titles(rows, 4, has_headings=False) == ["A", "B", "C", "D"]
