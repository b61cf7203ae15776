"""The first sheet of an XLSX workbook, as rows of text."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from invitations.prospects.tables import Row, UnreadableError, checked, refusal

ZIP = b"PK\x03\x04"
MOST_ENTRIES = 500
MOST_UNPACKED = 30 * 1024 * 1024
MOST_TAGS = 2_500_000
"""Each becomes an object of its own, however short it is."""

MOST_CELLS = 1_000_000
"""Blank ones as well: a row is as wide as its last cell, however far to the right that stands."""

LAST_ROW = 1_048_576
"""Of any sheet; a file may say that its next row is a billion further down."""

DAMAGED = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError),
    *(SyntaxError, TypeError, ValueError, BadZipFile, zlib.error),
)
"""What the reader falls over with where the parts of a workbook don't fit together."""


def read_workbook(content: bytes) -> list[Row]:
    """The rows of its first sheet: values only, dates in ISO 8601. Raises UnreadableError."""
    try:
        _unpack(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the author's styles, which nobody reads
            return checked(_rows(content))
    except DAMAGED as error:
        text = _("This workbook can’t be read. Please save it again as XLSX, or as CSV.")
        raise UnreadableError(text) from error


def _unpack(content: bytes) -> None:
    """Raise UnreadableError where it is too large unpacked, whatever its directory says."""
    size = tags = 0
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES or declared > MOST_UNPACKED:
            raise _too_large()
        for entry in entries:
            with archive.open(entry) as part:
                while chunk := part.read(64 * 1024):
                    size += len(chunk)
                    tags += chunk.count(b"<")
                    if size > MOST_UNPACKED or tags > MOST_TAGS:
                        raise _too_large()


def _too_large() -> UnreadableError:
    text = _("This workbook is too large. Please keep the columns that are needed, or use CSV.")
    return UnreadableError(text)


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some programs write wrong ones
    seen = 0
    for number, cells in enumerate(islice(sheet.iter_rows(), LAST_ROW), start=1):
        seen += len(cells)
        if seen > MOST_CELLS:
            raise _too_large()
        yield number, [_text(cell, number, column) for column, cell in enumerate(cells)]


def _text(cell: Any, row: int, column: int) -> str:
    if cell.data_type == "f":
        reason = _("it is a formula. Please put what it comes to instead.")
        raise refusal(row, column, reason)
    if cell.data_type == "e":
        raise refusal(row, column, _("it shows an error (%(error)s).") % {"error": cell.value})
    return _as_typed(cell.value)


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
