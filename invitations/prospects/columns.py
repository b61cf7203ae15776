"""Which column of a table says what of a prospect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from invitations.prospects.tables import Row, letter


class Column(models.TextChoices):
    """What a column says. A whole name is split before its last word, or at its comma."""

    NOTHING = "", _("Not needed")
    FIRST_NAME = "first_name", _("First name")
    LAST_NAME = "last_name", _("Last name")
    NAME = "name", _("First and last name")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone")


HEADINGS = {
    Column.FIRST_NAME: "firstname first givenname forename vorname rufname",
    Column.LAST_NAME: "lastname last surname familyname nachname familienname zuname",
    Column.NAME: "name fullname contact prospect client customer kontakt kunde ansprechpartner",
    Column.EMAIL: "email emailaddress mail mailaddress emailadresse mailadresse",
    Column.PHONE: "phone phonenumber telephone mobile mobilephone tel telefon telefonnummer "
    "mobil handy",
}
BY_HEADING = {word: column for column, words in HEADINGS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Matching:
    """What each column says, from the left, and whether the first row has the headings."""

    columns: tuple[Column, ...]
    has_headings: bool

    def body(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that are prospects."""
        return rows[1:] if self.has_headings else rows

    def texts(self, row: Row) -> dict[str, str]:
        """What a row says, by the names of a recipient's fields."""
        said = {
            column: cell
            for column, cell in zip(self.columns, row.cells, strict=False)
            if column is not Column.NOTHING
        }
        if Column.NAME not in said:
            return {column.value: cell for column, cell in said.items()}
        first, last = split_name(said.pop(Column.NAME))
        return {"first_name": first, "last_name": last, **{key.value: said[key] for key in said}}


def split_name(name: str) -> tuple[str, str]:
    """First and last name of “Anna Maria Berger” or “Berger, Anna Maria”."""
    if "," in name:
        last, first = name.split(",", 1)
        return first.strip(), last.strip()
    *first_names, last = name.split() or [""]
    return " ".join(first_names), last


def guessed(rows: Sequence[Row]) -> Matching:
    """The first row has headings if no cell of it is an address; without them, by what is said."""
    first = rows[0].cells
    width = max(len(row.cells) for row in rows)
    has_headings = not any("@" in cell for cell in first)
    named = map(_by_heading, first) if has_headings else _by_content(first)
    return Matching((*_once(named), *[Column.NOTHING] * (width - len(first))), has_headings)


def titles(rows: Sequence[Row], width: int, *, has_headings: bool) -> list[str]:
    """What to call each of so many columns: its heading, or its letter."""
    headings = dict(enumerate(rows[0].cells)) if has_headings else {}
    return [headings.get(index, "").strip() or letter(index) for index in range(width)]


def _by_heading(heading: str) -> Column:
    word = "".join(char for char in heading.casefold() if char.isalpha())
    return BY_HEADING.get(word, Column.NOTHING)


def _by_content(cells: Sequence[str]) -> Iterator[Column]:
    """Two texts are first and last name, a single one is both."""
    kinds = [_kind(cell) for cell in cells]
    single = kinds.count(Column.NAME) == 1
    names = iter([Column.NAME] if single else [Column.FIRST_NAME, Column.LAST_NAME])
    for kind in kinds:
        yield next(names, Column.NOTHING) if kind is Column.NAME else kind


def _kind(cell: str) -> Column:
    if "@" in cell:
        return Column.EMAIL
    if not cell.strip():
        return Column.NOTHING
    return Column.PHONE if sum(map(str.isdigit, cell)) > len(cell) / 2 else Column.NAME


def _once(columns: Iterator[Column]) -> Iterator[Column]:
    """The first column that says something says it."""
    taken = {Column.NOTHING}
    for column in columns:
        yield Column.NOTHING if column in taken else column
        taken.add(column)
