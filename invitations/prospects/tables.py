"""Tables of text, as people upload or paste them: rows, or a refusal that says where."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 50
LONGEST_CELL = 1_000
MOST_CHARACTERS = 5_000_000
"""Of all cells together."""

SEPARATORS = "\t;,|"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LOST = "\N{REPLACEMENT CHARACTER}"
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
QUOTED = re.compile(r'"[^"]*"')

# A cell that is too long is refused below, by row and column; csv would know the row alone.
csv.field_size_limit(MOST_BYTES)


class UnreadableError(Exception):
    """A table that can't be taken as it is; ``message`` says why and, if it can, where."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Row(NamedTuple):
    """A row with its number as a spreadsheet counts, from 1; blank rows are left out."""

    number: int
    cells: tuple[str, ...]


def read_text(content: bytes) -> list[Row]:
    """The rows of a CSV or TSV file. Raises UnreadableError."""
    return read_pasted(_decoded(content))


def read_pasted(text: str) -> list[Row]:
    """The rows of text parted by tabs, semicolons, commas or bars. Raises UnreadableError."""
    return checked(_parsed(text))


def checked(numbered: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    """The rows that aren't blank. Raises UnreadableError for the first that is out of bounds."""
    rows: list[Row] = []
    characters = 0
    for number, cells in numbered:
        row = Row(number, _trimmed(cells))
        if not row.cells:
            continue
        _check(row)
        characters += sum(map(len, row.cells))
        if len(rows) > MOST_ROWS or characters > MOST_CHARACTERS:  # one more are the headings
            raise too_many(number)
        rows.append(row)
    if not rows:
        raise UnreadableError(_("There is nothing in it."))
    return rows


def too_many(number: int) -> UnreadableError:
    text = _("Row %(row)s: more than %(most)s rows are too many at once. Please split the table.")
    return UnreadableError(text % {"row": number, "most": MOST_ROWS})


def refusal(row: int, column: int, reason: str) -> UnreadableError:
    """``reason`` is a sentence; ``column`` counts from 0."""
    text = _("Row %(row)s, column %(column)s: %(reason)s")
    return UnreadableError(text % {"row": row, "column": letter(column), "reason": reason})


def letter(column: int) -> str:
    """As spreadsheets call columns, counted from 0: A to Z, AA and so on."""
    before, last = divmod(column, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)


def separator_of(text: str) -> str:
    """What of them stands most often in the first row, outside quotes."""
    lines = QUOTED.sub("", text[: LONGEST_CELL * MOST_COLUMNS]).splitlines()
    first = next((line for line in lines if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _decoded(content: bytes) -> str:
    """What can't be decoded becomes a sign by which its cell is refused."""
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _parsed(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            yield number, cells
    except csv.Error as error:
        reason = _("Row %(row)s: its quotation marks don’t match, so its columns can’t be told.")
        raise UnreadableError(reason % {"row": number + 1}) from error


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Without blank cells at the end."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return tuple(cells[:width])


def _check(row: Row) -> None:
    if len(row.cells) > MOST_COLUMNS:
        reason = _("more than %(most)s columns are too many.") % {"most": MOST_COLUMNS}
        raise refusal(row.number, MOST_COLUMNS, reason)
    for column, cell in enumerate(row.cells):
        if reason := _wrong(cell):
            raise refusal(row.number, column, reason)


def _wrong(cell: str) -> str:
    """What is wrong with a cell, empty if nothing is."""
    if len(cell) > LONGEST_CELL:
        return _("more than %(most)s characters are too many.") % {"most": LONGEST_CELL}
    if LOST in cell:
        return _("it has a letter that can’t be read. Please save the file as UTF-8.")
    if CONTROLS.search(cell):
        return _("it has a character that is no text.")
    if cell.lstrip().startswith("="):
        return _("it begins with “=”, like a formula. Please put what it comes to instead.")
    return ""
