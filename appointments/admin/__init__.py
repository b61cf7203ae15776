"""The admin of appointments, calendars and messages, and what clients' pages consist of."""

from appointments.admin import (
    absences,
    appointments,
    feeds,
    foreign_calendars,
    hours,
    outbox,
    shifts,
)

__all__ = [
    "absences",
    "appointments",
    "feeds",
    "foreign_calendars",
    "hours",
    "outbox",
    "shifts",
]
