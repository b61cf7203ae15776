"""Two web servers on one database, and the times at which they had requests in hand."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.races.databases import PROJECT, Database

SERVERS = 2
WORKERS = 15
"""Of each server: together as many as the largest race has guests, so that nobody queues."""


@dataclass(frozen=True, slots=True)
class Site:
    """The running servers. ``times`` is the folder in which they note their requests."""

    database: Database
    ports: tuple[int, ...]
    times: Path

    def forget_times(self) -> None:
        for notes in [*self.times.iterdir(), *self.times.with_name("door").iterdir()]:
            notes.unlink()

    def posts(self) -> list[tuple[float, float]]:
        """Start and end of every POST since the last ``forget_times``."""
        lines = [line.split() for line in self._notes()]
        return [(float(start), float(end)) for method, start, end in lines if method == "POST"]

    def _notes(self) -> list[str]:
        return [line for notes in self.times.iterdir() for line in notes.read_text().splitlines()]


@contextmanager
def running(database: Database, folder: Path, application: str = "recorded") -> Iterator[Site]:
    """Serve a database by two servers of several processes each, until the block ends."""
    times = folder / "times"
    times.mkdir()
    times.with_name("door").mkdir()
    with ExitStack() as stack:
        sockets = [stack.enter_context(_listening()) for _ in range(SERVERS)]
        ports = tuple(each.getsockname()[1] for each in sockets)
        for each in sockets:
            stack.enter_context(_server(each, database, times, application))
        for port in ports:
            _wait_for(port)
        yield Site(database, ports, times)


def share_in_company(spans: Sequence[tuple[float, float]], company: int) -> float:
    """The share of requests that were in hand together with ``company`` others at one moment."""
    crowded = sum(_most_at_once(spans, each) > company for each in spans)
    return crowded / len(spans)


def _most_at_once(spans: Sequence[tuple[float, float]], one: tuple[float, float]) -> int:
    """How many requests were in hand at the fullest moment of one of them, with it."""
    starts = [one[0], *(start for start, _ in spans if one[0] < start < one[1])]
    return max(sum(start <= moment < end for start, end in spans) for moment in starts)


def _listening() -> socket.socket:
    """A socket on a free port, opened here so that nobody else can take the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    listener.set_inheritable(True)
    return listener


@contextmanager
def _server(
    listener: socket.socket, database: Database, times: Path, application: str
) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", f"tests.races.{application}:application"]
    command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(WORKERS), "--preload"]
    command += ["--no-control-socket", "--log-level", "warning"]
    environment = {**database.environment, "REQUEST_TIMES": str(times)}
    with (times.parent / f"server{listener.fileno()}.log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with ended(process):
            yield


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process with all that it started, whatever happens: it leads a group of its own."""
    with process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError(f"no server answers on port {port}")
