"""The border: rows become values of the engine, in a fixed number of queries.

Four queries, for any number of meetings, resources and rows: memberships, time slots, holidays
and absences. What a policy brings into play takes one more each: shifts, and skills.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from scheduling.engine.hours import Dates, WeeklyHours, epoch_day
from scheduling.engine.intervals import Intervals, Pair, minute_after, minute_of
from scheduling.engine.rules import Host, Mode, Place, Presence, Question, Work
from scheduling.engine.windows import window
from scheduling.models import (
    Absence,
    Membership,
    SchedulingPolicy,
    ServiceResource,
    Territory,
    WorkType,
    WorkTypeGroupMember,
)
from scheduling.patterns import Pattern, Topics, patterns_of
from scheduling.prepared import prepared
from scheduling.qualifications import Needed, skills_needed, spells_of
from scheduling.rosters import Rosters, rosters_of
from scheduling.stays import Stay, stays_of

WHOLE_DAY = timedelta(hours=26)
"""No day is longer, whatever clocks do."""


class Meeting(NamedTuple):
    """Work at a place with resources in order, under a policy.

    ``work_type`` comes from ``with_rules()``, ``territory`` with its hours. Without a ``topic``
    it may be any of the work type's. ``visiting_hours`` is the key of the client's, None for any
    time. Extended time counts where it ``is_extended``.
    """

    work_type: WorkType
    territory: Territory
    resources: Sequence[ServiceResource]
    policy: SchedulingPolicy
    topic: int | None = None
    visiting_hours: int | None = None
    is_extended: bool = False

    @property
    def mode(self) -> Mode:
        return Mode(self.policy.working_time)

    @property
    def left_out(self) -> set[str]:
        """The types of membership that don't count."""
        counts = {
            Membership.Type.PRIMARY: self.policy.uses_primary_members,
            Membership.Type.SECONDARY: self.policy.uses_secondary_members,
        }
        return {str(type_) for type_, is_counted in counts.items() if not is_counted}

    @property
    def needs_skills(self) -> bool:
        return self.policy.uses_skills and self.work_type.needs_skills


class Known(NamedTuple):
    """What the engine needs to know of a meeting, all but appointments."""

    work: Work
    place: Place
    hosts: list[Host]
    visiting_hours: WeeklyHours | None


def windows(meetings: Sequence[Meeting], start: datetime, end: datetime) -> list[Known]:
    """What the engine needs to know of each between two aware instants, all but appointments.

    The hosts are in the order of the meeting's resources; one who is not active is never
    present. Without absences and shifts outside the span, the values are only good for questions
    inside it.
    """
    everybody = (resource for meeting in meetings for resource in meeting.resources)
    active = {resource.pk for resource in everybody if resource.is_active}
    rows = _read(meetings, active, start, end)
    return [rows.known(meeting) for meeting in meetings]


def working_time(resource: ServiceResource, start: datetime, end: datetime) -> Intervals:
    """When a resource is at work anywhere, whatever the work, between two aware instants.

    By hours and by shifts; absences and appointments are not taken away.
    """
    places = Territory.objects.filter(memberships__service_resource=resource)
    always = SchedulingPolicy(working_time=Mode.UNION)
    work = WorkType(duration=1)
    work.needs_skills = False
    meetings = [
        Meeting(work, place, [resource], always, is_extended=True)
        for place in places.select_related("operating_hours").distinct()
    ]
    span = minute_of(start), minute_after(end)
    pieces = [_window(known, span) for known in windows(meetings, start, end)]
    return Intervals(pair for piece in pieces for pair in piece)


def _window(known: Known, span: Pair) -> Intervals:
    anytime = Dates(known.place.zone)
    question = Question(
        known.work, known.place, tuple(known.hosts), anytime, span[0], mode=Mode.UNION
    )
    return window(question, known.hosts[0], *span)


def whole_minutes(spans: Iterable[tuple[datetime, datetime]]) -> Intervals:
    """Busy instants as minutes, widened to whole ones."""
    return Intervals((minute_of(start), minute_after(end)) for start, end in spans)


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read for some meetings, by the keys of what it belongs to."""

    stays: dict[int, list[Stay]]
    patterns: dict[int, Pattern]
    rosters: Rosters
    absences: dict[int, Intervals]
    skills: Needed
    topics: dict[int, frozenset[int]]

    def known(self, meeting: Meeting) -> Known:
        territory, visits = meeting.territory, meeting.visiting_hours
        return Known(
            self._work(meeting),
            Place(territory.time_zone, self._hours(territory.operating_hours_id, meeting)),
            [self._host(resource.pk, meeting) for resource in meeting.resources],
            None if visits is None else self.patterns[visits].hours(),
        )

    def _work(self, meeting: Meeting) -> Work:
        work_type, policy = meeting.work_type, meeting.policy
        hours, lead_time, horizon = (
            work_type.operating_hours_id,
            work_type.lead_time,
            work_type.horizon,
        )
        return Work(
            duration=work_type.duration,
            start_interval=work_type.start_interval or policy.start_interval,
            block_before=work_type.block_time_before,
            block_after=work_type.block_time_after,
            lead_time=policy.lead_time if lead_time is None else lead_time,
            horizon=policy.horizon if horizon is None else horizon,
            hours=self._hours(hours, meeting) if hours else None,
        )

    def _host(self, resource: int, meeting: Meeting) -> Host:
        territory, work_type, policy = meeting.territory, meeting.work_type, meeting.policy
        roster = self.rosters[resource, territory.pk]
        shifts, other_shifts = roster.times(self._topics(meeting))
        needed = self.skills.get(work_type.pk, {}) if meeting.needs_skills else {}
        return Host(
            presences=self._presences(resource, meeting),
            absent=self.absences[resource],
            shifts=shifts,
            other_shifts=other_shifts,
            skills=spells_of(
                resource, needed, territory.time_zone, with_levels=policy.uses_skill_levels
            ),
        )

    def _presences(self, resource: int, meeting: Meeting) -> tuple[Presence, ...]:
        """Memberships at the place as far as the policy counts them."""
        stays, territory = self.stays[resource], meeting.territory
        relocations = [stay for stay in stays if stay.type == Membership.Type.RELOCATION]
        of_place = (None, territory.operating_hours_id)
        return tuple(
            Presence(
                dates=self._dates(stay),
                hours=self._hours(stay.hours, meeting) if stay.hours not in of_place else None,
                suspended=tuple(self._dates(each) for each in relocations if each.key != stay.key),
            )
            for stay in stays
            if stay.territory == territory.pk and stay.type not in meeting.left_out
        )

    def _dates(self, stay: Stay) -> Dates:
        """Its dates, which are those of the place's zone (rule T4)."""
        return Dates(
            self.patterns[stay.place_hours].zone,
            first=None if stay.first_date is None else epoch_day(stay.first_date),
            last=None if stay.last_date is None else epoch_day(stay.last_date),
        )

    def _hours(self, key: int, meeting: Meeting) -> WeeklyHours:
        topics = self._topics(meeting)
        return self.patterns[key].hours(topics, is_extended=meeting.is_extended)

    def _topics(self, meeting: Meeting) -> Topics:
        """What it is about; whatever its work type is under where that is left open."""
        if meeting.topic is not None:
            return frozenset([meeting.topic])
        return self.topics.get(meeting.work_type.pk)


def _read(meetings: Sequence[Meeting], active: set[int], start: datetime, end: datetime) -> Rows:
    stays = stays_of(active, {meeting.territory.pk for meeting in meetings})
    patterns = patterns_of(_hours_used(meetings, stays), start, end)
    on_shifts = [meeting for meeting in meetings if meeting.mode is not Mode.HOURS]
    working = {resource.pk for meeting in on_shifts for resource in meeting.resources} & active
    # The grid of starts is laid from midnight, and shifts that adjoin are one piece of it.
    whole_day = start - WHOLE_DAY
    rosters = rosters_of(working, {each.territory.pk for each in on_shifts}, whole_day, end)
    restricting = [each for each in patterns.values() if each.is_restricted]
    is_open = {each.work_type.pk for each in meetings if each.topic is None}
    return Rows(
        stays,
        patterns,
        rosters,
        absences=_absences(active, start, end),
        skills=skills_needed({each.work_type.pk for each in meetings if each.needs_skills}),
        topics=_topics_of(is_open) if is_open and (restricting or rosters) else {},
    )


def _topics_of(work_types: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {work_type: set() for work_type in work_types}
    for work_type, topic in _topic_rows(work_types):
        found[work_type].add(topic)
    return {work_type: frozenset(topics) for work_type, topics in found.items()}


@prepared
def _topic_rows(work_types: Collection[int]) -> QuerySet[WorkTypeGroupMember, tuple[int, int]]:
    rows = WorkTypeGroupMember.objects.filter(work_type__in=work_types)
    return rows.values_list("work_type", "group").order_by()


def _hours_used(meetings: Sequence[Meeting], stays: dict[int, list[Stay]]) -> set[int]:
    used: set[int | None] = set()
    for each in meetings:
        used |= {each.territory.operating_hours_id, each.visiting_hours}
        used.add(each.work_type.operating_hours_id)
    for row in stays.values():
        for stay in row:
            used |= {stay.hours, stay.place_hours}
    return {key for key in used if key is not None}


def _absences(
    resources: Collection[int], start: datetime, end: datetime
) -> defaultdict[int, Intervals]:
    spans: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for key, since, until in _absence_rows(resources, start, end):
        spans[key].append((since, until))
    return defaultdict(Intervals, {key: whole_minutes(pairs) for key, pairs in spans.items()})


@prepared
def _absence_rows(
    resources: Collection[int], start: datetime, end: datetime
) -> QuerySet[Absence, tuple[int, datetime, datetime]]:
    rows = Absence.objects.filter(service_resource__in=resources).overlapping(start, end)
    return rows.values_list("service_resource", "start", "end").order_by()
