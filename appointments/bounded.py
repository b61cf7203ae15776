"""Reading what strangers made, by a process of its own that may take so much and no more.

A small file can keep its reader busy for hours, or fill the memory, in more ways than anybody could
look for beforehand. A reader is therefore a module that is run as a program: its last line calls
``program``, and whoever wants something read calls ``read_apart``. It is stopped once it takes too
much, also when whoever started it is gone.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

TOO_MUCH = 3
"""The status of a process that gave up; other failures are of what it was given."""


STOPPED = {-signal.SIGHUP, -signal.SIGINT, -signal.SIGTERM}
"""How a process ends when everything around it ends."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of a processor's time, bytes of memory, and seconds on the clock, 0 for any."""

    processor: int
    memory: int
    clock: int = 0


class TooMuchError(Exception):
    """Reading it takes more than it may."""


class TooSlowError(Exception):
    """Reading it takes longer than anybody waits."""


class FailedError(Exception):
    """It cannot be read."""


class StoppedError(FailedError):
    """Somebody stopped the process, which says nothing about what it read."""


def read_apart(module: str, given: bytes, limits: Limits) -> Any:
    """What the module makes of what is given, as JSON can say it.

    Raises TooMuchError, TooSlowError, FailedError and StoppedError. Nothing that is given is seen
    among the processes of the machine.
    """
    each = map(str, (limits.processor, limits.memory, limits.clock))
    reader = subprocess.run(  # noqa: S603  a module of ours, and numbers
        [sys.executable, "-m", module, *each],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it may quote what it read, at any length
        cwd=ROOT,
        check=False,
    )
    if reader.returncode == -signal.SIGALRM:
        raise TooSlowError
    if reader.returncode in STOPPED:
        raise StoppedError
    if reader.returncode == TOO_MUCH or reader.returncode < 0:  # or stopped by the system
        raise TooMuchError
    if reader.returncode:
        raise FailedError
    return json.loads(reader.stdout)


def program(read: Callable[[bytes], Any]) -> None:
    """The whole of a reader: what it makes of its standard input, within its arguments' limits."""
    processor, memory, clock = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.alarm(clock)
    try:
        json.dump(read(sys.stdin.buffer.read()), sys.stdout)
    except (MemoryError, TooMuchError):
        sys.exit(TOO_MUCH)
