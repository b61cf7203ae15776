"""Delivers what the outbox owes, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.mail import get_connection
from django.core.management.base import BaseCommand

from appointments import outbox

IDLE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Send the messages that are due. Any number of workers may run side by side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing more is due")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            message = outbox.claim()
            if message is not None:
                outbox.deliver(message, get_connection())
            elif once:
                break
            else:
                stop.wait(IDLE_SECONDS)
