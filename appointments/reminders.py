"""Reminders to guests: owed with the booking, moved with the appointment (rule M1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appointments import formats, outbox
from appointments.models import Appointment, MessageKind, OutboxMessage, Status

A_DAY = 24 * 60


def times_ahead(appointment: Appointment, now: datetime) -> list[datetime]:
    """When its guest is still to be reminded, in order."""
    times = [appointment.start - timedelta(minutes=each) for each in _minutes(appointment)]
    return [time for time in times if time > now]


def owed(appointment: Appointment, now: datetime) -> list[outbox.Timed]:
    """Its reminders that are still ahead, to be written down in the open transaction."""
    times = times_ahead(appointment, now)
    return [(MessageKind.GUEST_REMINDER, appointment.pk, time) for time in times]


def take_back(appointment: Appointment) -> None:
    """Drop what is owed for its former time."""
    outbox.withdraw(MessageKind.GUEST_REMINDER, appointment.pk)


def still_applies(message: OutboxMessage, appointment: Appointment, now: datetime) -> bool:
    """Whether a reminder in hand may go out: it was not taken back, and its guest is to come."""
    to_come = appointment.status == Status.SCHEDULED and appointment.start > now
    return to_come and OutboxMessage.objects.waiting().filter(pk=message.pk).exists()


def in_words(appointment: Appointment, now: datetime) -> str:
    """When its guest is still to be reminded: “the day before and 1 hour before”; or empty."""
    ahead = times_ahead(appointment, now)
    minutes = [(appointment.start - time) // timedelta(minutes=1) for time in ahead]
    return formats.listed([_before(each) for each in minutes])


def _minutes(appointment: Appointment) -> list[int]:
    """Before the start, the longest first."""
    texts = appointment.reminders.split(",") if appointment.reminders else []
    return sorted({int(text) for text in texts}, reverse=True)


def _before(minutes: int) -> str:
    days, rest = divmod(minutes, A_DAY)
    if rest:
        return _("%(time)s before") % {"time": formats.duration(minutes)}
    return _("the day before") if days == 1 else _("%(n)s days before") % {"n": days}
