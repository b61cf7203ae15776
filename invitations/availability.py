"""The next free time of many invitations at once, by the same question as the guest's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from appointments.openings import questions
from invitations.calendar import first_opening
from invitations.caps import all_capped
from invitations.choices import all_terms_of
from invitations.models import Invitation
from scheduling.engine.intervals import Minute, instant_of
from scheduling.engine.rules import Question


def next_starts(invitations: Sequence[Invitation], now: datetime) -> dict[int, datetime]:
    """The first free start of each open invitation that has any, by its key.

    Where topic or place are left to the guest, it is the earliest over all choices. The
    invitations come ``for_staff()``; nine queries, whatever their number.
    """
    found = [each for each in invitations if not each.closed(now, each.uses)]
    ways = all_capped(found, all_terms_of(found), now)
    asked = iter(questions([terms for each in ways for terms in each], now))
    starts: dict[int, datetime] = {}
    for invitation, its_ways in zip(found, ways, strict=True):
        first = _earliest(next(asked) for _terms in its_ways)
        if first is not None:
            starts[invitation.pk] = instant_of(first)
    return starts


def _earliest(asked: Iterable[Question]) -> Minute | None:
    earliest: Minute | None = None
    for question in asked:
        found = first_opening(question, before=earliest)
        earliest = earliest if found is None else found
    return earliest
