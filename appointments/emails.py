"""The mails that follow a booking, each made from the rows as they are when it is sent."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from appointments.calendar_files import Method, calendar_file
from appointments.details import Details
from appointments.links import absolute_url
from appointments.models import (
    Appointment,
    AppointmentEvent,
    Assignment,
    MessageKind,
    OutboxMessage,
)
from appointments.outbox import renders

METHODS: dict[str, Method] = {
    MessageKind.GUEST_CANCELLED: Method.CANCEL,
    MessageKind.RESOURCE_CANCELLED: Method.CANCEL,
}
"""What a mail asks of calendars, if not to hold the time."""


@renders(MessageKind.GUEST_BOOKED)
@renders(MessageKind.GUEST_CANCELLED)
def to_guest(message: OutboxMessage) -> EmailMultiAlternatives:
    """What happened to an appointment, in the guest's language and zone."""
    appointment = Appointment.objects.with_page().get(pk=message.object_id)
    with translation.override(appointment.language):
        details = Details.of(appointment, appointment.time_zone)
        reply_to = [host.email for host in details.hosts]
        return _mail(message, details, to=appointment.email, reply_to=reply_to)


@renders(MessageKind.RESOURCE_BOOKED)
@renders(MessageKind.RESOURCE_CANCELLED)
def to_resource(message: OutboxMessage) -> EmailMultiAlternatives:
    """What happened to an appointment, in the site's language and the host's zone."""
    assignment = Assignment.objects.select_related("service_resource").get(pk=message.object_id)
    appointment = Appointment.objects.with_page().get(pk=assignment.appointment_id)
    host = assignment.service_resource
    with translation.override(settings.LANGUAGE_CODE):
        details = Details.of(appointment, host.time_zone)
        return _mail(message, details, to=host.email, reply_to=[appointment.email])


def _mail(
    message: OutboxMessage, details: Details, *, to: str, reply_to: list[str]
) -> EmailMultiAlternatives:
    """The kind of message names its templates."""
    name, method = message.kind, METHODS.get(message.kind, Method.REQUEST)
    context = {
        "details": details,
        "reason": _reason(details.appointment),
        "appointment": details.appointment,
        "url": absolute_url(details.appointment.get_absolute_url()),
        "site_title": settings.SITE_TITLE,
    }
    subject = render_to_string(f"emails/{name}_subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"emails/{name}.txt", context),
        to=[to],
        reply_to=reply_to,
        headers=_headers(message),
    )
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    mail.attach(
        "appointment.ics",
        calendar_file(details, method),
        f"text/calendar; method={method}",
    )
    return mail


def _reason(appointment: Appointment) -> str:
    """Why it was cancelled, if somebody said."""
    cancelled = appointment.events.filter(kind=AppointmentEvent.Kind.CANCELLED).last()
    return cancelled.details.get("reason", "") if cancelled else ""


def _headers(message: OutboxMessage) -> dict[str, Any]:
    """The same Message-ID at every attempt, so that a mail sent twice is seen to be one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    stamp = f"{message.created_at:%Y%m%d%H%M%S%f}"
    return {
        "Message-ID": f"<outbox.{message.pk}.{stamp}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
