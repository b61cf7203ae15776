"""Messages owed and what becomes of them (rule M1)."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from appointments import outbox
from appointments.models import OutboxMessage
from tests.factories import at

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = at("2026-11-23 09:00", "UTC")
A_MINUTE = dt.timedelta(minutes=1)
SENT, DROPPED, PARKED = OutboxMessage.Result


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def renderers(monkeypatch: pytest.MonkeyPatch) -> dict[str, outbox.Renderer]:
    """Kinds of these tests alone: a letter, one no longer wanted, one that cannot be made."""
    kinds = {"letter": letter, "unwanted": lambda message: None, "broken": broken}
    monkeypatch.setattr(outbox, "_renderers", kinds)
    return kinds


def letter(message: OutboxMessage) -> EmailMessage:
    return EmailMessage("Subject", "Body", to=[f"guest{message.object_id}@example.com"])


def broken(message: OutboxMessage) -> EmailMessage:
    raise ZeroDivisionError


def owe(*kinds: str, not_before: dt.datetime = NOW) -> list[OutboxMessage]:
    """Messages owed, numbered from one."""
    outbox.owe([(kind, n) for n, kind in enumerate(kinds, 1)], not_before=not_before)
    return list(OutboxMessage.objects.order_by("pk"))


class Failing(BaseEmailBackend):
    """A mail server that answers every mail with the same error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise self.error


def refused(code: int) -> Failing:
    return Failing(smtplib.SMTPRecipientsRefused({"guest1@example.com": (code, b"no")}))


def deliver_next(backend: Any = None) -> OutboxMessage:
    """Claim and deliver one message; its row as it is then."""
    message = outbox.claim()
    assert message is not None
    outbox.deliver(message, backend or get_connection())
    message.refresh_from_db()
    return message


def test_messages_owed_in_a_transaction_that_is_rolled_back_are_not_owed() -> None:
    with transaction.atomic():
        owe("letter")
        transaction.set_rollback(True)

    assert OutboxMessage.objects.count() == 0


def test_due_is_what_waits_is_not_too_early_and_in_nobody_elses_hands() -> None:
    late, now, early, leased, left, sent = owe(*["letter"] * 6)
    OutboxMessage.objects.filter(pk=late.pk).update(not_before=NOW - A_MINUTE)
    OutboxMessage.objects.filter(pk=early.pk).update(not_before=NOW + A_MINUTE)
    OutboxMessage.objects.filter(pk=leased.pk).update(leased_until=NOW + A_MINUTE)
    OutboxMessage.objects.filter(pk=left.pk).update(leased_until=NOW)
    OutboxMessage.objects.filter(pk=sent.pk).update(result=SENT)

    assert list(OutboxMessage.objects.due(NOW)) == [late, now, left]


def test_a_claimed_message_is_left_alone_until_its_lease_has_run_out(
    clock: time_machine.Traveller,
) -> None:
    [owed] = owe("letter")

    first = outbox.claim()
    assert first == owed
    assert outbox.claim() is None
    clock.shift(outbox.LEASE)
    again = outbox.claim()

    assert again == owed
    assert again.attempts == 2
    assert again.leased_until == NOW + 2 * outbox.LEASE


def test_the_lease_is_longer_than_a_mail_may_take(settings: Any) -> None:
    # Connect, greeting, EHLO, STARTTLS, handshake, EHLO, three steps of AUTH, MAIL, RCPT, DATA,
    # the body and QUIT: each may take as long as the timeout.
    assert outbox.LEASE.total_seconds() >= 14 * settings.EMAIL_TIMEOUT


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_rendered_and_sent_outside_any_transaction(
    renderers: dict[str, outbox.Renderer], mailoutbox: list[EmailMessage]
) -> None:
    def outside(message: OutboxMessage) -> EmailMessage:
        assert not connection.in_atomic_block
        return letter(message)

    renderers["letter"] = outside
    owe("letter")

    assert deliver_next().result == SENT


def test_a_mail_that_was_sent_is_finished(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    owe("letter")

    message = deliver_next()

    assert [mail.to for mail in mailoutbox] == [["guest1@example.com"]]
    assert (message.result, message.finished_at, message.leased_until) == (SENT, NOW, None)
    assert outbox.claim() is None


def test_a_mail_no_longer_wanted_is_dropped(mailoutbox: list[EmailMessage]) -> None:
    owe("unwanted")

    assert deliver_next().result == DROPPED
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("kind", "error"), [("broken", "ZeroDivisionError"), ("unheard of", "KeyError")]
)
def test_a_mail_that_cannot_be_made_is_parked_and_stops_no_other(
    mailoutbox: list[EmailMessage], kind: str, error: str
) -> None:
    owe(kind, "letter")

    first, second = deliver_next(), deliver_next()

    assert (first.result, first.attempts) == (PARKED, 1)
    assert first.error.startswith(error)
    assert (second.result, len(mailoutbox)) == (SENT, 1)


LATER = smtplib.SMTPRecipientsRefused({"guest1@example.com": (450, b"4.2.0 grey\r\nlisted")})
TEMPORARY = [
    (ConnectionRefusedError("no server"), "ConnectionRefusedError: no server"),
    (TimeoutError("slow server"), "TimeoutError: slow server"),
    (smtplib.SMTPServerDisconnected("gone"), "SMTPServerDisconnected: gone"),
    (smtplib.SMTPDataError(554, b"spam\xff"), "554 spam\N{REPLACEMENT CHARACTER}"),
    (OperationalError("the connection is closed"), "OperationalError: the connection is closed"),
    (LATER, "guest1@example.com: 450 4.2.0 grey listed"),
]


@pytest.mark.parametrize(("error", "words"), TEMPORARY)
def test_a_failure_that_may_pass_puts_the_message_off_and_says_why(
    clock: time_machine.Traveller, error: Exception, words: str
) -> None:
    owe("letter")

    message = deliver_next(Failing(error))

    assert (message.result, message.leased_until) == ("", None)
    assert message.not_before == NOW + 2 * A_MINUTE
    assert message.error == words
    assert outbox.claim() is None


def test_each_pause_is_twice_the_last_and_none_is_longer_than_the_longest(
    clock: time_machine.Traveller,
) -> None:
    owe("letter")
    pauses = []
    for _ in range(outbox.LAST_ATTEMPT - 1):
        message = deliver_next(Failing(OSError()))
        pauses.append(message.not_before - timezone.now())
        clock.move_to(message.not_before)

    assert pauses[:3] == [2 * A_MINUTE, 4 * A_MINUTE, 8 * A_MINUTE]
    assert pauses == [min(2**n * A_MINUTE, outbox.LONGEST_PAUSE) for n in range(1, len(pauses) + 1)]


def test_the_last_failure_parks_the_message(clock: time_machine.Traveller) -> None:
    owe("letter")
    OutboxMessage.objects.update(attempts=outbox.LAST_ATTEMPT - 1)

    message = deliver_next(Failing(OSError("no server")))

    assert (message.result, message.finished_at) == (PARKED, NOW)
    assert message.error == "OSError: no server"


def test_a_message_that_workers_die_of_is_parked_unsent(mailoutbox: list[EmailMessage]) -> None:
    owe("letter")
    OutboxMessage.objects.update(attempts=outbox.LAST_ATTEMPT)

    assert deliver_next().result == PARKED
    assert mailoutbox == []


def test_an_address_refused_for_good_is_parked_at_once() -> None:
    owe("letter")

    message = deliver_next(refused(550))

    assert (message.result, message.attempts) == (PARKED, 1)


def test_retry_puts_parked_messages_back_in_line_and_no_others(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    parked, sent = owe("letter", "letter")
    deliver_next(refused(550))
    deliver_next()
    clock.shift(A_MINUTE)

    assert outbox.retry([parked.pk, sent.pk]) == 1
    parked.refresh_from_db()
    assert (parked.result, parked.attempts, parked.finished_at) == ("", 0, None)
    assert parked.not_before == NOW + A_MINUTE
    assert deliver_next() == parked
    assert len(mailoutbox) == 2


def two_workers_with_one_message(clock: time_machine.Traveller) -> list[OutboxMessage]:
    """The first was so slow that its lease ran out and a second took the message."""
    owe("letter")
    slow = outbox.claim()
    clock.shift(outbox.LEASE)
    quick = outbox.claim()
    assert slow is not None
    assert quick is not None
    return [slow, quick]


@pytest.mark.parametrize("error", [OSError(), refused(550).error], ids=["put off", "parked"])
def test_a_slow_worker_that_fails_does_not_undo_what_the_next_one_does(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage], error: Exception
) -> None:
    slow, quick = two_workers_with_one_message(clock)

    outbox.deliver(slow, Failing(error))
    slow.refresh_from_db()
    assert (slow.result, slow.leased_until) == ("", quick.leased_until)

    outbox.deliver(quick, get_connection())
    quick.refresh_from_db()
    assert quick.result == SENT


def test_a_mail_that_a_slow_worker_sent_stays_sent(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    slow, quick = two_workers_with_one_message(clock)

    outbox.deliver(slow, get_connection())
    outbox.deliver(quick, refused(550))

    quick.refresh_from_db()
    assert (quick.result, quick.error) == (SENT, "")
