"""When two e-mail addresses are one: in any case of their letters, as far as these are ASCII.

To PostgreSQL “ı” is an “I” as well, and “ſ” an “S”. Whoever owns a host with such a letter would
be taken for somebody of the host that it looks like.
"""

from __future__ import annotations

from typing import Any

from django.db.models import EmailField
from django.db.models.functions import Upper


def folded(email: str) -> str:
    """An address as ``Folded`` has it."""
    return email.encode().upper().decode()


@EmailField.register_lookup
class Folded(Upper):
    """The same for every address that is the same; as a lookup ``email__folded=folded(…)``."""

    lookup_name = "folded"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = '%(function)s(%(expressions)s COLLATE "C")'
        return self.as_sql(compiler, connection, template=template, **context)
