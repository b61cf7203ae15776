"""What a question about openings consists of, and the names of what can close a start."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from scheduling.engine.hours import Dates, WeeklyHours
from scheduling.engine.intervals import NOTHING, Intervals, Minute

FURTHEST = 366 * 24 * 60
"""Nothing ends later than this many minutes from now (rule A4)."""


class Reason(StrEnum):
    """Why a start is closed (rule A9)."""

    OFF_GRID = "off-grid"
    OUTSIDE_WORK_HOURS = "outside-work-hours"
    OUTSIDE_PLACE_HOURS = "outside-place-hours"
    OUTSIDE_HOST_HOURS = "outside-host-hours"
    OUTSIDE_SHIFTS = "outside-shifts"
    OTHER_TOPIC = "other-topic"
    EXTENDED_HOURS = "extended-hours"
    NOT_AT_PLACE = "not-at-place"
    HOLIDAY = "holiday"
    ABSENT = "absent"
    BUSY_ELSEWHERE = "busy-elsewhere"
    CALENDAR_OUTDATED = "calendar-outdated"
    BOOKED = "booked"
    HOST_CAP = "host-cap"
    INVITATION_CAP = "invitation-cap"
    UNSKILLED = "unskilled"
    TOO_SOON = "too-soon"
    TOO_LATE = "too-late"
    OUTSIDE_DATES = "outside-dates"
    OUTSIDE_VISITING_HOURS = "outside-visiting-hours"
    EXCLUDED_HOST = "excluded-host"
    NO_HOST = "no-host"
    NO_GROUP = "no-group"
    GROUP_FULL = "group-full"


class Mode(StrEnum):
    """What says when a host works: hours, shifts, both at once, or any of them (rule A1)."""

    HOURS = "hours"
    SHIFTS = "shifts"
    INTERSECTION = "intersection"
    UNION = "union"


class Preference(IntEnum):
    """How a client stands to a host, the first choice first (rule A8)."""

    PREFERRED = 0
    NONE = 1
    EXCLUDED = 2


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done; everything in minutes.

    ``lead_time`` and ``horizon`` are the timeframe's start and end; ``start_interval`` sets the
    grid of starts (rule A5). ``horizon`` None means no end but the year ahead.
    """

    duration: int
    start_interval: int = 15
    block_before: int = 0
    block_after: int = 0
    lead_time: int = 0
    horizon: int | None = None
    hours: WeeklyHours | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where: the hours of the territory, and the zone of the grid of starts."""

    zone: ZoneInfo
    hours: WeeklyHours


@dataclass(frozen=True, slots=True)
class Presence:
    """One membership: hours of its own (None: those of the place) between two dates.

    ``suspended`` are spans in which a relocation elsewhere keeps the host away.
    """

    dates: Dates
    hours: WeeklyHours | None = None
    suspended: tuple[Dates, ...] = ()


Spells = tuple[Dates, ...]
"""Several runs of days, which may overlap."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many appointments may start on one date, or in one week; None for any number."""

    per_day: int | None = None
    per_week: int | None = None


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Group:
    """An appointment for several attendees that is planned, and how many more it has room for.

    It keeps the ``duration`` it was planned with, whatever the work takes since.
    """

    key: int
    start: Minute
    duration: int
    places: int


@dataclass(frozen=True, slots=True)
class Host:
    """Someone who could do the work: where they are and what takes their time away.

    ``shifts`` are those at the place for the question's topic, ``other_shifts`` those there for
    other topics. ``booked`` are blocked times of appointments, with their own block time inside;
    ``seats`` are the same seat by seat where more than the first is taken at any time (rule A7).
    ``elsewhere`` is what foreign calendars hold; if they ``is_outdated``, nobody knows. ``skills``
    are, for each skill that the work needs of its primary host, when this one has it. ``starts``
    are those of the appointments that count towards caps. ``groups`` are those planned with this
    host. Whom the client's ``preference`` excludes takes no part.
    """

    presences: tuple[Presence, ...]
    booked: Intervals = NOTHING
    absent: Intervals = NOTHING
    preference: Preference = Preference.NONE
    shifts: Intervals = NOTHING
    other_shifts: Intervals = NOTHING
    seats: tuple[Intervals, ...] = ()
    elsewhere: Intervals = NOTHING
    is_outdated: bool = False
    skills: tuple[Spells, ...] = ()
    starts: tuple[Minute, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def takes_part(self) -> bool:
        """Whether they can be asked at all, whatever the time."""
        return self.preference is not Preference.EXCLUDED and not self.is_outdated


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that decides whether a start is open, and nothing else.

    ``hosts`` are in the order of the invitation, the primary one first. ``any_host`` asks for
    one of them, otherwise all are needed. ``dates`` bound the date of the *start*. Lead time
    counts from ``lead_from``, which is ``now`` unless a form was opened earlier (rule A4).
    ``visiting_hours`` are those of the client, None for any time; they narrow what is open, and
    the grid of starts is laid before them (rules A5, A8). ``host_caps`` count what each host has,
    ``caps`` the ``starts`` of what was booked by the same invitation. ``in_order`` lets the first
    host who is free take the work, whoever has less to do (rule A6). ``of_groups`` asks for places
    in groups that are planned, instead of for time of the hosts (rule A10).
    """

    work: Work
    place: Place
    hosts: tuple[Host, ...]
    dates: Dates
    now: Minute
    any_host: bool = False
    lead_from: Minute | None = None
    visiting_hours: WeeklyHours | None = None
    mode: Mode = Mode.HOURS
    host_caps: Caps = NO_CAPS
    caps: Caps = NO_CAPS
    starts: tuple[Minute, ...] = ()
    in_order: bool = False
    of_groups: bool = False
