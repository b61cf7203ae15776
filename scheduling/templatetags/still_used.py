"""What keeps something from being deleted, in lines short enough to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import template

register = template.Library()

MOST_LINES = 10
"""As many of each kind of rows are named."""


@dataclass(slots=True)
class Kind:
    """Rows of one kind: different lines, each with how many rows it stands for, and the rest."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    more: int = 0


@register.filter
def by_kind(rows: Iterable[str]) -> list[Kind]:
    """Rows as the admin names them: “Kind: name”, the same for many where no page shows them."""
    kinds: dict[str, Kind] = {}
    for line, number in sorted(Counter(rows).items()):
        kind = kinds.setdefault(line.partition(":")[0], Kind())
        if len(kind.lines) < MOST_LINES:
            kind.lines.append((line, number))
        else:
            kind.more += number
    return list(kinds.values())
