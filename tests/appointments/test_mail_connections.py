"""One connection to a mail server for mails that follow each other, tried on a real server."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core.mail import EmailMessage

from appointments import mail_connections
from appointments.mail_connections import KeptConnection

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


class Office:
    """Counts who connects, and whom it takes leave of."""

    def __init__(self) -> None:
        self.connections = 0
        self.addresses: list[str] = []
        self.servers: list[SMTP] = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        self.servers.append(server)
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("unknown"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.addresses.extend(envelope.rcpt_tos)
        return "250 OK"

    def hang_up(self, controller: Controller) -> None:
        for server in self.servers:
            controller.loop.call_soon_threadsafe(server.transport.abort)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def port(settings) -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = SMTP_BACKEND, number
    settings.EMAIL_HOST = "127.0.0.1"
    return number


@pytest.fixture
def controller(office: Office, port: int) -> Iterator[Controller]:
    found = Controller(office, hostname="127.0.0.1", port=port)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def mails(controller: Controller) -> Iterator[KeptConnection]:
    kept = KeptConnection()
    yield kept
    kept.close()


def mail(number: int, name: str = "guest") -> EmailMessage:
    return EmailMessage("Hello", "Hello", to=[f"{name}{number}@example.com"])


def test_mails_that_follow_each_other_share_one_connection(office, mails):
    for number in range(5):
        assert mails.send_messages([mail(number)]) == 1
    assert (office.connections, len(office.addresses)) == (1, 5)


def test_after_so_many_mails_there_is_a_new_one(office, mails, monkeypatch):
    monkeypatch.setattr(mail_connections, "MOST_MAILS", 2)
    for number in range(5):
        mails.send_messages([mail(number)])
    assert (office.connections, len(office.addresses)) == (3, 5)


def test_closed_it_opens_again_with_the_next_mail(office, mails):
    mails.send_messages([mail(1)])
    mails.close()
    mails.close()
    mails.send_messages([mail(2)])
    assert (office.connections, len(office.addresses)) == (2, 2)


def test_a_server_that_hung_up_meanwhile_costs_no_mail(office, controller, mails):
    mails.send_messages([mail(1)])
    office.hang_up(controller)
    assert mails.send_messages([mail(2)]) == 1
    assert office.addresses == ["guest1@example.com", "guest2@example.com"]


def test_a_refused_address_is_reported_and_the_next_mail_goes_out(office, mails):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mails.send_messages([mail(1, "unknown")])
    assert mails.send_messages([mail(2)]) == 1
    assert office.addresses == ["guest2@example.com"]


def test_a_server_that_is_down_is_reported_and_tried_anew(office, port):
    mails = KeptConnection()
    with pytest.raises(OSError, match="refused"):
        mails.send_messages([mail(1)])
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    assert mails.send_messages([mail(2)]) == 1
    mails.close()
    controller.stop()
    assert office.addresses == ["guest2@example.com"]


def test_each_mail_to_files_is_written_at_once(settings, tmp_path: Path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    kept = KeptConnection()
    for number in range(3):
        kept.send_messages([mail(number)])
        # Django names files by the second and a memory address, so two may share one.
        written = "".join(path.read_text() for path in tmp_path.iterdir())
        assert written.count("Subject: ") == number + 1
    kept.close()
