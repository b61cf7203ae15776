"""The admin of appointments, absences, clients and messages."""

from appointments.admin import absences, appointments, outbox

__all__ = ["absences", "appointments", "outbox"]
