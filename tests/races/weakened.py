"""The same application without its locks, and with a pause between check and insert.

For the control test alone: a harness that finds no overlap here would find none anywhere.
On SQLite the booking also runs in autocommit, as its IMMEDIATE transaction is its lock.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

# Comes first: models need the application to be set up.
from tests.races.recorded import application  # noqa: F401  what the server runs  # isort: skip

from appointments import booking
from invitations import booking as invitation_booking
from invitations.models import Invitation
from scheduling.models import ServiceResource

PAUSE_SECONDS = 0.5
_write = booking.write


def resources_unlocked(keys: Collection[int]) -> dict[int, ServiceResource]:
    return ServiceResource.objects.in_bulk(list(keys))


def invitation_unlocked(key: int) -> Invitation:
    return Invitation.objects.get(pk=key)


def write_late(*args: Any) -> Any:
    time.sleep(PAUSE_SECONDS)
    return _write(*args)


ServiceResource.lock = resources_unlocked  # type: ignore[method-assign, assignment]
Invitation.lock = invitation_unlocked  # type: ignore[method-assign, assignment]
booking.write = write_late
invitation_booking.waiting_for_locks = nullcontext  # type: ignore[attr-defined]
