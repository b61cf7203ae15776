"""Every address of the site, from the URL resolver, with values where it asks for some."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

ASKED = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
"""Where a route names what it wants to know: “(?P<key>[a-z]+)”, “<key:key>”."""


class Route(NamedTuple):
    """A route as it is written, e.g. “invite/<key:key>/”, with its view."""

    pattern: str
    view: Callable[..., Any]

    @property
    def asks_for(self) -> set[str]:
        return {first or second for first, second in ASKED.findall(self.pattern)}

    def address(self, values: Mapping[str, Any]) -> str:
        """With values by name. Raises KeyError for a name that has none."""
        filled = ASKED.sub(lambda found: str(values[found[1] or found[2]]), self.pattern)
        return "/" + re.sub(r"\\(.)", r"\1", filled.replace("^", "").removesuffix("$"))


def routes() -> list[Route]:
    return list(_routes(get_resolver().url_patterns, ""))


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield Route(route, pattern.callback)
