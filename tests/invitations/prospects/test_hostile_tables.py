"""Tables that are none, and what spreadsheets and the web leave in cells."""

from __future__ import annotations

from io import BytesIO

import pytest

from invitations.prospects.columns import guessed
from invitations.prospects.files import read_file
from invitations.prospects.review import Known, Reason, Review, review
from invitations.prospects.tables import UnreadableError
from tests.invitations.prospects.tables import csv_of, workbook

HEADINGS = ("First name", "Last name", "E-mail", "Phone")
CHANGED = "A spreadsheet made something else of this number. Please format its column as text."


def look(content: bytes) -> Review:
    rows = read_file(BytesIO(content))
    return review(rows, guessed(rows), Known(), includes_invited=False)


def look_at(*row: str) -> Review:
    return look(csv_of([HEADINGS, row], ";").encode())


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>Anna</td></tr></table></html>",
        b'\xef\xbb\xbf\r\n<?xml version="1.0"?><Workbook/>',
        b"%PDF-1.7\nAnna",
        rb"{\rtf1 Anna}",
        b"BEGIN:VCARD\r\nFN:Anna",
    ],
)
def test_a_text_that_is_no_table_is_refused_as_such(content):
    with pytest.raises(UnreadableError) as caught:
        read_file(BytesIO(content))
    assert caught.value.message == (
        "This is no table, whatever it is called. Please save it as XLSX, or as CSV."
    )


def test_bars_part_columns():
    found = look(b"Name|E-mail\nAnna Berger|anna@example.com")
    assert found.prospects[0].email == "anna@example.com"


@pytest.mark.parametrize("phone", ["4,91512E+11", "4.91512E+11", "5E+10", "2026-11-23", "10:00:00"])
def test_a_phone_that_a_spreadsheet_changed_is_said(phone):
    found = look_at("Anna", "Berger", "anna@example.com", phone)
    assert [row.why for row in found.left_out[Reason.WRONG]] == [CHANGED]


@pytest.mark.parametrize("phone", ["0301234", "+49 (0) 30 12-34", "030/1234-0", "2026-11"])
def test_other_phones_stay_as_they_are(phone):
    assert look_at("Anna", "Berger", "anna@example.com", phone).prospects[0].phone == phone


def test_a_long_number_of_a_workbook_is_a_phone():
    rows = [HEADINGS, ("Anna", "Berger", "anna@example.com", 4.91512345678e11)]
    assert look(workbook(rows)).prospects[0].phone == "491512345678"


@pytest.mark.parametrize("name", ["2026-03-01", "7", "3.14"])
def test_a_number_or_date_is_no_name(name):
    found = look_at(name, "Berger", "anna@example.com")
    said = "This is a number or a date, not a name."
    assert [row.why for row in found.left_out[Reason.WRONG]] == [said]


@pytest.mark.parametrize("name", ["-", "李", "Anna 2", "O\u2019Neill", "ن\u200cام"])
def test_other_names_stay_as_they_are(name):
    assert look_at(name, "Berger", "anna@example.com").prospects[0].first_name == name


def test_marks_that_nobody_sees_are_left_out():
    found = look_at(
        "An\u202ena", "\u2066Berger\u2069", "\u200banna@example.com\ufeff", "\u202a+49 30\u202c"
    )
    (anna,) = found.prospects
    assert anna[:4] == ("Anna", "Berger", "anna@example.com", "+49 30")
