"""What workers see to beside messages."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError

from appointments import chores
from appointments.management.commands.worker import Worker, see_to_long_chores
from tests.factories import at

NOW = at("2026-11-23 09:00", "UTC")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When the only chore of these tests was done."""
    found: list[datetime] = []
    monkeypatch.setattr(chores, "_chores", [found.append])
    return found


def failing(error: Exception) -> chores.Chore:
    def fail(now: datetime) -> None:
        raise error

    return fail


def test_a_chore_that_fails_stops_no_other(done: list[datetime]) -> None:
    chores._chores.insert(0, failing(ZeroDivisionError()))
    chores.do_all(NOW)
    assert done == [NOW]


def test_a_database_that_fails_is_the_workers_to_deal_with(done: list[datetime]) -> None:
    chores._chores.insert(0, failing(OperationalError()))
    with pytest.raises(OperationalError):
        chores.do_all(NOW)


@pytest.mark.django_db
@pytest.mark.database
def test_a_worker_sees_to_them_at_its_start_and_about_once_a_minute(done: list[datetime]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        worker = Worker()
        for _ in range(3):
            worker.does_something()
        clock.shift(chores.EVERY)
        for _ in range(3):
            worker.does_something()
    assert done == [NOW, NOW + chores.EVERY]


@pytest.mark.django_db
@pytest.mark.database
def test_a_clock_that_is_set_back_keeps_no_chore_waiting(done: list[datetime]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        worker = Worker()
        worker.does_something()
        clock.shift(-10 * chores.EVERY)
        for _ in range(3):
            worker.does_something()
    assert done == [NOW, NOW - 10 * chores.EVERY]


def test_messages_do_not_wait_for_long_chores(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, sent = threading.Event(), threading.Event(), threading.Event()

    def hang(now: datetime) -> None:
        begun.set()
        go_on.wait(10)

    def send(worker: Worker) -> bool:
        assert begun.wait(10)
        sent.set()
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr(chores, "_long_chores", [hang])
    monkeypatch.setattr(Worker, "does_something", send)
    with handlers_kept():
        call_command("worker")
    assert sent.is_set()
    assert not go_on.is_set()
    go_on.set()


def test_a_worker_that_ends_by_itself_sees_to_long_chores_after_its_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(chores, "_long_chores", [lambda now: done.append("long")])
    monkeypatch.setattr(Worker, "does_something", lambda worker: done.append("messages"))
    with handlers_kept():
        call_command("worker", once=True)
    assert done == ["messages", "long"]


def test_long_chores_go_on_after_the_database_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    tries: list[datetime] = []

    def fail_once(now: datetime) -> None:
        tries.append(now)
        if len(tries) == 1:
            raise OperationalError
        stop.set()

    monkeypatch.setattr(chores, "_long_chores", [fail_once])
    monkeypatch.setattr(chores, "EVERY", timedelta(0))
    see_to_long_chores(stop)
    assert len(tries) == 2


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Signals are dealt with afterwards as they were before."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
