"""How far the recipients of lists got: counted in one way for every page, filter and file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from appointments.models import GRACE, OutboxMessage
from invitations.models import Letter, ProspectList, Recipient, RecipientQuerySet, State
from invitations.models.recipient_states import is_in


class Reached(models.TextChoices):
    """A step that recipients reach, whatever came of them afterwards; or what happened beside."""

    LISTED = "listed", _("On the list")
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    OPENED = "opened", _("Opened")
    BOOKED = "booked", _("Booked")
    REFUSED = "refused", _("Refused")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("No-show")
    WITHDRAWN = "withdrawn", _("Withdrawn")


STEPS = (Reached.LISTED, Reached.QUEUED, Reached.SENT, Reached.OPENED, Reached.BOOKED)
BESIDE = tuple(each for each in Reached if each not in STEPS)

IS = {
    Reached.LISTED: Q(pk__isnull=False),
    Reached.QUEUED: Q(queued_at__isnull=False),
    Reached.SENT: Q(sent_at__isnull=False),
    Reached.OPENED: Q(opened_at__isnull=False) | Q(booked_at__isnull=False),
    Reached.BOOKED: Q(stands=True),
    Reached.REFUSED: is_in(State.REFUSED),
    Reached.MOVED: Q(moved_at__isnull=False),
    Reached.CANCELLED: is_in(State.CANCELLED),
    Reached.NO_SHOW: is_in(State.NO_SHOW),
    Reached.WITHDRAWN: Q(withdrawn_at__isnull=False),
}
"""What each means of a recipient ``with_history()``. Who booked has opened, by whatever way."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many reached a step, and their part of the whole list in percent."""

    step: Reached
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many reached what; ``waiting`` letters are in line, the last until ``until``."""

    counts: Mapping[Reached, int]
    waiting: int = 0
    until: datetime | None = None

    @property
    def steps(self) -> list[Share]:
        return [self._share(step) for step in STEPS]

    @property
    def beside(self) -> list[Share]:
        return [self._share(step) for step in BESIDE]

    def _share(self, step: Reached) -> Share:
        count, whole = self.counts[step], self.counts[Reached.LISTED]
        return Share(step, count, round(100 * count / whole) if whole else 0)


NOBODY = Funnel(dict.fromkeys(Reached, 0))


def funnel(recipients: RecipientQuerySet) -> Funnel:
    """Of recipients ``with_history()``, in one query."""
    return _funnel(_with_letters(recipients).aggregate(**_COUNTS))


def funnels(lists: Iterable[ProspectList], now: datetime) -> dict[int, Funnel]:
    """Of whole lists by their keys, in one query; those without recipients are left out."""
    recipients = Recipient.objects.filter(prospect_list__in=[each.pk for each in lists])
    rows = _with_letters(recipients.with_history(now - GRACE)).values("prospect_list")
    return {row["prospect_list"]: _funnel(row) for row in rows.annotate(**_COUNTS)}


def sum_of(funnels: Iterable[Funnel]) -> Funnel:
    """Several as one."""
    each = list(funnels)
    counts = {step: sum(funnel.counts[step] for funnel in each) for step in Reached}
    return Funnel(counts, sum(funnel.waiting for funnel in each))


def _funnel(row: Mapping[str, Any]) -> Funnel:
    counts = {step: row[f"n_{step.value}"] for step in Reached}
    return Funnel(counts, row["n_waiting"], row["last_until"])


def _with_letters(recipients: RecipientQuerySet) -> RecipientQuerySet:
    """With until when the letter of each waits at least, None where none does."""
    letters = OutboxMessage.objects.waiting().filter(kind=Letter.FIRST, object_id=OuterRef("pk"))
    last = letters.order_by().values("not_before")[:1]
    return recipients.order_by().annotate(waits_until=Subquery(last))


_COUNTS = {
    **{f"n_{step.value}": Count("pk", filter=meaning) for step, meaning in IS.items()},
    "n_waiting": Count("waits_until"),
    "last_until": Max("waits_until"),
}
