"""Why a link is closed, in SQL for many invitations at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

from appointments.models import GRACE
from invitations.models.bookings import uses_of


class Closed(Enum):
    """Why a link is closed. Only links of recipients are withdrawn, one by one."""

    SWITCHED_OFF = "switched-off"
    EXPIRED = "expired"
    USED_UP = "used-up"
    WITHDRAWN = "withdrawn"


def reason_closed(zones: Iterable[ZoneInfo], now: datetime) -> Case:
    """The value of ``Closed`` for invitations of these zones, empty for open ones.

    The rows have ``last_date``. It says the same as ``Invitation.closed()``.
    """
    return Case(
        When(is_active=False, then=Value(Closed.SWITCHED_OFF.value)),
        When(_expired(zones, now), then=Value(Closed.EXPIRED.value)),
        When(max_bookings__lte=uses_of("pk", now - GRACE), then=Value(Closed.USED_UP.value)),
        default=Value(""),
    )


def last_date() -> Coalesce:
    """The last day on which the link works, in the invitation's zone; NULL for no end (L3)."""
    return Coalesce("expiry_date", "until_date")


def _expired(zones: Iterable[ZoneInfo], now: datetime) -> Q:
    """Whether ``last_date`` is over in the row's zone. All zones together have few dates."""
    by_date: defaultdict[date, list[ZoneInfo]] = defaultdict(list)
    for zone in zones:
        by_date[now.astimezone(zone).date()].append(zone)
    expired = Q(pk__in=[])
    for today, where in by_date.items():
        expired |= Q(time_zone__in=where, last_date__lt=today)
    return expired
