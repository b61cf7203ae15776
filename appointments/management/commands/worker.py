"""Delivers what the outbox owes, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from appointments import chores, outbox
from appointments.mail_connections import KeptConnection

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
        if not once:
            # What it has in hand when the worker ends is taken up again when its lease has run out.
            threading.Thread(target=see_to_long_chores, args=(stop,), daemon=True).start()
        worker = Worker()
        while not stop.is_set():
            if worker.does_something():
                continue
            if once:
                chores.do_long(timezone.now())
                break
            stop.wait(IDLE_SECONDS)


def see_to_long_chores(stop: threading.Event) -> None:
    """Beside the messages, by a connection of this thread, until it is told to stop."""
    while not stop.is_set():
        try:
            chores.do_long(timezone.now())
        except (InterfaceError, OperationalError):
            log.exception("database failed")
        finally:
            connection.close()
        stop.wait(chores.EVERY.total_seconds())


class Worker:
    """Sends mail after mail, and sees to the short chores in between."""

    def __init__(self) -> None:
        self._mails = KeptConnection()
        self._chores_done: datetime | None = None

    def does_something(self) -> bool:
        """Deliver the next due message. False where there is none, or no database to ask.

        A database that restarts must not end the worker: it asks again through a new connection,
        and what was in hand is sent when its lease has run out.
        """
        try:
            self._see_to_chores()
            message = outbox.claim()
            if message is not None:
                outbox.deliver(message, self._mails)
        except (InterfaceError, OperationalError):
            log.exception("database failed")
            connection.close()
            return False
        if message is None:
            self._mails.close()
        return message is not None

    def _see_to_chores(self) -> None:
        now, done = timezone.now(), self._chores_done
        # A clock may be set back: what was done at a time to come says nothing.
        if done is None or not done <= now < done + chores.EVERY:
            self._chores_done = now
            chores.do_all(now)
