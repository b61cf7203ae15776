"""The admin of appointments, absences, clients and messages."""

from appointments.admin import absences, appointments, clients, feeds, hours, outbox

__all__ = ["absences", "appointments", "clients", "feeds", "hours", "outbox"]
