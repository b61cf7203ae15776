"""The German texts are complete, keep every placeholder, and are what was compiled."""

from __future__ import annotations

import ast
import gettext
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MESSAGES = Path(__file__).parent.parent / "locale" / "de" / "LC_MESSAGES"
FEWEST = 400
"""A reader that finds fewer entries than this has missed some."""

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
KEYWORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\]) (".*")')


@dataclass
class Entry:
    """One text with its translations: two where it has a plural, else one."""

    flags: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.texts["msgid"]

    @property
    def translations(self) -> list[str]:
        return [text for key, text in self.texts.items() if key.startswith("msgstr")]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every translation beside what it translates."""
        plural = self.texts.get("msgid_plural", self.name)
        return list(zip([self.name, plural], self.translations, strict=False))

    @property
    def compiled(self) -> dict[str | tuple[str, int], str]:
        """The entry as ``gettext`` keeps it."""
        context = self.texts.get("msgctxt")
        name = self.name if context is None else f"{context}\x04{self.name}"
        if "msgid_plural" not in self.texts:
            return {name: self.texts["msgstr"]}
        return {(name, number): text for number, text in enumerate(self.translations)}


def read(text: str) -> list[Entry]:
    """The entries of a .po file, its header first."""
    return [entry for block in re.split(r"\n{2,}", text) if (entry := _entry(block)).texts]


def _entry(block: str) -> Entry:
    entry, key = Entry(), ""
    for line in block.strip().splitlines():
        if line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif match := KEYWORD.fullmatch(line):
            key = match[1]
            entry.texts[key] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            entry.texts[key] += ast.literal_eval(line)
        elif not line.startswith("#"):
            raise ValueError(f"not a line of a .po file: {line}")
    return entry


def untranslated(entries: list[Entry]) -> list[str]:
    wanted = [(entry, 2 if "msgid_plural" in entry.texts else 1) for entry in entries]
    return [
        entry.name
        for entry, forms in wanted
        if len(entry.translations) != forms or not all(map(str.strip, entry.translations))
    ]


def fuzzy(entries: list[Entry]) -> list[str]:
    return [entry.name for entry in entries if "fuzzy" in entry.flags]


def misplaced(entries: list[Entry]) -> list[str]:
    """Those whose translation has other placeholders than the text."""
    return [
        entry.name
        for entry in entries
        for text, translation in entry.pairs
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translation))
    ]


@pytest.fixture(scope="module")
def entries():
    found = read((MESSAGES / "django.po").read_text(encoding="utf-8"))
    assert len(found) > FEWEST
    return found


@pytest.fixture(scope="module")
def compiled():
    with (MESSAGES / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_every_text_is_translated(entries):
    assert untranslated(entries) == []


def test_no_translation_is_a_guess(entries):
    assert fuzzy(entries) == []


def test_translations_keep_the_placeholders(entries):
    assert misplaced(entries) == []


def test_what_is_compiled_is_what_is_written(entries, compiled):
    written = {key: text for entry in entries for key, text in entry.compiled.items()}
    # The headers differ by dates that are not compiled.
    assert compiled._catalog | {"": ""} == written | {"": ""}


def test_german_has_a_singular_and_a_plural(compiled):
    assert compiled.info()["language"] == "de"
    assert compiled.info()["plural-forms"] == "nplurals=2; plural=(n != 1);"


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (untranslated, 'msgid "Back"\nmsgstr ""'),
        (untranslated, 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"\nmsgstr[1] ""'),
        (untranslated, 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "A"'),
        (fuzzy, '#, fuzzy, python-format\nmsgid "Back"\nmsgstr "Zurück"'),
        (misplaced, 'msgid "%(n)s hours"\nmsgstr "Stunden"'),
        (misplaced, 'msgid "%(n)s hours"\nmsgstr "%(m)s Stunden"'),
        (misplaced, 'msgid "%s"\nmsgstr "{}"'),
        (misplaced, 'msgid ""\n"Hello "\n"{name}"\nmsgstr ""\n"Guten Tag"'),
        (misplaced, 'msgid "a"\nmsgid_plural "%s b"\nmsgstr[0] "A"\nmsgstr[1] "B"'),
    ],
)
def test_what_is_wrong_is_found(find, text):
    assert len(find(read(text))) == 1


SOURCES = Path(__file__).parent.parent
NAMES = re.compile(r"\b((?:n|p|np)?gettext(?:_lazy)?) as (\w+)")


def test_texts_are_marked_by_names_that_the_collector_of_messages_knows():
    for app in ("config", "scheduling", "appointments", "invitations"):
        for module in (SOURCES / app).rglob("*.py"):
            assert {name for _what, name in NAMES.findall(module.read_text())} <= {"_"}, module
