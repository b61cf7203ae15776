"""The same application, in which a request may ask for its transaction to be slow.

What carries ``X-Slow`` holds its locks for a while before it commits, so that whoever comes
second meets it there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import local
from typing import Any

# Comes first: models need the application to be set up.
from tests.races.recorded import application as recorded  # isort: skip

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

PAUSE_SECONDS = 0.5
IN_HAND = "in-hand"
"""The note at the door that a slow transaction is about to commit."""

_request = local()
_commit = BaseDatabaseWrapper.commit


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    # Django tries that out once, by a transaction of its own, which is not the one to be slow.
    _ = connection.features.supports_json_field
    _request.is_slow = "HTTP_X_SLOW" in environ
    return recorded(environ, start_response)


def commit_late(connection: BaseDatabaseWrapper) -> None:
    if getattr(_request, "is_slow", False):
        Path(os.environ["REQUEST_TIMES"]).with_name("door").joinpath(IN_HAND).touch()
        time.sleep(PAUSE_SECONDS)
    _commit(connection)


BaseDatabaseWrapper.commit = commit_late  # type: ignore[method-assign]
