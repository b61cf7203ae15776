"""Asking a stranger's server for a calendar.

It may lead anywhere, change its mind, send without end or drop by drop: each is answered by giving
up. The process around it ends what takes too long as a whole.
"""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

import certifi
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from appointments.foreign_calendars.addresses import Address
from appointments.foreign_calendars.networks import may_be_asked
from appointments.foreign_calendars.problems import CannotReadError, Problem

MOST_SENT = 10 * 1024 * 1024
MOST_UNPACKED = 25 * 1024 * 1024
MOST_REDIRECTS = 3
MOST_TRIED = 4
"""Of the places that one name leads to."""

TIMEOUT = urllib3.Timeout(connect=5, read=10)
CHUNK = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
LONGEST_MARK = 200
"""What a server calls its version; longer ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a server said of the calendar it sent, by which it can tell whether it changed."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """A calendar, or None where it did not change since the version that is known."""

    content: bytes | None
    version: Version


def fetch(text: str, known: Version, *, from_here: bool) -> Answer:
    """Raises CannotReadError. The name is looked up once; nothing is asked but what was checked."""
    address = Address.parse(text, from_here=from_here)
    places = _places(address, from_here=from_here)
    try:
        for _ in range(MOST_REDIRECTS + 1):
            response = _asked(address, places, known)
            try:
                if response.status not in REDIRECTS:
                    return _answer(response, known)
                further = urljoin(str(address), response.headers.get("Location", ""))
            finally:
                response.close()
            led_to = Address.parse(further, from_here=from_here)
            if not led_to.is_beside(address):
                raise CannotReadError(Problem.ADDRESS)
            address = led_to
    except (HTTPError, OSError, zlib.error) as error:
        raise CannotReadError(Problem.ANSWER) from error
    raise CannotReadError(Problem.ANSWER)


def _places(address: Address, *, from_here: bool) -> list[str]:
    """What the name leads to; a single place that is not public closes them all."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CannotReadError(Problem.ADDRESS) from error
    places = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not places or not all(may_be_asked(place, from_here=from_here) for place in places):
        raise CannotReadError(Problem.ADDRESS)
    return places[:MOST_TRIED]


def _asked(address: Address, places: list[str], known: Version) -> urllib3.BaseHTTPResponse:
    """The answer of the first place that can be connected to."""
    headers = {
        "Host": address.netloc,
        "Accept": "text/calendar",
        "Accept-Encoding": "gzip",
        "User-Agent": "Slotkey",
        **known.headers,
    }
    for place in places:
        try:
            return _pinned(address, place).urlopen(
                "GET", address.target, headers=headers, redirect=False, preload_content=False
            )
        except (NewConnectionError, ConnectTimeoutError):
            continue
    raise CannotReadError(Problem.ANSWER)


def _pinned(address: Address, place: str) -> urllib3.HTTPConnectionPool:
    """Connects to the place whatever DNS says by now; certificates are those of the name."""
    if address.scheme == "http":
        return urllib3.HTTPConnectionPool(place, address.port, timeout=TIMEOUT, retries=False)
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(certifi.where())  # where the system has none
    return urllib3.HTTPSConnectionPool(
        place,
        address.port,
        timeout=TIMEOUT,
        retries=False,
        ssl_context=trusted,
        server_hostname=address.host,
        assert_hostname=address.host,
    )


def _answer(response: urllib3.BaseHTTPResponse, known: Version) -> Answer:
    if response.status == 304 and known.headers:
        return Answer(None, known)
    if response.status != 200:
        raise CannotReadError(Problem.ANSWER)
    packing = response.headers.get("Content-Encoding", "identity").lower()
    sent = response.stream(CHUNK, decode_content=False)
    if packing == "gzip":
        content = _unpacked(sent)
    elif packing == "identity":
        content = _bounded(sent)
    else:
        raise CannotReadError(Problem.ANSWER)
    return Answer(content, Version(_mark(response, "ETag"), _mark(response, "Last-Modified")))


def _mark(response: urllib3.BaseHTTPResponse, name: str) -> str:
    mark = response.headers.get(name, "")
    return mark if len(mark) <= LONGEST_MARK and mark.isascii() and mark.isprintable() else ""


def _bounded(sent: Iterable[bytes]) -> bytes:
    content = bytearray()
    for chunk in sent:
        content += chunk
        if len(content) > MOST_SENT:
            raise CannotReadError(Problem.SIZE)
    return bytes(content)


def _unpacked(sent: Iterable[bytes]) -> bytes:
    packed = _bounded(sent)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    content = unpacker.decompress(packed, MOST_UNPACKED + 1)
    if len(content) > MOST_UNPACKED:
        raise CannotReadError(Problem.SIZE)
    if not unpacker.eof:
        raise CannotReadError(Problem.ANSWER)
    return content
