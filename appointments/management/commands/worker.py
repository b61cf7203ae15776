"""Delivers what the outbox owes, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.mail import get_connection
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from appointments import outbox

IDLE_SECONDS = 1.0

log = structlog.get_logger("outbox")


class Command(BaseCommand):
    help = "Send the messages that are due. Any number of workers may run side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing more is due")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            if _deliver_next():
                continue
            if once:
                break
            stop.wait(IDLE_SECONDS)


def _deliver_next() -> bool:
    """Deliver the next due message. False where there is none, or no database to ask.

    A database that restarts must not end the worker: it asks again through a new connection,
    and what was in hand is sent when its lease has run out.
    """
    try:
        message = outbox.claim()
        if message is not None:
            outbox.deliver(message, get_connection())
    except (InterfaceError, OperationalError):
        log.exception("database failed")
        connection.close()
        return False
    return message is not None
