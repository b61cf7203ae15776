"""The engine imports the standard library only, in one direction, and reads no clock."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import scheduling.engine

ENGINE = "scheduling.engine"
FILES = sorted(Path(scheduling.engine.__file__).parent.glob("*.py"))
ORDER = (
    "intervals",
    "hours",
    "rules",
    "bounds",
    "caps",
    "windows",
    "seats",
    "grid",
    "groups",
    "openings",
    "restrictions",
    "layers",
    "reasons",
    "assignment",
)
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime", "monotonic"}
IMPURE = {"asyncio", "os", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid"}
WALL_CLOCK = {"astimezone", "combine", "fromtimestamp", "strptime", "utcoffset"}

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text()))


def imported(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def called(path: Path) -> Iterator[str]:
    """The last part of the name of everything that a file calls."""
    for node in nodes(path):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2]


def test_all_files_of_the_engine_are_looked_at() -> None:
    assert {path.stem for path in FILES} == {"__init__", *ORDER}


@each_file
def test_only_the_standard_library_is_imported(path: Path) -> None:
    others = {name for name in imported(path) if not name.startswith(f"{ENGINE}.")}
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names - IMPURE


@each_file
def test_imports_run_one_way(path: Path) -> None:
    ours = {name.removeprefix(f"{ENGINE}.") for name in imported(path) if ENGINE in name}
    earlier = ORDER[: ORDER.index(path.stem)] if path.stem in ORDER else ()
    assert ours <= set(earlier)


@each_file
def test_no_clock_is_called(path: Path) -> None:
    """T1: ``now`` is an argument."""
    assert set(called(path)) & CLOCKS == set()


@each_file
def test_wall_clock_becomes_utc_in_hours_only(path: Path) -> None:
    """T2."""
    if path.stem != "hours":
        assert set(called(path)) & WALL_CLOCK == set()
