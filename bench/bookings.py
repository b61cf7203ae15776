"""Whole bookings per second beside a bare guarded insert: ``python -m bench.bookings``.

The process that measures starts the others, which book or insert on demand, each for a host of
its own or all for one. Runs on ``DATABASE_URL``; prints JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from statistics import median

from bench.measure import progress

PROCESSES = 8
ROUNDS = 10
EACH = {1: 40, PROCESSES: 10}
"""How many each process writes in a round, by the number of processes."""

KINDS = ("book", "insert", "book_shared", "insert_shared")
Worker = subprocess.Popen[str]


def main() -> None:
    subprocess.run([sys.executable, "-m", "bench.booker", "stage", str(PROCESSES)], check=True)
    with ExitStack() as stack:
        workers = [stack.enter_context(_started(number)) for number in range(PROCESSES)]
        for worker in workers:
            _answer(worker)
        found = {
            f"{kind} {count}": median(rates) for (kind, count), rates in _rates(workers).items()
        }
        for worker in workers:
            assert worker.stdin
            worker.stdin.close()
    print(json.dumps(found))


def _rates(workers: list[Worker]) -> dict[tuple[str, int], list[float]]:
    """Rows per second in each round, by kind and number of processes; the kinds take turns."""
    contests = [(kind, count) for count in EACH for kind in KINDS if count > 1 or "_" not in kind]
    rates: dict[tuple[str, int], list[float]] = {contest: [] for contest in contests}
    for turn in range(ROUNDS + 1):
        for kind, count in contests if turn % 2 else contests[::-1]:
            progress(f"Bookings: {kind} by {count} processes, round {turn} of {ROUNDS} ...")
            rate = _rate(workers[:count], kind, EACH[count])
            if turn:  # the first warms up
                rates[kind, count].append(rate)
    return rates


def _rate(workers: list[Worker], kind: str, each: int) -> float:
    started = time.perf_counter()
    for worker in workers:
        assert worker.stdin
        print(kind, each, file=worker.stdin, flush=True)
    for worker in workers:
        _answer(worker)
    return len(workers) * each / (time.perf_counter() - started)


def _answer(worker: Worker) -> None:
    assert worker.stdout
    if worker.stdout.readline() != "done\n":
        raise RuntimeError("A process gave up; see above.")


def _started(number: int) -> Worker:
    command = [sys.executable, "-m", "bench.booker", str(number), str(PROCESSES)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


if __name__ == "__main__":
    main()
