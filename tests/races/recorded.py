"""The project's own web application, with a note of when each request was in hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.template.loader import get_template
from django.urls import get_resolver

from config.wsgi import application as site

# Loaded before the server forks, not in thirty processes at the same moment.
_warm = [get_resolver().url_patterns, get_template("invitations/details.html")]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    started = time.monotonic()
    response = site(environ, start_response)
    body = list(response)
    response.close()
    # Linux has one monotonic clock for all processes: times of two servers compare.
    line = f"{environ['REQUEST_METHOD']} {started} {time.monotonic()}\n"
    with Path(os.environ["REQUEST_TIMES"], str(os.getpid())).open("a") as times:
        times.write(line)
    return body
