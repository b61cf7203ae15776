"""The occurrences of what recurs, as rows: made ahead, renewed, taken out one by one.

No page for guests asks a rule. All of this belongs under the lock of the resource (rule B1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile

from scheduling.models import Absence, AbsencePattern, Shift, ShiftPattern
from scheduling.recurrence import Occurrence, Rule, occurrences

AHEAD = timedelta(days=400)
"""More than can be booked ahead (rule A4): an absence that is added later meets no appointment."""

Pattern = ShiftPattern | AbsencePattern
Span = tuple[datetime, datetime]


def horizon(now: datetime) -> date:
    """The date up to which there are rows of every pattern, that date excluded."""
    return (now + AHEAD).date()


def spans_to_come(pattern: Pattern, now: datetime, *, since: date = date.min) -> list[Span]:
    """What its rule says up to the horizon, from a date on; what is over is not among it."""
    found = _occurrences(pattern, ending_after=now)
    near = takewhile(lambda each: each.shown.date() < horizon(now), found)
    return [
        (each.start, each.end)
        for each in near
        if each.shown.date() >= since and each.shown.date().isoformat() not in pattern.except_dates
    ]


def renew(pattern: Pattern, now: datetime) -> None:
    """Make what is to come what the saved pattern says now. What is over stays as it was.

    What stays when it was keeps its status; the rest begins with that of the pattern.
    """
    wanted = dict.fromkeys(spans_to_come(pattern, now))
    to_come = pattern.occurrences.filter(end__gt=now)
    there = {(start, end): key for key, start, end in to_come.values_list("pk", "start", "end")}
    gone = [key for span, key in there.items() if span not in wanted]
    pattern.occurrences.filter(pk__in=gone).delete()
    to_come.update(**pattern.shared)
    _make(pattern, [span for span in wanted if span not in there])
    if isinstance(pattern, ShiftPattern):
        keys = list(to_come.values_list("pk", flat=True))
        Shift.topics.through.objects.filter(shift__in=keys).delete()
        _give_topics(pattern, keys)
    _expanded(pattern, now)


def top_up(pattern: Pattern, now: datetime) -> None:
    """Make what has come into sight since the last time."""
    made = _make(pattern, spans_to_come(pattern, now, since=pattern.expanded_until or date.min))
    if isinstance(pattern, ShiftPattern):
        _give_topics(pattern, [shift.pk for shift in made])
    _expanded(pattern, now)


def give_status(pattern: ShiftPattern, now: datetime) -> None:
    """Give whatever is to come the status of the pattern."""
    pattern.occurrences.filter(end__gt=now).update(status=pattern.status)


def take_out(occurrence: Shift | Absence) -> None:
    """Let a single one be what it is, or go: its pattern leaves that date out from now on."""
    pattern = occurrence.pattern
    if pattern is None:
        return
    day = _date_by_rule(pattern, occurrence.start)
    pattern.except_dates = sorted({*pattern.except_dates, day.isoformat()})
    pattern.save(update_fields=["except_dates"])
    occurrence.pattern = None
    occurrence.save(update_fields=["pattern"])


def end(pattern: Pattern, now: datetime) -> None:
    """Delete it with all that is to come; what is over stays by itself."""
    pattern.occurrences.filter(end__lte=now).update(pattern=None)
    pattern.delete()


def _occurrences(pattern: Pattern, *, ending_after: datetime) -> Iterator[Occurrence]:
    rule, end_time = Rule.parse(pattern.rule), pattern.end_time
    first, zone = pattern.first_start, pattern.zone
    return occurrences(rule, first, end_time, zone, ending_after=ending_after)


def _date_by_rule(pattern: Pattern, start: datetime) -> date:
    """Where clocks skip midnight, what begins late in the evening begins on the next date."""
    found = _occurrences(pattern, ending_after=start)
    near = takewhile(lambda each: each.start <= start, found)
    dates = [each.shown.date() for each in near if each.start == start]
    return dates[0] if dates else start.astimezone(pattern.zone).date()


def _make(pattern: Pattern, spans: Iterable[Span]) -> list[Shift] | list[Absence]:
    if isinstance(pattern, ShiftPattern):
        return Shift.objects.bulk_create(
            Shift(
                pattern=pattern,
                service_resource_id=pattern.service_resource_id,
                start=start,
                end=end,
                status=pattern.status,
                **pattern.shared,
            )
            for start, end in spans
        )
    return Absence.objects.bulk_create(
        Absence(
            pattern=pattern,
            service_resource_id=pattern.service_resource_id,
            start=start,
            end=end,
            **pattern.shared,
        )
        for start, end in spans
    )


def _give_topics(pattern: ShiftPattern, shifts: Iterable[int]) -> None:
    through = Shift.topics.through
    topics = pattern.topics.values_list("pk", flat=True)
    through.objects.bulk_create(
        through(shift_id=shift, worktypegroup_id=topic) for shift in shifts for topic in topics
    )


def _expanded(pattern: Pattern, now: datetime) -> None:
    pattern.expanded_until = horizon(now)
    pattern.save(update_fields=["expanded_until"])
