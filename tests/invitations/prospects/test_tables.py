"""Reading tables: what comes out as it went in, and what is refused, where."""

from __future__ import annotations

import csv
import datetime as dt
from contextlib import suppress
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment

from invitations.prospects.files import read_file
from invitations.prospects.tables import (
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    UnreadableError,
    letter,
    read_pasted,
)
from tests.invitations.prospects.tables import SHEET, saved, sheet, with_part, workbook

HEADINGS = ["First name", "Last name"]
ANNA = ["Anna", "Öztürk"]
TABLE = [Row(1, tuple(HEADINGS)), Row(2, tuple(ANNA))]


def read(content: bytes) -> list[Row]:
    return read_file(BytesIO(content))


def refused(content: bytes | str) -> str:
    """Why it is refused."""
    with pytest.raises(UnreadableError) as caught:
        read(content.encode() if isinstance(content, str) else content)
    return caught.value.message


# Round trips

# Line breaks within a cell come back as they are in CSV; a workbook makes one kind of them.
letters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd")
cells = st.text(st.one_of(letters, st.sampled_from("\t\n;,\"'= ")), max_size=20).filter(
    lambda text: not text.lstrip().startswith("=")
)
rows = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=6)


def expected(table: list[list[str]]) -> list[Row]:
    """Blank rows and the blank ends of rows are left out; numbers stay."""
    found = []
    for number, row in enumerate(table, start=1):
        said = list(row)
        while said and not said[-1].strip():
            said.pop()
        if said:
            found.append(Row(number, tuple(said)))
    return found


def written(table: list[list[str]], separator: str) -> str:
    file = StringIO(newline="")
    csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(table)
    return file.getvalue()


@given(rows, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_comes_back_as_it_was_written(table, separator, encoding):
    table = [HEADINGS, *table]
    # Quoting only where needed leaves the headings plain, so that the separator is seen in them.
    file = StringIO(newline="")
    csv.writer(file, delimiter=separator).writerow(HEADINGS)
    content = file.getvalue() + written(table[1:], separator)
    assert read(content.encode(encoding)) == expected(table)


@settings(deadline=None, max_examples=20)
@given(rows)
def test_a_workbook_comes_back_as_it_was_written(table):
    table = [HEADINGS, *table]
    assert read(workbook(table)) == expected(table)


@given(st.text())
def test_whatever_is_pasted_is_read_or_refused(text):
    with suppress(UnreadableError):
        assert read_pasted(text) != []


@settings(deadline=None)  # what begins like a workbook starts a process
@given(st.binary())
def test_whatever_is_uploaded_is_read_or_refused(content):
    with suppress(UnreadableError):
        assert read(content) != []


BOOK = workbook([HEADINGS, ANNA])


@settings(deadline=None, max_examples=20)
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_read_or_refused(place, damage):
    with suppress(UnreadableError):
        assert read(BOOK[:place] + damage + BOOK[place + len(damage) :]) != []


# Encodings and separators


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_told_apart(separator, encoding):
    text = "\r\n".join(separator.join(row) for row in (HEADINGS, ANNA))
    assert read(text.encode(encoding)) == TABLE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_by_its_mark_in_either_order(encoding):
    text = "\ufeffFirst name,Last name\nAnna,Öztürk"
    assert read(text.encode(encoding)) == TABLE


def test_the_separator_is_the_one_that_stands_most_often_in_the_first_row():
    assert read(b"Anna;Berger, PhD;anna@example.com") == [
        Row(1, ("Anna", "Berger, PhD", "anna@example.com"))
    ]


def test_what_stands_between_quotes_separates_nothing():
    assert read(b'"Berger, Anna, PhD";anna@example.com') == [
        Row(1, ("Berger, Anna, PhD", "anna@example.com"))
    ]


def test_a_wrong_encoding_is_refused_where_its_letter_stands():
    said = refused(b"Name,Town\nAnna,K\x81ln")
    assert said == (
        "Row 2, column B: it has a letter that can’t be read. Please save the file as UTF-8."
    )


def test_text_in_utf_16_that_breaks_off_is_refused():
    assert "Row 1, column A" in refused("Anna".encode("utf-16") + b"\x00")


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    assert read(b'Name\n\n"Anna\nBerger"\n  \nCarla') == [
        Row(1, ("Name",)),
        Row(3, ("Anna\nBerger",)),
        Row(5, ("Carla",)),
    ]


@pytest.mark.parametrize(
    ("column", "called"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_called_as_in_a_spreadsheet(column, called):
    assert letter(column) == called


# What is refused


def test_nothing_is_refused():
    assert refused(b"") == refused(b" ,\n\n") == "There is nothing in it."


def test_a_null_character_is_refused_with_its_place():
    assert refused("Name\nAnna\0") == "Row 2, column A: it has a character that is no text."


@pytest.mark.parametrize("control", ["\x01", "\x1b", "\x7f", "\x85", "\x9f"])
def test_so_is_any_control_character(control):
    assert refused(f"Name,Town\nAnna,Co{control}logne").startswith("Row 2, column B:")


def test_a_long_cell_is_refused_with_its_place():
    said = f"Row 2, column B: more than {LONGEST_CELL} characters are too many."
    assert refused("Name,Note\nAnna," + "x" * 1024**2) == said
    assert refused(workbook([["Name", "Note"], ["Anna", "x" * 32_000]])) == said
    assert read(("Name,Note\nAnna," + "x" * LONGEST_CELL).encode())[1].number == 2


def test_a_formula_is_refused_with_its_place():
    said = refused('Name,Sum\nAnna,"=SUM(1,2)"')
    assert said == (
        "Row 2, column B: it begins with “=”, like a formula. Please put what it comes to instead."
    )
    said = refused(workbook([["Name", "Sum"], ["Anna", "=1+2"]]))
    assert said == "Row 2, column B: it is a formula. Please put what it comes to instead."


def test_an_error_of_a_spreadsheet_is_refused_with_its_place():
    said = refused(workbook([["Name", "Phone"], ["Anna", "#N/A"]]))
    assert said == "Row 2, column B: it shows an error (#N/A)."


def test_quotes_that_do_not_match_are_refused():
    assert refused('Name,Town\nAnna,"Cologne\nCarla,Bonn').startswith("Row 2: ")


def test_too_many_columns_are_refused():
    wide = ["x"] * (MOST_COLUMNS + 1)
    said = f"Row 1, column {letter(MOST_COLUMNS)}: more than {MOST_COLUMNS} columns are too many."
    assert refused(",".join(wide)) == refused(workbook([wide])) == said


def test_too_many_rows_are_refused_by_the_first_that_is_too_many():
    table = "Name\n" + "Anna\n" * MOST_ROWS
    assert len(read(table.encode())) == MOST_ROWS + 1
    assert refused(table + "Anna\n").startswith(f"Row {MOST_ROWS + 2}: more than {MOST_ROWS} rows")


def test_200_000_rows_are_refused_in_either_format():
    text = "Name\n" + "Anna\n" * 200_000
    assert refused(text).startswith(f"Row {MOST_ROWS + 2}:")
    cells = '<row><c t="inlineStr"><is><t>Anna</t></is></c></row>' * 200_000
    assert refused(with_part(BOOK, SHEET, sheet(cells))).startswith(f"Row {MOST_ROWS + 2}:")


def test_a_large_file_is_refused():
    assert refused(b"x" * (MOST_BYTES + 1)) == "This file is larger than 5 MB. Please split it."


def test_more_text_than_any_list_needs_is_refused():
    row = ",".join(["x" * 1000] * 50)
    said = refused(workbook([row.split(",")] * 101))
    assert said.startswith("Row 101: ")


def test_an_old_workbook_says_what_to_do():
    assert refused(b"\xd0\xcf\x11\xe0" + b"\0" * 100).startswith("This is an old workbook")


# Workbooks


def test_numbers_and_dates_of_a_workbook_are_as_people_type_them():
    table = [
        [49_151_123, 4.0, 1.5, True],
        [dt.date(2026, 11, 23), dt.datetime.fromisoformat("2026-11-23 10:00")],
    ]
    assert read(workbook(table)) == [
        Row(1, ("49151123", "4", "1.5", "True")),
        Row(2, ("2026-11-23", "2026-11-23 10:00:00")),
    ]


def test_a_date_beyond_the_calendar_is_refused():
    book = Workbook()
    book.active.append([10**9])
    book.active["A1"].number_format = "yyyy-mm-dd"
    assert refused(saved(book)) == "Row 1, column A: it shows an error (#VALUE!)."


def test_the_first_sheet_counts():
    assert read(workbook([HEADINGS, ANNA], other=[["Something else"]])) == TABLE


def test_comments_and_wrong_dimensions_do_no_harm():
    book = Workbook()
    book.active.append(["Anna"])
    book.active["A1"].comment = Comment("Call her", "Carla")
    content = saved(book)
    assert read(content) == [Row(1, ("Anna",))]
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    wrong = (
        f'<worksheet xmlns="{main}"><dimension ref="A1"/><sheetData>'
        '<row r="1"><c r="B1" t="inlineStr"><is><t>Anna</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    assert read(with_part(content, SHEET, wrong.encode())) == [Row(1, ("", "Anna"))]
