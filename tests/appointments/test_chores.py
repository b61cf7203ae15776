"""What workers see to beside messages."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.db import OperationalError

from appointments import chores
from appointments.management.commands.worker import Worker
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
