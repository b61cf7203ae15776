"""Who is told of what becomes of an appointment.

A group has no guest who could be told, each of its attendees is told of their own appointment.
Hosts have one entry in their calendars, that of the group, and read there who takes part.
"""

from __future__ import annotations

from collections.abc import Iterable

from appointments import confirming
from appointments.models import Appointment, Assignment, MessageKind

Owed = list[tuple[str, int]]
"""Kinds of messages, and what they are about."""


def to_guest(appointment: Appointment, kind: MessageKind) -> Owed:
    return [] if appointment.is_group else [(kind, appointment.pk)]


def of_change(appointment: Appointment, kind: MessageKind) -> Owed:
    """To its guest; who has not confirmed it yet is asked once more instead."""
    if appointment.is_unconfirmed:
        return confirming.asked_once_more(appointment)
    return to_guest(appointment, kind)


def to_hosts(appointment: Appointment, kind: MessageKind, parts: Iterable[Assignment]) -> Owed:
    return [] if appointment.group_id else [(kind, part.pk) for part in parts]
