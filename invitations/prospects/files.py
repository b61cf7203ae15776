"""What somebody uploads, whatever kind of table it is."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import BinaryIO

from django.utils.translation import gettext as _

from invitations.prospects.tables import MOST_BYTES, Row, UnreadableError, read_text
from invitations.prospects.workbooks import ZIP, read_workbook

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""How workbooks before XLSX begin, and those with a password."""

OTHERS = (b"<", b"%PDF", b"{\\rtf", b"BEGIN:VCARD")
"""How web pages begin, which some programs call “.xls”, and other texts that are no tables."""


def read_file(file: BinaryIO) -> list[Row]:
    """The rows of a CSV, TSV or XLSX file, known by how it begins. Raises UnreadableError."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        text = _("This file is larger than %(most)s MB. Please split it.")
        raise UnreadableError(text % {"most": MOST_BYTES // 1024**2})
    if content.startswith(OLD_OFFICE):
        text = _("This is an old workbook, or one with a password. Please save it as XLSX.")
        raise UnreadableError(text)
    if content.removeprefix(BOM_UTF8).lstrip().startswith(OTHERS):
        text = _("This is no table, whatever it is called. Please save it as XLSX, or as CSV.")
        raise UnreadableError(text)
    return read_workbook(content) if content.startswith(ZIP) else read_text(content)
