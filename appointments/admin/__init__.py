"""The admin of appointments, shifts, absences and messages, and what clients' pages consist of."""

from appointments.admin import absences, appointments, feeds, hours, outbox, shifts

__all__ = ["absences", "appointments", "feeds", "hours", "outbox", "shifts"]
