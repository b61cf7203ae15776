"""One connection to a mail server for mails that follow each other."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

MOST_MAILS = 100
"""Some servers take no more by one connection."""


class KeptConnection(BaseEmailBackend):
    """Sends by the site's own backend, and keeps its connection open until ``close``.

    Greeting a server and signing in can take longer than the mail itself. What is not a mail
    server is opened anew for each mail.
    """

    def __init__(self) -> None:
        super().__init__()
        self._backend = get_connection()
        self._sent = 0

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if not isinstance(self._backend, EmailBackend):
            return int(get_connection().send_messages(email_messages) or 0)
        if self._sent and (self._sent >= MOST_MAILS or not self._answers(self._backend)):
            self.close()
        try:
            self._backend.open()
            sent = self._backend.send_messages(email_messages)
        except BaseException:
            self.close()
            raise
        self._sent += 1
        return sent

    def close(self) -> None:
        """Take leave of the server; the next mail opens a new connection."""
        self._sent = 0
        with suppress(smtplib.SMTPException, OSError):
            self._backend.close()

    def _answers(self, backend: EmailBackend) -> bool:
        """Whether the server still holds the line, which it may hang up at any time."""
        try:
            code, _words = backend.connection.noop() if backend.connection else (0, b"")
        except (smtplib.SMTPException, OSError):
            return False
        return int(code) == 250
