"""The admin of appointments, absences, clients and messages."""

from appointments.admin import absences, appointments, hours, outbox

__all__ = ["absences", "appointments", "hours", "outbox"]
