"""Timing by interleaved rounds, and the lines of the table."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import NamedTuple


class Line(NamedTuple):
    """One row of the table: what was measured, beside what, and what the ratio should be."""

    name: str
    ours: str
    bare: str
    ratio: float
    aim: str
    holds: bool


def medians(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median seconds of one call each, all called once per round.

    They take turns, and the order turns round, so that a slow moment of the machine meets all.
    """
    names = list(contestants)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for contestant in contestants.values():
        contestant()
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            for name in names if turn % 2 else reversed(names):
                contestant = contestants[name]
                started = time.perf_counter()
                contestant()
                taken[name].append(time.perf_counter() - started)
    finally:
        gc.enable()
    return {name: median(times) for name, times in taken.items()}


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3f} ms" if seconds < 0.01 else f"{seconds * 1000:.1f} ms"


def progress(text: str) -> None:
    """Say what is going on, on a terminal only; the next text takes its place."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def show(title: str, lines: list[Line]) -> None:
    """Print one part of the table."""
    progress("")
    print(f"\n{title}")
    print(f"  {'':<44}{'ours':>14}{'beside':>14}{'ratio':>8}   aim")
    for line in lines:
        verdict = "" if line.holds else "  (missed)"
        print(
            f"  {line.name:<44}{line.ours:>14}{line.bare:>14}{line.ratio:>8.3g}"
            f"   {line.aim}{verdict}",
            flush=True,
        )
