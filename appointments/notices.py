"""Who is told of what becomes of an appointment.

A group has no guest who could be told, each of its attendees is told of their own appointment.
Hosts have one entry in their calendars, that of the group, and read there who takes part.
"""

from __future__ import annotations

from collections.abc import Iterable

from appointments.models import Appointment, Assignment, MessageKind

Owed = list[tuple[str, int]]
"""Kinds of messages, and what they are about."""


def to_guest(appointment: Appointment, kind: MessageKind) -> Owed:
    return [] if appointment.is_group else [(kind, appointment.pk)]


def to_hosts(appointment: Appointment, kind: MessageKind, parts: Iterable[Assignment]) -> Owed:
    return [] if appointment.group_id else [(kind, part.pk) for part in parts]
