"""What workers see to beside messages, about once a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError

Chore = Callable[[datetime], None]
"""Takes the present instant. Several workers may do it at the same time."""

EVERY = timedelta(minutes=1)

log = structlog.get_logger("chores")
_chores: list[Chore] = []
_long_chores: list[Chore] = []


def chore(function: Chore) -> Chore:
    """Decorator: workers do this again and again."""
    _chores.append(function)
    return function


def long_chore(function: Chore) -> Chore:
    """Decorator: a chore that waits for others' machines; messages don't wait for it."""
    _long_chores.append(function)
    return function


def do_all(now: datetime) -> None:
    """The short ones, once; one that fails stops no other. Raises what the database raises."""
    _do(_chores, now)


def do_long(now: datetime) -> None:
    """The long ones, likewise."""
    _do(_long_chores, now)


def _do(chores: Iterable[Chore], now: datetime) -> None:
    for each in chores:
        try:
            each(now)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # messages go out whatever is wrong elsewhere
            log.exception("chore failed", chore=each.__name__)
