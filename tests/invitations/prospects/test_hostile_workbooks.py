"""Workbooks made to harm their reader are refused in time; what only looks odd is read."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from invitations.prospects import workbooks
from invitations.prospects.tables import Row, UnreadableError
from invitations.prospects.workbooks import read_workbook
from tests.invitations.prospects.tables import SHEET, saved, sheet, with_part, workbook

BOOK = workbook([["Anna", "Berger"]])
STYLES = "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TOO_LARGE = "This workbook is too large. Please keep the columns that are needed, or use CSV."
DAMAGED = "This workbook can’t be read. Please save it again as XLSX, or as CSV."


def refused(content: bytes) -> str:
    """Why it is refused."""
    with pytest.raises(UnreadableError) as caught:
        read_workbook(content)
    return caught.value.message


def styles(parts: str) -> bytes:
    return with_part(BOOK, STYLES, f'<styleSheet xmlns="{MAIN}">{parts}</styleSheet>'.encode())


def test_a_zip_bomb_is_refused_before_anything_reads_it():
    bomb = with_part(BOOK, "xl/media/image1.png", b"\0" * (31 * 1024**2))
    assert len(bomb) < 100_000
    assert refused(bomb) == TOO_LARGE


def test_so_is_one_that_says_it_is_small():
    bomb = with_part(BOOK, "xl/media/image1.png", b"\0" * (31 * 1024**2))
    size = (31 * 1024**2).to_bytes(4, "little")
    small = bomb.replace(size, (100).to_bytes(4, "little"))
    assert small != bomb
    assert refused(small).startswith("This workbook ")


def test_so_is_one_of_too_many_parts():
    file = BytesIO(BOOK)
    with ZipFile(file, "a") as archive:
        for number in range(500):
            archive.writestr(f"part{number}", b"")
    assert refused(file.getvalue()) == TOO_LARGE


@pytest.mark.parametrize(
    "bomb",
    [
        styles(
            f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 300_000}"/></numFmts>'
            '<cellXfs><xf numFmtId="200"/></cellXfs>'
        ),
        styles(f"<cellXfs>{'<xf/>' * 2_000_000}</cellXfs>"),
        with_part(BOOK, SHEET, sheet(f'<row><c r="{"A" * 15_000_000}1"/></row>')),
    ],
    ids=["brackets", "styles", "reference"],
)
def test_reading_ends_after_so_many_seconds_whatever_the_file_is_made_of(monkeypatch, bomb):
    assert len(bomb) < 50_000
    monkeypatch.setattr(workbooks, "LIMITS", replace(workbooks.LIMITS, processor=1))
    assert refused(bomb) == TOO_LARGE


def test_it_ends_where_it_needs_too_much_memory(monkeypatch):
    monkeypatch.setattr(workbooks, "LIMITS", replace(workbooks.LIMITS, memory=256 * 1024**2))
    assert refused(with_part(BOOK, SHEET, sheet(f"<row>{'<c/>' * 2_000_000}</row>"))) == TOO_LARGE


def test_entities_are_refused():
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    assert refused(with_part(BOOK, SHEET, bomb)).startswith("This workbook can’t be read.")


def test_a_row_that_stands_a_billion_further_down_is_not_waited_for():
    rows = '<row r="1000000000"><c r="A1000000000" t="n"><v>7</v></c></row>'
    assert refused(with_part(BOOK, SHEET, sheet(rows))) == "There is nothing in it."


def test_very_wide_rows_are_read_as_far_as_they_say_something():
    rows = "".join(f'<row><c r="ZZZ{n}"/></row>' for n in range(1, 100))
    assert refused(with_part(BOOK, SHEET, sheet(rows))) == "There is nothing in it."
    far = sheet('<row><c r="ZZ1" t="n"><v>7</v></c></row>')
    assert refused(with_part(BOOK, SHEET, far)).startswith("Row 1, column AY: more than 50 columns")


def test_the_first_sheet_that_can_be_seen_counts():
    book = Workbook()
    book.active.append(["Last year"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet()
    shown.append(["Anna", "Berger"])
    book.active = shown
    assert read_workbook(saved(book)) == [Row(1, ("Anna", "Berger"))]
