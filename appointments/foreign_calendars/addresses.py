"""Which addresses of calendars are asked at all, going by how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, quote, urlsplit

import idna

from appointments.foreign_calendars.problems import CannotReadError, Problem

SUBSCRIPTION = re.compile(r"^\s*webcals?://", re.IGNORECASE)
"""How calendars write an address to which they subscribe."""

UNWRITTEN = re.compile(r"[\x00-\x20\x7f\\]")
"""What programs read differently from each other: blanks, control characters, backslashes."""

AS_WRITTEN = "/?%:@!$&'()*+,;=~-._"

PORTS = {"https": 443, "http": 80}
HERE = ("localhost", "127.0.0.1", "::1")
"""What else is a host where development and tests serve calendars themselves."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host by its name, as DNS knows it, and what is asked of it."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str, *, from_here: bool) -> Self:
        """Raises CannotReadError for whatever is not HTTPS to a public name.

        ``from_here`` lets calendars of this machine in, on any port and by HTTP too.
        """
        parts, port = _split(text)
        if parts.scheme not in PORTS or "@" in parts.netloc:
            raise CannotReadError(Problem.ADDRESS)
        port = PORTS[parts.scheme] if port is None else port
        if not from_here and (parts.scheme, port) != ("https", 443):
            raise CannotReadError(Problem.ADDRESS)
        host = (parts.hostname or "").lower()
        if not (from_here and host in HERE):
            host = _public_name(host)
        path = quote(parts.path or "/", safe=AS_WRITTEN)
        query = quote(parts.query, safe=AS_WRITTEN)
        target = f"{path}?{query}" if query else path
        return cls(parts.scheme, host, port, target)

    @property
    def netloc(self) -> str:
        """What the header ``Host`` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"

    def is_beside(self, other: Address) -> bool:
        """Whether the same server is asked in the same way."""
        return (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)


def subscribed(text: str) -> str:
    """An address as people copy it, as one that can be asked."""
    return SUBSCRIPTION.sub("https://", text).strip()


def _split(text: str) -> tuple[SplitResult, int | None]:
    if UNWRITTEN.search(text):
        raise CannotReadError(Problem.ADDRESS)
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as error:
        raise CannotReadError(Problem.ADDRESS) from error


def _public_name(host: str) -> str:
    """A name of several parts that ends in letters: no number in any notation is one."""
    try:
        name = idna.encode(host, uts46=True).decode().removesuffix(".")
    except idna.IDNAError as error:
        raise CannotReadError(Problem.ADDRESS) from error
    first, *further = name.split(".")
    if not first or not further or not further[-1][0].isalpha():
        raise CannotReadError(Problem.ADDRESS)
    return name
