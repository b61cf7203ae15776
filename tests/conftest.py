"""What every test begins with."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    """The limits of the log-in count in the cache."""
    cache.clear()
