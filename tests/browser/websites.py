"""Customer websites on a site of their own: “127.0.0.1”, where ours is “localhost”."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from playwright.sync_api import FrameLocator, Page

PAGE = """<!doctype html><html lang="en"><title>Bank</title>
<meta name="viewport" content="width=device-width">
<main><h1>Bank</h1>"""

STYLE = "<style>body { margin: 0 16px; font: 16px/1.5 sans-serif }</style>"

LISTEN = """
  window.heard = [];
  for (const name of ["ready", "booked", "error"])
    addEventListener(`invitation:${name}`, ({type, detail}) => heard.push([type, detail]));
"""


class Website:
    """Pages by their path, which a test writes. ``/cookie`` sets one that any site may send, and
    answers with those that came."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.pages: dict[str, tuple[str, str]] = {}

    @property
    def twin(self) -> str:
        """The same pages on the site of “localhost”."""
        return self.origin.replace("127.0.0.1", "localhost")

    def write(self, path: str, body: str, policy: str = "") -> str:
        """Put a page there, with a content security policy or a style; returns its address."""
        self.pages[path] = (PAGE + ("" if policy else STYLE) + body, policy)
        return self.origin + path


@contextmanager
def serving() -> Iterator[Website]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            said = self.headers.get("Cookie", "no cookie")
            body, policy = (said, "") if path == "/cookie" else website.pages.get(path, ("", ""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            if path == "/cookie":
                self.send_header("Set-Cookie", "third=party; SameSite=None; Secure; Path=/")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    website = Website(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    yield website
    server.shutdown()
    server.server_close()


def script(live_server: Any, attributes: str = "") -> str:
    """What a website pastes; without a key of its own, it goes by that in its address."""
    return (
        f'<div data-invitation {attributes}><a href="{live_server.url}/invite/">Book</a></div>'
        f'<script src="{live_server.url}/embed/v1.js" async></script>'
    )


def listening(page: Page) -> Page:
    """A page that keeps what the embedded pages tell it in ``heard``."""
    page.add_init_script(LISTEN)
    return page


def heard(page: Page, count: int) -> list[Any]:
    """What the page was told, once it is that many things."""
    page.wait_for_function(f"heard.length >= {count}")
    told: list[Any] = page.evaluate("heard")
    return told


def framed(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    assert box
    return box["height"]
