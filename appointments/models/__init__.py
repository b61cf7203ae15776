"""Who booked what, whose time it holds, what happened to it, and the messages owed."""

from appointments.models.appointments import GRACE, Appointment, AppointmentQuerySet, new_key
from appointments.models.assignments import Assignment, AssignmentQuerySet
from appointments.models.clients import Client, ClientQuerySet
from appointments.models.events import AppendOnlyError, AppointmentEvent, Event
from appointments.models.feeds import CalendarFeed
from appointments.models.foreign import BusyTime, ForeignCalendar
from appointments.models.messages import KINDS, MessageKind, OutboxMessage, OutboxQuerySet
from appointments.models.preferences import ResourcePreference
from appointments.models.statuses import HOLDING, AppointmentType, Status

__all__ = [
    "GRACE",
    "HOLDING",
    "KINDS",
    "AppendOnlyError",
    "Appointment",
    "AppointmentEvent",
    "AppointmentQuerySet",
    "AppointmentType",
    "Assignment",
    "AssignmentQuerySet",
    "BusyTime",
    "CalendarFeed",
    "Client",
    "ClientQuerySet",
    "Event",
    "ForeignCalendar",
    "MessageKind",
    "OutboxMessage",
    "OutboxQuerySet",
    "ResourcePreference",
    "Status",
    "new_key",
]
