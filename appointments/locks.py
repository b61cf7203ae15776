"""Transactions that wait for locks, and how their waiting ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

# PostgreSQL's codes for a lock that was not to be had and for a deadlock.
_FAILURES = {"55P03", "40P01"}


class TooBusyError(Exception):
    """Too many change the same at this moment; trying again helps."""


TOO_BUSY = _("Others are changing the same. Please try again.")
"""What staff are told of it."""


@contextmanager
def waiting_for_locks() -> Iterator[None]:
    """A transaction; raises TooBusyError where it waited for a lock in vain."""
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if is_lock_timeout(error):
            raise TooBusyError from error
        raise


def is_lock_timeout(error: OperationalError) -> bool:
    """Whether a statement gave up waiting for another transaction."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in _FAILURES or "database is locked" in str(error)
