"""Messages owed, and the worker's hands that deliver them (rule M1).

A row says what is owed; whoever owns a kind registers how it is rendered. Delivery happens in
three steps, each committed by itself: claim, send, finish. A worker that dies in between leaves
a lease behind that runs out, and the message is sent again.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from appointments.envelopes import send_to_each
from appointments.mail_limit import copied_to, limited_until, may_copy, recipient_of
from appointments.models import OutboxMessage

Renderer = Callable[[OutboxMessage], EmailMessage | None]
"""Makes a mail from the rows as they are now, or None where it is no longer wanted."""

LEASE = timedelta(minutes=5)
"""Longer than one envelope may take: a dozen answers, each within EMAIL_TIMEOUT."""

LAST_ATTEMPT = 12
LONGEST_PAUSE = timedelta(hours=6)


class LeaseLostError(Exception):
    """It took so long that another worker has the message in hand."""


log = structlog.get_logger("outbox")
_renderers: dict[str, Renderer] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Decorator: this function renders messages of a kind."""

    def register(renderer: Renderer) -> Renderer:
        _renderers[kind] = renderer
        return renderer

    return register


Timed = tuple[str, int, datetime]
"""A message as its kind, the id of the row it is about, and when it is due."""


def owe(
    messages: Iterable[tuple[str, int]], *, not_before: datetime, later: Iterable[Timed] = ()
) -> None:
    """Write down messages, as kind and id of the row each is about, in the open transaction."""
    timed = [(kind, object_id, not_before) for kind, object_id in messages]
    owe_at([*timed, *later])


def owe_at(messages: Iterable[Timed], *, is_held: bool = False) -> None:
    """The same for messages that are each due at a time of their own, and may be held back."""
    OutboxMessage.objects.bulk_create(
        OutboxMessage(kind=kind, object_id=object_id, not_before=time, is_held=is_held)
        for kind, object_id, time in messages
    )


def withdraw(kind: str, object_id: int) -> None:
    """Take back what waits or failed of a kind about one row, in the open transaction."""
    about = OutboxMessage.objects.filter(kind=kind, object_id=object_id)
    about.unsent().drop(timezone.now())


def claim() -> OutboxMessage | None:
    """Take the next due message in hand, so that no other worker sends it."""
    with transaction.atomic():
        now = timezone.now()
        due = OutboxMessage.objects.due(now).select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        message = due.first()
        if message is not None:
            message.leased_until = now + LEASE
            message.attempts += 1
            message.save(update_fields=["leased_until", "attempts"])
        return message


def deliver(message: OutboxMessage, backend: BaseEmailBackend) -> None:
    """Send a claimed message and write down what became of it. Runs outside a transaction."""
    if message.attempts > LAST_ATTEMPT:
        return _finish(message, OutboxMessage.Result.PARKED, "Workers died while sending it.")
    try:
        mail = _renderers[message.kind](message)
        if mail is None:
            return _finish(message, OutboxMessage.Result.DROPPED)
        recipient = recipient_of(message, mail)
        if until := limited_until(recipient, timezone.now()):
            return _put_off(message, until)
        _limit_copies(message, mail)
        delivered = partial(_delivered, message)
        send_to_each(mail, backend, has_it=message.delivered_to, delivered=delivered)
    except LeaseLostError:
        return None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return _fail(message, error, for_good=min(codes) >= 500)
    except (OSError, smtplib.SMTPException, OperationalError, InterfaceError) as error:
        return _fail(message, error, for_good=False)
    except Exception as error:  # a mail that cannot be rendered must not stop all the others
        log.exception("message failed", message=message.pk, kind=message.kind)
        return _fail(message, error, for_good=True)
    return _finish(message, OutboxMessage.Result.SENT, recipient=recipient)


def retry(messages: Iterable[int]) -> int:
    """Put parked messages back in line, but for what was owed anew since; returns how many."""
    same = OutboxMessage.objects.filter(kind=OuterRef("kind"), object_id=OuterRef("object_id"))
    later = same.filter(pk__gt=OuterRef("pk"), created_at__gte=OuterRef("finished_at"))
    anew = later.exclude(result=OutboxMessage.Result.DROPPED)
    return (
        OutboxMessage.objects.parked()
        .filter(~Exists(anew), pk__in=messages)
        .update(
            result="", attempts=0, finished_at=None, leased_until=None, not_before=timezone.now()
        )
    )


def _limit_copies(message: OutboxMessage, mail: EmailMessage) -> None:
    """Count the copy, or leave it out where its reader has got as many as may be."""
    copy = copied_to(message, mail)
    if copy and may_copy(message, copy, timezone.now()):
        _in_hand(message).update(copied_to=copy)
    elif copy:
        mail.cc = []


def _delivered(message: OutboxMessage, address: str) -> None:
    """Write down that one of several recipients has it, and take time for the next."""
    leased_until = timezone.now() + LEASE
    delivered_to = [*message.delivered_to, address]
    if not _in_hand(message).update(delivered_to=delivered_to, leased_until=leased_until):
        raise LeaseLostError
    message.delivered_to, message.leased_until = delivered_to, leased_until


def _put_off(message: OutboxMessage, until: datetime) -> None:
    """Send it later, unless a later one of its kind about the same row will say as much."""
    same = OutboxMessage.objects.waiting().filter(kind=message.kind, object_id=message.object_id)
    if same.filter(pk__gt=message.pk).exists():
        return _finish(message, OutboxMessage.Result.DROPPED)
    _in_hand(message).update(not_before=until, leased_until=None, attempts=message.attempts - 1)
    log.warning("message put off", message=message.pk, kind=message.kind, error="over the limit")
    return None


def _finish(
    message: OutboxMessage, result: OutboxMessage.Result, error: str = "", recipient: str = ""
) -> None:
    sent = result == OutboxMessage.Result.SENT
    # A mail that is out stays out, whoever else has taken the message in hand meanwhile.
    rows = OutboxMessage.objects.filter(pk=message.pk) if sent else _in_hand(message)
    rows.update(
        result=result,
        error=error,
        recipient=recipient,
        finished_at=timezone.now(),
        leased_until=None,
        **({"delivered_to": []} if sent else {}),
    )
    log.info("message finished", message=message.pk, kind=message.kind, result=result)


def _fail(message: OutboxMessage, error: Exception, *, for_good: bool) -> None:
    text = _in_words(error)
    if for_good or message.attempts >= LAST_ATTEMPT:
        return _finish(message, OutboxMessage.Result.PARKED, text)
    not_before = timezone.now() + _pause(message.attempts)
    _in_hand(message).update(error=text, leased_until=None, not_before=not_before)
    log.warning("message put off", message=message.pk, kind=message.kind, error=text)
    return None


def _in_words(error: Exception) -> str:
    """What a mail server answered, else what went wrong."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [f"{to}: {_answer(*said)}" for to, said in error.recipients.items()]
        return "; ".join(answers)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"


def _in_hand(message: OutboxMessage) -> QuerySet[OutboxMessage]:
    """The message's row, unless its lease ran out and another worker took it."""
    return OutboxMessage.objects.filter(pk=message.pk, leased_until=message.leased_until)


def _pause(attempts: int) -> timedelta:
    return min(timedelta(minutes=2**attempts), LONGEST_PAUSE)
