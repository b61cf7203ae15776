"""The first sheet of an XLSX workbook that can be seen, read by a process of its own.

``invitations.prospects.workbooks`` gets of each row that isn't blank its number, counted from 1,
and its cells, each as openpyxl's kind of it and a text.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from appointments.bounded import TooMuchError, program
from invitations.prospects.tables import LONGEST_CELL, MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS

MOST_ENTRIES = 500
MOST_UNPACKED = 30 * 1024 * 1024
LAST_ROW = 1_048_576
"""Of any sheet; a file may say that its next row is a billion further down."""

Cells = list[tuple[str, str]]


def read(content: bytes) -> list[tuple[int, Cells]]:
    warnings.simplefilter("ignore")  # of the author's styles, which nobody reads
    _unpack(content)
    return list(_bounded(_rows(content)))


def _unpack(content: bytes) -> None:
    """Raises TooMuchError where it is too large unpacked, whatever its directory says."""
    size = 0
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES or declared > MOST_UNPACKED:
            raise TooMuchError
        for entry in entries:
            with archive.open(entry) as part:
                while chunk := part.read(64 * 1024):
                    size += len(chunk)
                    if size > MOST_UNPACKED:
                        raise TooMuchError


def _rows(content: bytes) -> Iterator[tuple[int, Cells]]:
    book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    sheet.reset_dimensions()  # some programs write wrong ones
    for number, cells in enumerate(islice(sheet.iter_rows(), LAST_ROW), start=1):
        if said := _said(cells):
            yield number, said


def _bounded(rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """As many as it takes to see that they are too many."""
    characters = 0
    for number, cells in islice(rows, MOST_ROWS + 2):  # one more are the headings
        yield number, cells
        characters += sum(len(text) for _kind, text in cells)
        if characters > MOST_CHARACTERS:
            return


def _said(cells: Sequence[Any]) -> Cells:
    """Without blank cells at the end, and no more than shows that a row or a cell is too long."""
    said = [(cell.data_type, _as_typed(cell.value)[: LONGEST_CELL + 1]) for cell in cells]
    while said and not said[-1][1].strip():
        said.pop()
    return said if len(said) <= MOST_COLUMNS else [*said[:MOST_COLUMNS], said[-1]]


def _as_typed(value: Any) -> str:
    """A value in the words in which somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


if __name__ == "__main__":
    program(read)
