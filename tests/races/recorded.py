"""The project's own web application, with a note of when each request was in hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.template.loader import get_template
from django.urls import get_resolver

from config.wsgi import application as site

# Loaded before the server forks, not in thirty processes at the same moment.
_warm = [get_resolver().url_patterns, get_template("invitations/details.html")]


PATIENCE_SECONDS = 10


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    started = time.monotonic()
    wait_for_company(int(environ.get("HTTP_X_COMPANY", 0)))
    response = site(environ, start_response)
    body = list(response)
    response.close()
    # Linux has one monotonic clock for all processes: times of two servers compare.
    line = f"{environ['REQUEST_METHOD']} {started} {time.monotonic()}\n"
    with Path(os.environ["REQUEST_TIMES"], str(os.getpid())).open("a") as times:
        times.write(line)
    return body


def wait_for_company(number: int) -> None:
    """Let requests in together, once so many of them are at the door of any server.

    However quick the machine, they then meet.
    """
    door = Path(os.environ["REQUEST_TIMES"]).with_name("door")
    if number:
        (door / uuid4().hex).touch()
    until = time.monotonic() + PATIENCE_SECONDS
    while number and len(os.listdir(door)) < number and time.monotonic() < until:
        time.sleep(0.002)
