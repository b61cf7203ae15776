"""The week page beside that of an earlier commit: ``python -m bench.against COMMIT``.

Both trees run in processes of their own, which take turns. How a process happens to lie in memory
moves it by some per cent, so several pairs are started and their ratios brought together.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.databases import PROJECT, environment, run, scratch, scratch_folder, vendors
from bench.measure import Line, milliseconds, progress, show

PAIRS, TURNS = 10, 30
AIM = 1.0
SERVER = str(PROJECT / "bench" / "turns.py")
"""Run by its path: the older tree may know nothing of it."""


def main(commit: str) -> None:
    with scratch_folder() as folder:
        before = folder / "before"
        git("worktree", "add", "--quiet", "--detach", str(before), commit)
        try:
            lines = [line_of(vendor, before) for vendor in vendors()]
        finally:
            git("worktree", "remove", "--force", str(before))
    show(f"The week page beside that of {commit}", lines)


def line_of(vendor: str, before: Path) -> Line:
    trees, found = {"before": before, "now": PROJECT}, []
    with ExitStack() as stack:
        served = {
            name: (tree, stack.enter_context(staged(vendor, tree))) for name, tree in trees.items()
        }
        for number in range(PAIRS):
            progress(f"Week page on {vendor}, pair {number + 1} of {PAIRS} ...")
            found.append(seconds_of_pair(served, turned=bool(number % 2)))
    now, then = (median(each[tree] for each in found) for tree in ("now", "before"))
    ratio = median(each["now"] / each["before"] for each in found)
    return Line(
        f"on {vendor}", milliseconds(now), milliseconds(then), ratio, f"at most {AIM}", ratio <= AIM
    )


@contextmanager
def staged(vendor: str, tree: Path) -> Iterator[str]:
    """The URL of a database with what the page of a tree is about."""
    with scratch(vendor, of=tree) as [url]:
        run("-P", SERVER, "--stage", variables=environment(url, tree=tree), tree=tree)
        yield url


def seconds_of_pair(served: Mapping[str, tuple[Path, str]], *, turned: bool) -> dict[str, float]:
    """The median seconds of a page of either tree; the one that starts first changes."""
    names = sorted(served, reverse=turned)
    taken: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as stack:
        pages = {name: stack.enter_context(page(*served[name])) for name in names}
        for turn in range(TURNS):
            for name in names if turn % 2 else reversed(names):
                taken[name].append(next(pages[name]))
    return {name: median(times) for name, times in taken.items()}


@contextmanager
def page(tree: Path, url: str) -> Iterator[Iterator[float]]:
    """A process that serves the page of a tree; each time it is asked, it says how long it took."""
    command, pipe = [sys.executable, "-P", SERVER], subprocess.PIPE
    variables = environment(url, tree=tree)
    with subprocess.Popen(
        command, env=variables, cwd=tree, stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdin
        yield answers(process)
        process.stdin.close()


def answers(process: subprocess.Popen[str]) -> Iterator[float]:
    while True:
        print(file=process.stdin, flush=True)
        assert process.stdout
        yield float(process.stdout.readline())


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=PROJECT, check=True)


if __name__ == "__main__":
    main(sys.argv[1])
