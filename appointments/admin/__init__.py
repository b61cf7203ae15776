"""The admin of appointments, absences and messages, and what clients' pages consist of."""

from appointments.admin import absences, appointments, feeds, hours, outbox

__all__ = ["absences", "appointments", "feeds", "hours", "outbox"]
