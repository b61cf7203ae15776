"""Changes of an invitation after it was generated: the only way, and never without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.locks import waiting_for_locks
from appointments.models import GRACE
from invitations.generate import (
    LIMITS,
    ImpossibleCriteriaError,
    limit_problems,
    order_problems,
    past_problems,
)
from invitations.models import Audience, Invitation, InvitationEvent
from invitations.spans import Span
from scheduling.models import ServiceResource

EDITABLE = (
    "is_active",
    "from_date",
    "until_date",
    "expiry_date",
    "max_bookings",
    "max_per_guest",
    "audience",
    "respects_wishes",
    "allows_extended_hours",
    "scheduling_policy",
    "owner",
    "message",
)
"""What may change; all else of an invitation stays as it was generated."""

Values = Mapping[str, Any]
"""New values by the name of an editable field."""


@waiting_for_locks()
def change(
    key: int,
    values: Values,
    *,
    actor: User | None = None,
    on_behalf_of: ServiceResource | None = None,
    now: datetime,
) -> bool:
    """Change an invitation and write down what changed; say whether anything did.

    The same change twice is once. Raises ImpossibleCriteriaError for the first value that makes
    no sense; nothing is written then. Raises TooBusyError. Who may change it is for the caller
    to ask.
    """
    return _apply(Invitation.lock(key), values, actor, on_behalf_of, now)


@waiting_for_locks()
def extend(
    key: int,
    by: Span,
    *,
    actor: User | None = None,
    on_behalf_of: ServiceResource | None = None,
    now: datetime,
) -> bool:
    """Move its last day to be booked and its expiry, from today or from later days than that.

    Raises ImpossibleCriteriaError where there is no such day.
    """
    invitation = Invitation.lock(key)
    today = _today(invitation, now)
    ends = {name: getattr(invitation, name) for name in ("until_date", "expiry_date")}
    if not any(ends.values()):
        raise ImpossibleCriteriaError("until_date", _("It has no last day, so it needs no other."))
    values = {name: _later(max(day, today), by) for name, day in ends.items() if day}
    return _apply(invitation, values, actor, on_behalf_of, now)


def problems(
    invitation: Invitation, values: Values, now: datetime
) -> Iterator[ImpossibleCriteriaError]:
    """What makes no sense about new values. Days that are past already may stay as they are."""
    new = _changed(invitation, values)
    if {"from_date", "until_date"} & set(new):
        first = new.get("from_date", invitation.from_date)
        yield from order_problems(first, new.get("until_date", invitation.until_date))
    today = _today(invitation, now)
    yield from past_problems(new.get("until_date"), new.get("expiry_date"), today)
    yield from limit_problems({name: new[name] for name in LIMITS if name in new})
    yield from _use_problems(invitation, new.get("max_bookings"), now)
    yield from _audience_problems(invitation, new.get("audience"))


def _use_problems(
    invitation: Invitation, most: int | None, now: datetime
) -> Iterator[ImpossibleCriteriaError]:
    """Whether a new limit would have been passed already; nobody may have more uses than that."""
    if most is None:
        return
    uses = invitation.bookings.counting(now - GRACE).count()
    if most < uses:
        text = ngettext(
            "%(n)s time is booked already. Allow as many, or switch the invitation off.",
            "%(n)s times are booked already. Allow as many, or switch the invitation off.",
            uses,
        )
        yield ImpossibleCriteriaError("max_bookings", text % {"n": uses})


def _audience_problems(
    invitation: Invitation, audience: str | None
) -> Iterator[ImpossibleCriteriaError]:
    """Whether a link would be open to nobody, as it is no client's."""
    if audience == Audience.RECIPIENT and invitation.keys.filter(client=None).exists():
        text = _("It has a link that is no client’s own, which would be open to nobody.")
        yield ImpossibleCriteriaError("audience", text)


def _apply(
    invitation: Invitation,
    values: Values,
    actor: User | None,
    on_behalf_of: ServiceResource | None,
    now: datetime,
) -> bool:
    for problem in problems(invitation, values, now):
        raise problem
    new = _changed(invitation, values)
    if not new:
        return False
    events = list(_events(invitation, new))
    for name, value in new.items():
        setattr(invitation, name, value)
    invitation.save(update_fields=list(new))
    for kind, details in events:
        InvitationEvent.objects.create(
            invitation=invitation,
            kind=kind,
            actor=actor,
            on_behalf_of=on_behalf_of,
            details=details,
        )
    return True


def _changed(invitation: Invitation, values: Values) -> dict[str, Any]:
    given = {name: values[name] for name in EDITABLE if name in values}
    return {name: value for name, value in given.items() if getattr(invitation, name) != value}


def _events(
    invitation: Invitation, new: Values
) -> Iterator[tuple[InvitationEvent.Kind, dict[str, list[str]]]]:
    """Being switched is an event of its own, whatever else changes with it."""
    details = {name: [_text(getattr(invitation, name)), _text(new[name])] for name in new}
    if details.pop("is_active", None):
        is_active = new["is_active"]
        kinds = InvitationEvent.Kind
        yield (kinds.SWITCHED_ON if is_active else kinds.SWITCHED_OFF), {}
    if details:
        yield InvitationEvent.Kind.CHANGED, details


def _text(value: Any) -> str:
    """As history keeps it, in no language: dates as “2026-11-23”, empty for none."""
    return "" if value is None else str(value)


def _later(day: date, by: Span) -> date:
    try:
        return by.after(day)
    except (ValueError, OverflowError) as error:
        text = _("That is further ahead than any calendar goes.")
        raise ImpossibleCriteriaError("until_date", text) from error


def _today(invitation: Invitation, now: datetime) -> date:
    return now.astimezone(invitation.time_zone).date()
