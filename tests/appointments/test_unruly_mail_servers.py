"""Mail servers that refuse, hang up or can’t encrypt: what waits goes out by a new connection."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage

from appointments import outbox
from appointments.mail_connections import KeptConnection
from appointments.models import OutboxMessage
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")


class Unruly:
    """Does to the first mail what its name says, and takes all others."""

    def __init__(self, mood: str) -> None:
        self.mood = mood
        self.taken: list[str] = []
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self._answer("refuses the sender for now", "451 try later") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self._answer("refuses the recipient for now", "450 greylisted") or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self._answer("hangs up in the middle", "x"):
            server.transport.abort()
            return "250 OK"
        refusal = self._answer("refuses the words", "554 no such words here")
        if refusal is None:
            self.taken.extend(envelope.rcpt_tos)
        return refusal or "250 OK"

    def _answer(self, mood: str, answer: str) -> str | None:
        """The answer of somebody in this mood, which passes."""
        if self.mood != mood:
            return None
        self.mood = ""
        return answer


@pytest.fixture
def port(settings) -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", number
    return number


@pytest.fixture
def clock(monkeypatch) -> Iterator[time_machine.Traveller]:
    def rendered(message: OutboxMessage) -> EmailMessage:
        return EmailMessage("Hello", "Hello", to=[f"guest{message.object_id}@example.com"])

    monkeypatch.setitem(outbox._renderers, "prospect_letter", rendered)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(kind="prospect_letter", object_id=number, not_before=NOW)
        for number in range(3)
    )
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def deliver_due(mails: KeptConnection) -> None:
    while message := outbox.claim():
        outbox.deliver(message, mails)


def waiting() -> list[int]:
    return list(OutboxMessage.objects.waiting().values_list("object_id", flat=True))


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("refuses the sender for now", "451 try later"),
        ("refuses the recipient for now", "guest0@example.com: 450 greylisted"),
        ("refuses the words", "554 no such words here"),
        ("hangs up in the middle", "SMTPServerDisconnected: Connection unexpectedly closed"),
    ],
)
def test_what_one_mail_meets_puts_off_that_mail_alone_and_it_goes_out_later(
    port, clock, mood, words
):
    server = Unruly(mood)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    mails = KeptConnection()
    deliver_due(mails)
    assert waiting() == [0]
    assert OutboxMessage.objects.waiting().get().error.startswith(words)
    assert server.taken == ["guest1@example.com", "guest2@example.com"]
    assert server.connections == 2
    clock.shift(outbox._pause(1))
    deliver_due(mails)
    mails.close()
    controller.stop()
    assert server.taken[2:] == ["guest0@example.com"]
    assert waiting() == []


def test_where_a_server_cannot_encrypt_nothing_is_sent_in_the_clear(port, clock, settings):
    settings.EMAIL_USE_TLS = True
    server = Unruly("")
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    mails = KeptConnection()
    deliver_due(mails)
    mails.close()
    controller.stop()
    assert server.taken == []
    assert sorted(waiting()) == [0, 1, 2]
    assert {each.attempts for each in OutboxMessage.objects.all()} == {1}
