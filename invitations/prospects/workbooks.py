"""XLSX workbooks, as rows of text."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from appointments.bounded import FailedError, Limits, TooMuchError, read_apart
from invitations.prospects import sheets
from invitations.prospects.tables import Row, UnreadableError, checked, refusal

ZIP = b"PK\x03\x04"

LIMITS = Limits(processor=10, memory=512 * 1024 * 1024)
"""A worker is given up after thirty seconds, in which others may be busy as well."""


def read_workbook(content: bytes) -> list[Row]:
    """The rows of its first visible sheet: values only, dates in ISO 8601.

    Raises UnreadableError. Whatever the file is made to do, reading it is stopped in time.
    """
    try:
        rows = read_apart(sheets.__name__, content, LIMITS)
    except TooMuchError as error:
        text = _("This workbook is too large. Please keep the columns that are needed, or use CSV.")
        raise UnreadableError(text) from error
    except FailedError as error:
        text = _("This workbook can’t be read. Please save it again as XLSX, or as CSV.")
        raise UnreadableError(text) from error
    return checked(_texts(rows))


def _texts(rows: list[tuple[int, sheets.Cells]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        yield (
            number,
            [_text(kind, text, number, column) for column, (kind, text) in enumerate(cells)],
        )


def _text(kind: str, text: str, row: int, column: int) -> str:
    if kind == "f":
        reason = _("it is a formula. Please put what it comes to instead.")
        raise refusal(row, column, reason)
    if kind == "e":
        raise refusal(row, column, _("it shows an error (%(error)s).") % {"error": text})
    return text
