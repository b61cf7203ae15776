"""Cells of tables for spreadsheets."""

from __future__ import annotations

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that a spreadsheet takes for a formula; wide signs in some countries."""


def safe(cell: str) -> str:
    """The same, never a formula, and without characters that no sheet can hold."""
    text = ILLEGAL_CHARACTERS_RE.sub(" ", cell)
    begins = text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS)
    return f"'{text}" if begins else text
