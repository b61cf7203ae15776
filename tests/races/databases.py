"""Scratch databases: made by migrate, read past Django, gone afterwards."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
PROJECT = Path(__file__).resolve().parents[2]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test module. ``environment`` points a process of the project at it."""

    url: str

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> str:
        """The file, or the name on the server."""
        return (
            self.url.removeprefix("sqlite:///") if self.is_sqlite else urlsplit(self.url).path[1:]
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": self.url,
            "PYTHONPATH": str(PROJECT),
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query answers, asked without Django; also runs a statement that changes rows."""
        if self.is_sqlite:
            connection: Any = sqlite3.connect(self.path, timeout=20)
        else:
            connection = psycopg.connect(self.url)
        with closing(connection):
            cursor = connection.execute(query)
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
        return found

    def number(self, query: str) -> int:
        """The one number that a query answers."""
        [[number]] = self.rows(query)
        return int(number)

    def run(self, *arguments: str) -> str:
        """Run a module of the project on this database; returns what it printed."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def migrated(vendor: str, folder: Path) -> Iterator[Database]:
    """A database made by migrate, for others to be copied from."""
    with _empty(vendor, folder) as database:
        database.run("manage.py", "migrate", "--verbosity", "0")
        yield database


@contextmanager
def copy_of(original: Database, folder: Path) -> Iterator[Database]:
    if original.is_sqlite:
        with _empty("sqlite", folder) as database:
            shutil.copy(original.path, database.path)
            yield database
    else:
        with _empty("postgresql", folder, template=original.path) as database:
            yield database


@contextmanager
def _empty(vendor: str, folder: Path, template: str = "template1") -> Iterator[Database]:
    name = f"scratch_{os.getpid()}_{next(_numbers)}"
    if vendor == "sqlite":
        yield Database(f"sqlite:///{folder / name}.sqlite3")
        return
    with closing(psycopg.connect(POSTGRES_URL, autocommit=True)) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield Database(urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl())
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True
