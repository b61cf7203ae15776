"""The next free times of an invitation, to be offered in a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from itertools import chain, groupby, islice
from zoneinfo import ZoneInfo

from appointments.clocks import Clocks, TimeInWords
from appointments.openings import question
from appointments.terms import Terms
from invitations.caps import capped
from invitations.choices import PlaceChoice, TopicChoice, terms_of
from invitations.keys import slot_url
from invitations.models import InvitationKey
from scheduling.engine.bounds import bounds
from scheduling.engine.groups import duration_at
from scheduling.engine.hours import local_day
from scheduling.engine.intervals import Minute
from scheduling.engine.openings import openings

COUNT = 3


class NoTimes(Enum):
    """Why no time can be offered."""

    CLOSED = "closed"
    TOPIC_OPEN = "topic-open"
    PLACE_OPEN = "place-open"
    NOTHING_FREE = "nothing-free"


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time in words, on the place's clock, and the link that books it."""

    words: TimeInWords
    url: str


def next_times(key: InvitationKey, now: datetime) -> list[FreeTime] | NoTimes:
    """The next free times, on different days where there are so many, or why there are none.

    The key's invitation comes ``with_criteria()`` and ``with_uses()``.
    """
    invitation = key.invitation
    if invitation.closed(now, invitation.uses):
        return NoTimes.CLOSED
    terms = terms_of(invitation, {}, client=key.client)
    match terms:
        case Terms():
            return _free(key, terms, now) or NoTimes.NOTHING_FREE
        case TopicChoice():
            return NoTimes.TOPIC_OPEN
        case PlaceChoice():
            return NoTimes.PLACE_OPEN
        case _:
            return NoTimes.NOTHING_FREE


def _free(key: InvitationKey, terms: Terms, now: datetime) -> list[FreeTime]:
    asked = question(capped(key.invitation, terms, now), now)
    zone = terms.territory.time_zone
    clocks = Clocks(zone)
    starts = spread(openings(asked, *bounds(asked)), zone, COUNT)
    times = [clocks.in_words(start, duration_at(asked, start)) for start in starts]
    return [FreeTime(words, slot_url(key, words.start)) for words in times]


def spread(starts: Sequence[Minute], zone: ZoneInfo, count: int) -> list[Minute]:
    """Up to ``count`` of these ordered starts: the first of each day, then more of these days."""
    by_day = groupby(starts, partial(local_day, zone))
    days = [list(run) for _day, run in islice(by_day, count)]
    more = chain.from_iterable(day[1:] for day in days)
    return sorted(islice(chain((day[0] for day in days), more), count))
