"""XLSX workbooks, as rows of text."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from invitations.prospects import sheets
from invitations.prospects.tables import Row, UnreadableError, checked, refusal

ZIP = b"PK\x03\x04"

MOST_SECONDS = 10
"""Of a processor's time. A worker is given up after thirty, in which others may be busy as well."""

MOST_MEMORY = 512 * 1024 * 1024


def read_workbook(content: bytes) -> list[Row]:
    """The rows of its first visible sheet: values only, dates in ISO 8601.

    Raises UnreadableError. Whatever the file is made to do, reading it is stopped in time.
    """
    reader = subprocess.run(  # noqa: S603  nothing of the file is among the arguments
        [sys.executable, "-m", sheets.__name__, str(MOST_SECONDS), str(MOST_MEMORY)],
        input=content,
        capture_output=True,
        cwd=settings.BASE_DIR,
        check=False,
    )
    if reader.returncode == sheets.TOO_LARGE or reader.returncode < 0:  # or stopped by the system
        text = _("This workbook is too large. Please keep the columns that are needed, or use CSV.")
        raise UnreadableError(text)
    if reader.returncode:
        text = _("This workbook can’t be read. Please save it again as XLSX, or as CSV.")
        raise UnreadableError(text)
    return checked(_texts(json.loads(reader.stdout)))


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
