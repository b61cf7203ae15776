"""Which of two databases a request reads, so that both can be measured in one process."""

from __future__ import annotations

from typing import Any


class Switch:
    """A database router: everything goes to ``Switch.alias``."""

    alias = "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return Switch.alias

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return Switch.alias
