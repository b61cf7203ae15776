"""The same application without its locks, and with a pause between check and insert.

For the control test alone: a harness that finds no overlap here would find none anywhere.
On SQLite the booking also runs in autocommit, as its IMMEDIATE transaction is its lock.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

# Comes first: models need the application to be set up.
from tests.races.recorded import application  # noqa: F401  what the server runs  # isort: skip

from django.db.models import QuerySet

from appointments import booking
from invitations import booking as invitation_booking
from invitations.models import Invitation
from scheduling.models import ServiceResource

PAUSE_SECONDS = 0.5
_write = booking._write


def resources_unlocked(
    rows: QuerySet[ServiceResource], keys: Collection[int]
) -> dict[int, ServiceResource]:
    return {row.pk: row for row in rows.filter(pk__in=keys)}


def invitation_unlocked(rows: QuerySet[Invitation], key: int) -> Invitation:
    return rows.get(pk=key)


def write_late(*args: Any) -> Any:
    time.sleep(PAUSE_SECONDS)
    return _write(*args)


type(ServiceResource.objects.all()).lock = resources_unlocked
type(Invitation.objects.all()).lock = invitation_unlocked
booking._write = write_late
invitation_booking.transaction = SimpleNamespace(atomic=nullcontext)
