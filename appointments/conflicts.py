"""Appointments to come whose hosts can no longer be there: away, or no longer at work then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from appointments import formats
from appointments.models import GRACE, Appointment, Assignment, AssignmentQuerySet, BusyTime
from appointments.reason_words import PHRASES
from scheduling.engine.hours import Dates
from scheduling.engine.intervals import NOTHING, Intervals, minute_of
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Question, Reason
from scheduling.models import Absence, SchedulingPolicy, ServiceResource, WorkType
from scheduling.windows import Meeting, whole_minutes, windows

MINUTE = timedelta(minutes=1)
KEEPING_AWAY = frozenset(
    {
        Reason.ABSENT,
        Reason.HOLIDAY,
        Reason.BUSY_ELSEWHERE,
        Reason.NOT_AT_PLACE,
        Reason.OUTSIDE_PLACE_HOURS,
        Reason.OUTSIDE_HOST_HOURS,
        Reason.OUTSIDE_SHIFTS,
        Reason.OTHER_TOPIC,
        Reason.OUTSIDE_WORK_HOURS,
    }
)
"""What keeps a host away. All else closes a start to guests only, or is the appointment itself."""

SAID_ALONE = (Reason.ABSENT, Reason.HOLIDAY, Reason.BUSY_ELSEWHERE)
"""Those that are said beside others, in this order."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An appointment, the host who cannot be there, and why not."""

    appointment: Appointment
    host: ServiceResource
    reasons: frozenset[Reason]

    @property
    def words(self) -> str:
        return in_words(self.reasons)


def in_words(reasons: frozenset[Reason]) -> str:
    """What keeps a host away: “absent”, “absent and a holiday”."""
    words = [str(PHRASES[reason]) for reason in SAID_ALONE if reason in reasons]
    if Reason.NOT_AT_PLACE in reasons:
        words.append(str(PHRASES[Reason.NOT_AT_PLACE]))
    elif reasons.difference(SAID_ALONE):
        words.append(_("outside the hours"))
    return formats.listed(words)


def with_absence(absence: Absence, now: datetime) -> AssignmentQuerySet:
    """What is still to come in the time of an absence, block times included (rule A3)."""
    rows = _to_come(Assignment.objects.filter(service_resource=absence.service_resource_id), now)
    return rows.filter(blocked_start__lt=absence.end, blocked_end__gt=absence.start)


def conflicts(resources: QuerySet[ServiceResource], now: datetime) -> list[Conflict]:
    """Those of any of the resources, in order of time.

    The engine is asked as for openings, about hours and absences alone. Read in the same queries
    for any number of appointments.
    """
    rows = _to_come(Assignment.objects.filter(service_resource__in=resources), now)
    rows = rows.select_related("service_resource").order_by("appointment__start", "pk")
    rows = rows.annotate(is_busy_elsewhere=_elsewhere())
    found = Appointment.objects.with_page().in_bulk([row.appointment_id for row in rows])
    booked = [(row, found[row.appointment_id]) for row in rows]
    return [
        Conflict(appointment, row.service_resource, why)
        for (row, appointment), asked in zip(booked, _questions(booked, now), strict=True)
        if (why := reasons(asked, minute_of(appointment.start)) & KEEPING_AWAY)
    ]


def _to_come(rows: AssignmentQuerySet, now: datetime) -> AssignmentQuerySet:
    """Those that hold time, of appointments that are not over."""
    return rows.filter(holds_time=True, appointment__end__gt=now).unlapsed(now - GRACE)


def _elsewhere() -> Exists:
    """Whether another calendar holds a part of an assignment's blocked time."""
    held = BusyTime.objects.filter(calendar__service_resource=OuterRef("service_resource"))
    return Exists(held.overlapping(OuterRef("blocked_start"), OuterRef("blocked_end")))


def _away(row: Assignment, policy: SchedulingPolicy) -> Intervals:
    """What another calendar holds of the blocked time, as far as it matters: all of it or none."""
    if not row.is_busy_elsewhere or not policy.uses_foreign_calendars:  # type: ignore[attr-defined]
        return NOTHING
    return whole_minutes([(row.blocked_start, row.blocked_end)])


def _questions(
    booked: Sequence[tuple[Assignment, Appointment]], now: datetime
) -> Iterator[Question]:
    """What there is to know about each appointment's one host at its place, with its own times."""
    works = WorkType.objects.with_rules().in_bulk(
        {appointment.work_type_id for _row, appointment in booked}
    )
    meetings = [
        Meeting(
            works[each.work_type_id],
            each.territory,
            [row.service_resource],
            each.scheduling_policy or works[each.work_type_id].policy,
            topic=each.topic_id,
            is_extended=True,
        )
        for row, each in booked
    ]
    until = max((row.blocked_end for row, _each in booked), default=now)
    values = windows(meetings, min([now, *(row.blocked_start for row, _each in booked)]), until)
    for (row, each), meeting, known in zip(booked, meetings, values, strict=True):
        its_own = replace(
            known.work,
            duration=(each.end - each.start) // MINUTE,
            block_before=(each.start - row.blocked_start) // MINUTE,
            block_after=(row.blocked_end - each.end) // MINUTE,
        )
        yield Question(
            its_own,
            known.place,
            tuple(replace(host, elsewhere=_away(row, meeting.policy)) for host in known.hosts),
            Dates(known.place.zone),
            minute_of(now),
            mode=meeting.mode,
        )
