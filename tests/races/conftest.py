"""Each race is run on both databases, whatever the suite itself runs on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.races.databases import POSTGRES_URL, Database, migrated, postgres_answers


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def vendor(request: pytest.FixtureRequest) -> str:
    """The kind of database; without a server its races are left out, unless one is required."""
    name: str = request.param
    if name == "postgresql" and not postgres_answers():
        where = POSTGRES_URL.rpartition("@")[2]
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PostgreSQL is required, and does not answer at {where}")
        pytest.skip(f"no PostgreSQL server answers at {where} (TEST_POSTGRES_URL)")
    return name


@pytest.fixture(scope="session")
def original(vendor: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated database without rows, of which each test takes a copy."""
    with migrated(vendor, tmp_path_factory.mktemp("original")) as database:
        yield database
