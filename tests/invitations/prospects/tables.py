"""Files of tables, as tests make them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: Sequence[Sequence[Any]], *, other: Sequence[Sequence[Any]] = ()) -> bytes:
    """An XLSX file; ``other`` are the rows of a second sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if other:
        sheet = book.create_sheet()
        for row in other:
            sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with a part of it replaced or added."""
    with ZipFile(BytesIO(content)) as before:
        parts = {entry: before.read(entry) for entry in before.namelist()}
    parts[name] = part
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry, kept in parts.items():
            after.writestr(entry, kept)
    return file.getvalue()


def sheet(rows: str) -> bytes:
    """The part of a workbook that has its cells, with rows as they are written there."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def people(number: int, start: int = 1) -> list[tuple[str, str, str]]:
    """First names, last names and addresses."""
    return [
        ("Paula", f"Prospect {each}", f"paula{each}@example.com")
        for each in range(start, start + number)
    ]


def csv_of(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    return "".join(f"{separator.join(row)}\r\n" for row in rows)
