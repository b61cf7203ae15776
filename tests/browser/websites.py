"""Customer websites on a site of their own: “127.0.0.1”, where ours is “localhost”."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html><html lang="en"><title>Bank</title>
<meta name="viewport" content="width=device-width">
<style>body { margin: 0 16px; font: 16px/1.5 sans-serif }</style>
<script>
  window.heard = [];
  for (const name of ["ready", "booked", "error"])
    addEventListener(`invitation:${name}`, ({type, detail}) => heard.push([type, detail]));
</script>
<h1>Bank</h1>"""


class Website:
    """Pages by their path, which a test writes. ``/cookie`` sets one that any site may send, and
    answers with those that came."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.pages: dict[str, str] = {}

    @property
    def twin(self) -> str:
        """The same pages on the site of “localhost”."""
        return self.origin.replace("127.0.0.1", "localhost")

    def write(self, path: str, body: str) -> str:
        """Put a page there; returns its address."""
        self.pages[path] = PAGE + body
        return self.origin + path


@contextmanager
def serving() -> Iterator[Website]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            said = self.headers.get("Cookie", "no cookie")
            body = said if path == "/cookie" else website.pages.get(path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if path == "/cookie":
                self.send_header("Set-Cookie", "third=party; SameSite=None; Secure; Path=/")
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    website = Website(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    yield website
    server.shutdown()
    server.server_close()
