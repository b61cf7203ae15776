"""Appointments to come whose hosts can no longer be there: away, or no longer at work then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments import formats
from appointments.models import GRACE, Appointment, Assignment, AssignmentQuerySet
from appointments.reason_words import PHRASES
from scheduling.engine.hours import Dates
from scheduling.engine.intervals import minute_of
from scheduling.engine.reasons import reasons
from scheduling.engine.rules import Question, Reason
from scheduling.models import Absence, ServiceResource, WorkType
from scheduling.windows import Meeting, windows

MINUTE = timedelta(minutes=1)
KEEPING_AWAY = frozenset(
    {
        Reason.ABSENT,
        Reason.HOLIDAY,
        Reason.NOT_AT_PLACE,
        Reason.OUTSIDE_PLACE_HOURS,
        Reason.OUTSIDE_HOST_HOURS,
        Reason.OUTSIDE_SHIFTS,
        Reason.OTHER_TOPIC,
        Reason.OUTSIDE_WORK_HOURS,
    }
)
"""What keeps a host away. All else closes a start to guests only, or is the appointment itself."""


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
    words: list[str] = []
    if Reason.ABSENT in reasons:
        words.append(str(PHRASES[Reason.ABSENT]))
    if Reason.HOLIDAY in reasons:
        words.append(str(PHRASES[Reason.HOLIDAY]))
    if Reason.NOT_AT_PLACE in reasons:
        words.append(str(PHRASES[Reason.NOT_AT_PLACE]))
    elif reasons - {Reason.ABSENT, Reason.HOLIDAY}:
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
            tuple(known.hosts),
            Dates(known.place.zone),
            minute_of(now),
            mode=meeting.mode,
        )
