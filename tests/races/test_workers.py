"""Workers are killed and mail servers fail; every message goes out all the same (rule M1)."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.races.databases import PROJECT, Database, copy_of
from tests.races.mail_server import Mails, receiving, wait_until
from tests.races.servers import ended

pytestmark = pytest.mark.races

MESSAGES, KILLS = 450, 4
OUTBOX = "appointments_outboxmessage"


@pytest.fixture
def port() -> int:
    """Of the mail server: free now, and nobody else on this machine opens and closes servers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number: int = listener.getsockname()[1]
        return number


@contextmanager
def owing(original: Database, folder: Path, scene: str) -> Iterator[tuple[Database, str]]:
    """A database with messages owed, and the host's address if any goes there."""
    with copy_of(original, folder) as database:
        yield database, json.loads(database.run("-m", "tests.races.scenes", scene)).get("host", "")


@contextmanager
def worker(database: Database, port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The project's worker, as it runs anywhere; killed (-9) when the block ends."""
    environment = {
        **database.environment,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "true",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    with (folder / "worker.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        with ended(process):
            yield process


def let_time_pass(database: Database) -> None:
    """Stands for waiting: leases and pauses that would run out by themselves have run out."""
    database.rows(
        f"UPDATE {OUTBOX} SET leased_until = '2020-01-01 00:00:00+00:00'"
        " WHERE leased_until IS NOT NULL"
    )
    database.rows(f"UPDATE {OUTBOX} SET not_before = '2020-01-01 00:00:00+00:00' WHERE result = ''")


def results(database: Database) -> Counter[str]:
    return Counter(result for (result,) in database.rows(f"SELECT result FROM {OUTBOX}"))


def kill_workers_several_times(
    database: Database,
    mails: Mails,
    port: int,
    folder: Path,
    workers: int,
    *,
    kills: int = KILLS,
    each: int = 60,
) -> None:
    """Let them deliver about so many messages each time, and kill them in the middle of one."""
    dice = random.Random(1)
    for kill in range(1, kills + 1):
        with ExitStack() as stack:
            for _ in range(workers):
                stack.enter_context(worker(database, port, folder))
            mails.wait_for(kill * each)
            time.sleep(dice.uniform(0, 0.05))
        let_time_pass(database)


def test_killed_workers_lose_nothing_and_repeat_at_most_what_was_in_flight(
    original: Database, port: int, tmp_path: Path
) -> None:
    mails = Mails(acknowledge_after=0.01)
    workers = 1 if original.is_sqlite else 2
    with owing(original, tmp_path, "messages") as (database, host), receiving(mails, port):
        kill_workers_several_times(database, mails, port, tmp_path, workers)
        assert results(database)[""] > 0, "the last kill came too late to be in the middle"
        with worker(database, port, tmp_path), worker(database, port, tmp_path):
            wait_until(lambda: results(database) == {"sent": MESSAGES})

    times_sent = Counter(mails.message_ids)
    assert len(times_sent) == MESSAGES
    assert times_sent.total() - MESSAGES <= KILLS * workers
    guests = {f"guest{number}@example.com" for number in range(MESSAGES // 3)}
    assert set(mails.addresses) == {host, *guests}


def test_m1_of_a_thousand_letters_killed_workers_lose_none_and_repeat_those_in_flight(
    original: Database, port: int, tmp_path: Path
) -> None:
    mails = Mails(acknowledge_after=0.005)
    workers, kills = 1 if original.is_sqlite else 2, 5
    with owing(original, tmp_path, "letters") as (database, _), receiving(mails, port):
        kill_workers_several_times(database, mails, port, tmp_path, workers, kills=kills, each=150)
        assert results(database)[""] > 0, "the last kill came too late to be in the middle"
        with worker(database, port, tmp_path), worker(database, port, tmp_path):
            wait_until(lambda: results(database) == {"sent": 1000})
        written = database.rows(
            f"SELECT email, result FROM {OUTBOX}"
            f" JOIN invitations_recipient ON invitations_recipient.id = {OUTBOX}.object_id"
        )

    # The server's own log beside the rows, address by address.
    times_sent = Counter(mails.addresses)
    assert sorted(times_sent) == sorted(address for address, _ in written)
    assert {result for _, result in written} == {"sent"}
    assert len(written) == 1000
    assert times_sent.total() - 1000 <= kills * workers
    assert len(set(mails.message_ids)) == 1000


def test_a_mail_server_that_is_down_puts_messages_off_and_gets_them_later(
    original: Database, port: int, tmp_path: Path
) -> None:
    mails = Mails()
    put_off = f"SELECT count(*) FROM {OUTBOX} WHERE result = '' AND attempts = 1 AND error <> ''"
    with (
        owing(original, tmp_path, "few_messages") as (database, _),
        worker(database, port, tmp_path),
    ):
        wait_until(lambda: database.number(put_off) == 6)
        let_time_pass(database)
        with receiving(mails, port):
            wait_until(lambda: results(database) == {"sent": 6})

    assert len(set(mails.message_ids)) == len(mails.message_ids) == 6


def test_one_address_that_is_refused_is_parked_and_one_that_is_slow_holds_up_nobody_for_long(
    original: Database, port: int, tmp_path: Path
) -> None:
    mails = Mails()
    mails.refused.add("guest0@example.com")
    mails.slow["guest1@example.com"] = 1.0
    with owing(original, tmp_path, "few_messages") as (database, host), receiving(mails, port):
        with worker(database, port, tmp_path):
            wait_until(lambda: results(database) == {"sent": 5, "parked": 1})
        [parked] = database.rows(f"SELECT attempts, error FROM {OUTBOX} WHERE result = 'parked'")

    assert parked[0] == 1
    assert "550" in parked[1]
    assert Counter(mails.addresses) == {host: 3, "guest1@example.com": 1, "guest2@example.com": 1}


@pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
def test_a_database_that_hangs_up_does_not_end_the_worker(
    original: Database, port: int, tmp_path: Path
) -> None:
    hang_up = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    mails = Mails()
    with owing(original, tmp_path, "few_messages") as (database, _), receiving(mails, port):
        database.rows(f"UPDATE {OUTBOX} SET not_before = '2099-01-01 00:00:00+00:00'")
        with worker(database, port, tmp_path) as process:
            wait_until(lambda: database.rows(hang_up) != [])
            let_time_pass(database)
            wait_until(lambda: results(database) == {"sent": 6})
            assert process.poll() is None
