"""Guests: processes that open a page, wait for each other, and send their forms at once."""

from __future__ import annotations

import http.client
import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import urlencode

PATIENCE_SECONDS = 600

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone with an invitation, at one of the servers.

    What they send is let in once as many as ``company`` have sent something.
    """

    port: int
    key: str
    name: str
    company: int = 0

    def open(self, start: str) -> dict[str, str]:
        """The details page of a time: its form, filled in."""
        answer = self._ask("GET", f"?{urlencode({'start': start})}")
        fields = FormFields.of(answer.body)
        return {
            "form_token": fields["form_token"],
            "start": start,
            "first_name": self.name,
            "last_name": "Guest",
            "email": f"{self.name}@example.com",
        }

    def send(self, form: dict[str, str]) -> Answer:
        return self._ask("POST", "", urlencode(form))

    def _ask(self, method: str, query: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {}
        if body:
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Company": str(self.company),
            }
        try:
            connection.request(method, f"/invite/{self.key}/book/{query}", body, headers)
            response = connection.getresponse()
            location = response.headers.get("Location", "")
            return Answer(response.status, location, response.read().decode())
        finally:
            connection.close()


class FormFields(HTMLParser):
    """The names and values of a page's form fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    @classmethod
    def of(cls, page: str) -> dict[str, str]:
        parser = cls()
        parser.feed(page)
        parser.close()
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and values.get("name"):
            self.found[str(values["name"])] = values.get("value") or ""


Part = Callable[[Callable[[], Any]], Result]
"""What one process does. It gets a function that waits until all others are ready too."""


def all_at_once(parts: Sequence[Part[Result]]) -> list[Result]:
    """Run each part in a process of its own; their results, in the same order."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(parts))
    pipes = [context.Pipe(duplex=False) for _ in parts]
    processes = [
        context.Process(target=_play, args=(part, barrier, sender), daemon=True)
        for part, (_, sender) in zip(parts, pipes, strict=True)
    ]
    try:
        for process in processes:
            process.start()
        return [_received(receiver) for receiver, _ in pipes]
    finally:
        for process, (receiver, sender) in zip(processes, pipes, strict=True):
            process.kill()
            process.join()
            process.close()
            receiver.close()
            sender.close()


def _play(part: Part[Any], barrier: Any, sender: Any) -> None:
    try:
        sender.send(("done", part(lambda: barrier.wait(PATIENCE_SECONDS))))
    except BaseException:
        barrier.abort()
        sender.send(("failed", traceback.format_exc()))
        raise


def _received(receiver: Any) -> Any:
    assert receiver.poll(PATIENCE_SECONDS), "a guest's process said nothing"
    outcome, value = receiver.recv()
    assert outcome == "done", value
    return value
