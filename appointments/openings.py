"""The one question about openings: windows minus busy time.

The guest's page, the booking, the commands and every explanation ask through ``question``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from appointments.busy import Busy, busy_rows, by_resource, outdated, starts_of
from appointments.groups import Planned, planned
from appointments.models import GRACE
from appointments.terms import Terms
from scheduling.engine.hours import Dates, epoch_day, week_of
from scheduling.engine.intervals import NOTHING, instant_of, minute_of
from scheduling.engine.openings import openings
from scheduling.engine.rules import FURTHEST, Caps, Host, Mode, Question
from scheduling.models import ServiceResource
from scheduling.models.policies import Takes
from scheduling.windows import Meeting, windows

A_WEEK = timedelta(days=7)
NONE = 0
"""The key of no appointment."""


def question(terms: Terms, now: datetime, *, without: int = NONE) -> Question:
    """Everything that decides which starts are open from now on, read in five queries.

    The time that the appointment with the key ``without`` blocks counts as free: it is about to
    be moved.
    """
    return questions([terms], now, without=without)[0]


def questions(terms: Sequence[Terms], now: datetime, *, without: int = NONE) -> list[Question]:
    """The same for any number of terms, in the same five queries for all of them together."""
    works = [each.work_type for each in terms]
    before = max((work.block_time_before for work in works), default=0)
    after = max((work.block_time_after for work in works), default=0)
    since, until = now - timedelta(minutes=before), now + timedelta(minutes=FURTHEST + after)
    return _questions(terms, now, since, until, lead_from=now, without=without).questions


def question_between(terms: Terms, start: datetime, end: datetime, now: datetime) -> Question:
    """The same, good for starts in ``[start, end)`` alone; it reads no more than those need."""
    work = terms.work_type
    since = start - timedelta(minutes=work.block_time_before)
    until = end + timedelta(minutes=work.duration + work.block_time_after)
    return questions_within([terms], since, until, now)[0]


def questions_within(
    terms: Sequence[Terms], since: datetime, until: datetime, now: datetime
) -> list[Question]:
    """The same for any number of terms, good for what blocks time within ``[since, until)``."""
    return _questions(terms, now, since, until, now, NONE).questions


class Asked(NamedTuple):
    """Questions, and whether what lapsed unconfirmed still stands in the guard's way."""

    questions: list[Question]
    has_lapsed: bool


def question_about(
    terms: Terms, start: datetime, now: datetime, lead_from: datetime, *, without: int = NONE
) -> Question:
    """The same, good for one start alone, and for the choice among the hosts who could take it.

    Lead time counts from ``lead_from`` (rule A4). All instants are aware.
    """
    return asked_about(terms, start, now, lead_from, without=without).questions[0]


def asked_about(
    terms: Terms, start: datetime, now: datetime, lead_from: datetime, *, without: int = NONE
) -> Asked:
    """The same with what whoever takes the start has to know besides."""
    work = terms.work_type
    since = start - timedelta(minutes=work.block_time_before)
    until = start + timedelta(minutes=work.duration + work.block_time_after)
    if terms.any_host:  # the one with the fewest booked minutes that week takes it (rule A6)
        monday, next_monday = week_of(terms.territory.time_zone, minute_of(start))
        since, until = min(since, instant_of(monday)), max(until, instant_of(next_monday))
    return _questions([terms], now, since, until, lead_from, without)


def is_open(asked: Question, start: datetime) -> bool:
    """Whether an aware instant is an opening; none is off the whole minute."""
    minute = minute_of(start)
    return instant_of(minute) == start and bool(openings(asked, minute, minute + 1))


def _questions(
    asked: Sequence[Terms],
    now: datetime,
    since: datetime,
    until: datetime,
    lead_from: datetime,
    without: int,
) -> Asked:
    keys = {host.pk for terms in asked for host in terms.hosts}
    rows = busy_rows(keys, since, until, without)
    held = [row for row in rows if row.held_until is None or row.held_until > now - GRACE]
    busy = by_resource(held)
    policies = Policies.of(asked, now, without)
    groups = planned(asked, since, until, now, without)
    meetings = [_meeting(terms) for terms in asked]
    questions = [
        Question(
            work=known.work,
            place=known.place,
            hosts=tuple(
                _host(host, resource, terms, busy[resource.pk], policies, groups)
                for host, resource in zip(known.hosts, terms.hosts, strict=True)
            ),
            dates=_dates(terms),
            now=minute_of(now),
            any_host=terms.any_host,
            lead_from=minute_of(lead_from),
            visiting_hours=known.visiting_hours,
            mode=Mode(terms.policy.working_time),
            host_caps=Caps(terms.policy.resource_per_day, terms.policy.resource_per_week),
            caps=Caps(terms.policy.invitation_per_day, terms.policy.invitation_per_week),
            starts=tuple(map(minute_of, terms.starts)),
            in_order=terms.policy.takes == Takes.FIRST,
            of_groups=terms.of_groups,
        )
        for terms, known in zip(asked, windows(meetings, since, until), strict=True)
    ]
    return Asked(questions, has_lapsed=len(held) < len(rows))


def _meeting(terms: Terms) -> Meeting:
    return Meeting(
        terms.work_type,
        terms.territory,
        terms.hosts,
        terms.policy,
        topic=terms.topic.pk if terms.topic else None,
        visiting_hours=terms.counted_wishes.visiting_hours,
        is_extended=terms.is_extended,
    )


def _host(
    host: Host,
    resource: ServiceResource,
    terms: Terms,
    busy: Busy,
    policies: Policies,
    groups: Planned,
) -> Host:
    """With what takes its time away, as far as the policy counts it."""
    policy, key = terms.policy, resource.pk
    return replace(
        host,
        booked=busy.booked,
        seats=busy.seats,
        elsewhere=busy.elsewhere if policy.uses_foreign_calendars else NOTHING,
        is_outdated=key in policies.outdated.get(policy.foreign_hours_old, ()),
        starts=policies.starts[key],
        preference=terms.counted_wishes.about(key),
        groups=groups.of(key, terms) if terms.of_groups else (),
    )


class Policies(NamedTuple):
    """What only some policies ask for: hosts whose foreign calendars are too old, by the hours that
    make them so, and when the appointments of hosts begin."""

    outdated: dict[int | None, set[int]]
    starts: defaultdict[int, tuple[int, ...]]

    @classmethod
    def of(cls, asked: Sequence[Terms], now: datetime, without: int) -> Policies:
        """Read in no query where no policy asks."""
        old = {terms.policy.foreign_hours_old for terms in asked if terms.policy.refuses_outdated}
        capped = {host.pk for terms in asked if terms.policy.caps_hosts for host in terms.hosts}
        keys = {host.pk for terms in asked for host in terms.hosts}
        # A week before, as its days count as well; nothing is booked beyond a year.
        since, until = now - A_WEEK, now + timedelta(minutes=FURTHEST) + A_WEEK
        return cls(
            {hours: outdated(keys, hours, now) for hours in old if hours is not None},
            starts_of(capped, since, until, now - GRACE, without) if capped else defaultdict(tuple),
        )


def _dates(terms: Terms) -> Dates:
    return Dates(
        terms.time_zone,
        first=None if terms.first_date is None else epoch_day(terms.first_date),
        last=None if terms.last_date is None else epoch_day(terms.last_date),
    )
