"""Scratch databases, and processes of Django on them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg

from bench.measure import progress

PROJECT = Path(__file__).resolve().parent.parent
POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
_numbers = count(1)


def vendors() -> list[str]:
    """SQLite, and PostgreSQL where it answers."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return ["sqlite"]
    return ["sqlite", "postgresql"]


@contextmanager
def scratch(vendor: str, number: int = 1, of: Path = PROJECT) -> Iterator[list[str]]:
    """The URLs of databases of a vendor, migrated by a tree's migrations, gone afterwards."""
    with scratch_folder() as folder, ExitStack() as stack:
        if vendor == "sqlite":
            urls = [f"sqlite:///{folder}/{n}.sqlite3" for n in range(number)]
        else:
            urls = [stack.enter_context(_on_server()) for _ in range(number)]
        for url in urls:
            progress(f"Migrating a database on {vendor} ...")
            migrate = ("manage.py", "migrate", "--verbosity", "0")
            run(*migrate, variables=environment(url, tree=of), tree=of)
        yield urls


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of the project's, on whose disk it runs; gone afterwards."""
    (PROJECT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench_", dir=PROJECT / "var") as folder:
        yield Path(folder)


@contextmanager
def _on_server() -> Iterator[str]:
    name = f"bench_{os.getpid()}_{next(_numbers)}"
    with closing(psycopg.connect(POSTGRES_URL, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment(url: str, large: str = "", tree: Path = PROJECT) -> dict[str, str]:
    """What points a process of a tree at a database, and perhaps at one more beside it."""
    found = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DATABASE_URL": url,
        "PYTHONPATH": str(tree),
    }
    return {**found, "LARGE_DATABASE_URL": large} if large else found


def run(*arguments: str, variables: dict[str, str], tree: Path = PROJECT) -> str:
    """Run Python to its end; returns what it printed. What it says on the way goes through."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=variables, cwd=tree, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()
