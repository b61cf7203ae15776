"""A resource's week, shaped for the page that shows it. Pure: no database, no clock.

The picture has a column for each day and is read on the resource's wall clock, so that an hour
stands at the same height every day. An hour that clocks skip stays empty; what lies in one that
they repeat stands side by side (rule T2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments import formats
from appointments.clocks import Clocks
from appointments.models import Appointment, Assignment, Status
from appointments.states import SHAPES
from appointments.weeks import Week
from scheduling.engine.hours import epoch_day, start_of_day, stretches
from scheduling.engine.intervals import DAY, Intervals, Minute, Pair, minute_after, minute_of
from scheduling.models import Absence
from scheduling.models.resources import initials_of

HOUR = 60
WORKDAY = (8 * HOUR, 18 * HOUR)
"""What the picture shows at least, in minutes of the day."""

AXIS, COLUMN, GAP, HEAD = 76, 148, 6, 44
"""The measures of the picture; a minute is one unit high."""

NARROW = 45
"""Below this width no name can be read: from four on that run at once."""


Booked = tuple[Assignment, Pair]
"""A resource's part in an appointment, and the time of the work itself."""

Held = tuple[Absence | None, Pair]
"""An absence, or else what another calendar holds, and its time."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """An appointment on one day of the picture, with its whole time in words.

    ``is_optional`` where the resource need not be there.
    """

    appointment: Appointment
    time: str
    box: Box
    is_optional: bool

    @property
    def initials(self) -> str:
        """All that there is room for where many run at once, of a group its places; else empty."""
        if self.box.width >= NARROW:
            return ""
        if self.appointment.is_group:
            return str(self.appointment.places)
        return initials_of(self.appointment.guest_name)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: an appointment, an absence, or else time of a calendar elsewhere."""

    time: str
    appointment: Appointment | None = None
    absence: Absence | None = None
    is_optional: bool = False

    @property
    def shape(self) -> str:
        return SHAPES[Status(self.appointment.status)] if self.appointment else ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day in words, and whatever lies on it, in order of time; ``x`` is its column's side."""

    date: date
    label: str
    short_label: str
    is_today: bool
    x: int
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Line:
    """An hour of the axis, or the present moment in its column."""

    x: int
    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """Everything that the page shows of a week; ``now`` is None where it is out of sight."""

    week: Week
    label: str
    days: list[Day]
    hours: list[Line]
    working: list[Box]
    absent: list[Box]
    elsewhere: list[Box]
    blocked: list[Box]
    appointments: list[Drawn]
    now: Line | None
    height: int
    width: int = AXIS + 7 * COLUMN
    column: int = COLUMN
    head: int = HEAD

    @property
    def is_empty(self) -> bool:
        return not any(day.entries for day in self.days)


def agenda(
    week: Week,
    zone: ZoneInfo,
    now: Minute,
    working: Intervals,
    elsewhere: Intervals,
    absences: Sequence[Absence],
    assignments: Sequence[Assignment],
) -> Agenda:
    """A week on the wall clock of ``zone``; whatever lies outside of it is left out.

    ``working`` is when the resource is at work, ``elsewhere`` what its other calendars hold.
    ``assignments`` come with their appointments, in order of time, as do ``absences``.
    """
    wall = Wall(week, zone)
    booked = [(row, _span(row.appointment.start, row.appointment.end)) for row in assignments]
    blocked = [_span(row.blocked_start, row.blocked_end) for row in assignments if row.holds_time]
    away = [(absence, _span(absence.start, absence.end)) for absence in absences]
    held = [*away, *((None, span) for span in elsewhere)]
    sheet = Sheet(wall, *in_sight(wall, [*working, *(span for _, span in booked)]))
    return Agenda(
        week=week,
        label=formats.date_range(week.first_day, week.last_day),
        days=_days(wall, now, booked, held),
        hours=sheet.hours(),
        working=sheet.boxes(working),
        absent=sheet.boxes(span for _, span in away),
        elsewhere=sheet.boxes(elsewhere),
        blocked=sheet.boxes(blocked),
        appointments=_drawn(sheet, booked),
        now=sheet.moment(now),
        height=sheet.y(sheet.bottom),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """What lies on one day: its column, and its minutes of that day."""

    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wall:
    """The days of a week on a wall calendar."""

    week: Week
    zone: ZoneInfo

    def pieces(self, start: Minute, end: Minute) -> list[Piece]:
        """The part of ``[start, end)`` in the week, cut at midnights and where clocks change."""
        since, until = self.week.span(self.zone)
        first = epoch_day(self.week.first_day) * DAY
        shown = [
            (begin + offset - first, stop + offset - first)
            for begin, stop, offset in stretches(self.zone, max(start, since), min(end, until))
        ]
        return [
            Piece(column, max(begin - column * DAY, 0), min(stop - column * DAY, DAY))
            for begin, stop in shown
            for column in range(begin // DAY, (stop - 1) // DAY + 1)
        ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where on the picture something stands; it shows the day from ``top`` to ``bottom``."""

    wall: Wall
    top: int
    bottom: int

    def y(self, minute_of_day: int) -> int:
        return HEAD + min(max(minute_of_day, self.top), self.bottom) - self.top

    def box(self, piece: Piece, lane: int = 0, lanes: int = 1) -> Box:
        width = (COLUMN - GAP) // lanes
        x = AXIS + piece.column * COLUMN + lane * width
        return Box(x, self.y(piece.start), width, self.y(piece.end) - self.y(piece.start))

    def boxes(self, spans: Iterable[Pair]) -> list[Box]:
        found = [self.box(piece) for span in spans for piece in self.wall.pieces(*span)]
        return [box for box in found if box.height]

    def hours(self) -> list[Line]:
        times = range(self.top, self.bottom, HOUR)
        return [Line(AXIS, self.y(time), formats.clock_of(time)) for time in times]

    def moment(self, now: Minute) -> Line | None:
        for piece in self.wall.pieces(now, now + 1):
            if self.top <= piece.start < self.bottom:
                box = self.box(piece)
                return Line(box.x, box.y, formats.clock_of(piece.start))
        return None


def _span(start: datetime, end: datetime) -> Pair:
    return minute_of(start), minute_after(end)


def in_sight(wall: Wall, spans: Iterable[Pair]) -> Pair:
    """The hours of the day that show all of the spans, and a usual working day in any case."""
    pieces = [piece for span in spans for piece in wall.pieces(*span)]
    top = min([WORKDAY[0], *(piece.start for piece in pieces)])
    bottom = max([WORKDAY[1], *(piece.end for piece in pieces)])
    return top // HOUR * HOUR, -(-bottom // HOUR) * HOUR


def _drawn(sheet: Sheet, booked: Sequence[Booked]) -> list[Drawn]:
    clocks = Clocks(sheet.wall.zone)
    pieces = [
        (piece, row, clocks.in_words(start, end - start).label)
        for row, (start, end) in booked
        for piece in sheet.wall.pieces(start, end)
    ]
    pieces.sort(key=lambda found: (found[0].column, found[0].start, found[0].end))
    lanes = _lanes([piece for piece, _row, _time in pieces])
    return [
        Drawn(row.appointment, time, sheet.box(piece, *lane), not row.is_required)
        for (piece, row, time), lane in zip(pieces, lanes, strict=True)
    ]


def _lanes(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Which of how many lanes each of the sorted pieces takes, so that none covers another."""
    group: list[int] = []
    ends: list[int] = []
    column = -1
    for piece in pieces:
        if piece.column != column or all(end <= piece.start for end in ends):
            yield from ((lane, len(ends)) for lane in group)
            group, ends, column = [], [], piece.column
        lane = next((n for n, end in enumerate(ends) if end <= piece.start), len(ends))
        ends[lane : lane + 1] = [piece.end]
        group.append(lane)
    yield from ((lane, len(ends)) for lane in group)


def _days(wall: Wall, now: Minute, booked: Sequence[Booked], held: Sequence[Held]) -> list[Day]:
    found = []
    for column, day in enumerate(wall.week.days()):
        first = epoch_day(day)
        bounds = start_of_day(wall.zone, first), start_of_day(wall.zone, first + 1)
        entries = [*_held(wall.zone, bounds, held), *_booked(wall.zone, bounds, booked)]
        found.append(
            Day(
                date=day,
                label=formats.day_in_words(day),
                short_label=f"{formats.short_weekday(day)} {formats.short_day_and_month(day)}",
                is_today=bounds[0] <= now < bounds[1],
                x=AXIS + column * COLUMN,
                entries=[entry for _start, entry in sorted(entries, key=lambda each: each[0])],
            )
        )
    return found


def _held(zone: ZoneInfo, day: Pair, held: Sequence[Held]) -> Iterator[tuple[Minute, Entry]]:
    """What takes time of a day beside appointments, each with its time of that day."""
    for absence, span in held:
        start, end = max(span[0], day[0]), min(span[1], day[1])
        if (start, end) == day:
            yield start, Entry(_("All day"), absence=absence)
        elif start < end:
            yield start, Entry(Clocks(zone).in_words(start, end - start).label, absence=absence)


def _booked(zone: ZoneInfo, day: Pair, booked: Sequence[Booked]) -> Iterator[tuple[Minute, Entry]]:
    """The appointments that a day has a part in, each with its whole time."""
    for row, (start, end) in booked:
        if start < day[1] and day[0] < end:
            time = Clocks(zone).in_words(start, end - start).label
            yield start, Entry(time, row.appointment, is_optional=not row.is_required)
