"""How many openings a draft has, by week; and what closes them where there is none."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from django.conf import settings

from appointments import formats
from appointments.openings import question
from appointments.terms import Terms
from appointments.weeks import Week
from invitations.choices import terms_of
from invitations.flow.flow import Flow, UnfinishedError
from invitations.generate import draft_of
from scheduling.engine.bounds import bounds
from scheduling.engine.hours import wall_clock
from scheduling.engine.intervals import DAY, Minute
from scheduling.engine.layers import layers
from scheduling.engine.openings import openings
from scheduling.engine.rules import Question, Reason

PROBED_DAYS = 28
MOST_PROBES = 1500


@dataclass(frozen=True, slots=True)
class WeekCount:
    """A bar of the picture; ``height`` in percent of the fullest week."""

    first_day: date
    label: str
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """The openings of a whole invitation at one moment; ``reasons`` only where there is none."""

    count: int
    weeks: Sequence[WeekCount]
    reasons: Sequence[Reason]

    @property
    def width(self) -> int:
        """Of the picture, ten units a week."""
        return 10 * len(self.weeks)


def capacity_of(flow: Flow, moment: datetime) -> Capacity | None:
    """The openings of a draft as it stands, at an aware instant.

    None where it is unfinished, or the guest chooses.
    """
    try:
        criteria = flow.criteria()
    except UnfinishedError:
        return None
    terms = terms_of(draft_of(criteria), {}, criteria.hosts, criteria.client)
    if not isinstance(terms, Terms):
        return None
    return capacity(question(terms, moment), terms)


def capacity(asked: Question, terms: Terms) -> Capacity:
    starts = openings(asked, *bounds(asked))
    weeks = _by_week(starts, terms)
    return Capacity(len(starts), weeks, () if starts else closing_reasons(asked))


def closing_reasons(asked: Question) -> list[Reason]:
    """What closes the starts that come nearest to being open, the most frequent first.

    The four weeks from the first possible day on are probed.
    """
    first = max(bounds(asked)[0], asked.now)
    interval = asked.work.start_interval
    step = interval * ceil(PROBED_DAYS * DAY / (interval * MOST_PROBES))
    since = first - wall_clock(asked.place.zone, first)[1] % interval
    end = first + PROBED_DAYS * DAY
    closing = layers(asked, since, end)
    found = [closing.reasons(start) for start in range(since, end, step)]
    # A probe may miss a grid that hangs on the hours; that alone is no reason.
    found = [each - {Reason.OFF_GRID} or each for each in found]
    fewest = min(len(each) for each in found)
    counted = Counter(reason for each in found if len(each) == fewest for reason in each)
    return [reason for reason, _count in counted.most_common()]


def _by_week(starts: Sequence[Minute], terms: Terms) -> list[WeekCount]:
    if not starts:
        return []
    zone = terms.territory.time_zone
    week = Week.at(starts[0], zone, settings.WEEK_STARTS_ON)
    counts: list[tuple[Week, int]] = []
    done = 0
    while done < len(starts):
        end = bisect_left(starts, week.span(zone)[1])
        counts.append((week, end - done))
        week, done = week.shifted(1), end
    most = max(count for _week, count in counts)
    return [
        WeekCount(
            first_day=each.first_day,
            label=formats.date_range(each.first_day, each.last_day),
            count=count,
            height=round(100 * count / most),
        )
        for each, count in counts
    ]
