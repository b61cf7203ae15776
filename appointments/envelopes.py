"""One envelope per recipient: an address that is refused keeps a mail from nobody else.

A mail server that takes a mail for one of two addresses reports no failure at all. So each address
is asked about by itself, and who has it is written down before the next one is tried.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from copy import copy

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


def send_to_each(
    mail: EmailMessage,
    backend: BaseEmailBackend,
    *,
    has_it: list[str],
    delivered: Callable[[str], None],
) -> None:
    """Send a mail to whoever does not have it yet, and call ``delivered`` after each of several.

    Raises SMTPRecipientsRefused for all who were refused, SMTPDataError, or what ends the
    connection, after as many as possible got it.
    """
    recipients = mail.recipients()
    refused: dict[str, tuple[int, bytes]] = {}
    failed: smtplib.SMTPDataError | None = None
    for address in recipients:
        if address in has_it:
            continue
        try:
            backend.send_messages([_addressed(mail, address)])
        except smtplib.SMTPRecipientsRefused as error:
            refused |= error.recipients
        except smtplib.SMTPDataError as error:
            failed = error
        else:
            if len(recipients) > 1:
                delivered(address)
    if failed:
        raise failed
    if refused:
        raise smtplib.SMTPRecipientsRefused(refused)


def _addressed(mail: EmailMessage, address: str) -> EmailMessage:
    """The same mail with all its headers, in an envelope to one of its recipients."""
    envelope = copy(mail)
    envelope.recipients = lambda: [address]  # type: ignore[method-assign]
    return envelope
