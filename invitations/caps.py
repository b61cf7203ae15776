"""How much was booked by an invitation, where its policy allows only so much per day or week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from appointments.models import GRACE, HOLDING, Appointment
from appointments.openings import A_WEEK, NONE
from appointments.terms import Terms
from invitations.models import Invitation, InvitationBooking
from scheduling.prepared import prepared


def capped(invitation: Invitation, terms: Terms, now: datetime) -> Terms:
    """The terms with what counts towards the caps of their policy by now.

    A query only where there are any. ``now`` is aware.
    """
    return all_capped([invitation], [[terms]], now)[0][0]


def all_capped(
    invitations: Sequence[Invitation], ways: Sequence[Sequence[Terms]], now: datetime
) -> list[list[Terms]]:
    """The same for all the terms of each invitation, in one query for all of them."""
    keys = {
        invitation.pk
        for invitation, its_ways in zip(invitations, ways, strict=True)
        if any(terms.policy.caps_invitations for terms in its_ways)
    }
    if not keys:
        return [list(its_ways) for its_ways in ways]
    starts = _starts_by(keys, now)
    return [
        [replace(terms, starts=starts.get(invitation.pk, ())) for terms in its_ways]
        for invitation, its_ways in zip(invitations, ways, strict=True)
    ]


def capped_to_move(appointment: Appointment, terms: Terms, now: datetime) -> Terms:
    """The same for another time of an appointment, which itself does not count.

    Within a transaction that holds what ``lock_to_move`` locks, it stays true.
    """
    if not terms.policy.caps_invitations:
        return terms
    invitations = _invitation_of(appointment)
    starts = _starts_by(invitations, now, without=appointment.pk)
    return replace(terms, starts=tuple(each for found in starts.values() for each in found))


def lock_to_move(appointment: Appointment, terms: Terms) -> None:
    """Lock the invitation that it was booked by, where its caps could be passed (rule B1)."""
    if terms.policy.caps_invitations:
        for key in _invitation_of(appointment):
            Invitation.lock(key)


def _invitation_of(appointment: Appointment) -> list[int]:
    """Its key, if it was booked by one."""
    booked = InvitationBooking.objects.filter(appointment=appointment)
    return list(booked.values_list("invitation", flat=True))


def _starts_by(
    invitations: Collection[int], now: datetime, without: int = NONE
) -> dict[int, tuple[datetime, ...]]:
    found: defaultdict[int, tuple[datetime, ...]] = defaultdict(tuple)
    # A week before, as its days count as well.
    for invitation, start in _starts(invitations, now - GRACE, now - A_WEEK, without):
        found[invitation] += (start,)
    return found


@prepared
def _starts(
    invitations: Collection[int], lapsed: datetime, since: datetime, without: int
) -> QuerySet[InvitationBooking, tuple[Any, ...]]:
    rows = InvitationBooking.objects.filter(invitation__in=invitations)
    rows = rows.unlapsed(lapsed).filter(appointment__status__in=HOLDING)
    rows = rows.filter(appointment__start__gte=since)
    rows = rows.exclude(appointment=without).order_by()
    return rows.values_list("invitation", "appointment__start")
