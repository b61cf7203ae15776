"""A real mail server on the loopback, which notes what it accepted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mails:
    """What arrived, and what the server does about it.

    ``refused`` are addresses that it does not know, ``slow`` those of which it takes
    ``seconds`` to make up its mind, ``hang_up_before`` one at which it closes down. Each mail is
    noted before it is acknowledged: a worker that is killed in between has to send it again.
    """

    def __init__(self, *, acknowledge_after: float = 0.0) -> None:
        self.accepted: list[tuple[str, str]] = []
        self.refused: set[str] = set()
        self.slow: dict[str, float] = {}
        self.acknowledge_after = acknowledge_after
        self.hang_up_before = ""

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.accepted]

    @property
    def message_ids(self) -> list[str]:
        return [message_id for _, message_id in self.accepted]

    def wait_for(self, number: int, seconds: float = 120) -> None:
        """Until so many mails were accepted."""
        wait_until(lambda: len(self.accepted) >= number, seconds)

    async def handle_RCPT(  # noqa: N802  the server calls it by this name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[Any],
    ) -> str:
        await asyncio.sleep(self.slow.get(address, 0))
        if address == self.hang_up_before:
            return "421 closing down"
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  the server calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        message = message_from_bytes(envelope.content or b"")
        self.accepted.append((envelope.rcpt_tos[0], str(message["Message-ID"])))
        await asyncio.sleep(self.acknowledge_after)
        return "250 OK"


@contextmanager
def receiving(mails: Mails, port: int) -> Iterator[None]:
    """The mail server answers while the block runs, and is down before and after."""
    controller = Controller(mails, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)
