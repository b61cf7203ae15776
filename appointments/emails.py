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
from appointments.models import Appointment, Assignment, MessageKind, OutboxMessage
from appointments.outbox import renders


@renders(MessageKind.GUEST_BOOKED)
def guest_booked(message: OutboxMessage) -> EmailMultiAlternatives:
    """The confirmation, in the guest's language and zone."""
    appointment = Appointment.objects.with_page().get(pk=message.object_id)
    with translation.override(appointment.language):
        details = Details.of(appointment, appointment.time_zone)
        reply_to = [host.email for host in details.hosts]
        return _mail(message, "guest_booked", details, to=appointment.email, reply_to=reply_to)


@renders(MessageKind.RESOURCE_BOOKED)
def resource_booked(message: OutboxMessage) -> EmailMultiAlternatives:
    """The notice to a host, in the site's language and the host's zone."""
    assignment = Assignment.objects.select_related("service_resource").get(pk=message.object_id)
    appointment = Appointment.objects.with_page().get(pk=assignment.appointment_id)
    host = assignment.service_resource
    with translation.override(settings.LANGUAGE_CODE):
        details = Details.of(appointment, host.time_zone)
        reply_to = [appointment.email]
        return _mail(message, "resource_booked", details, to=host.email, reply_to=reply_to)


def _mail(
    message: OutboxMessage, name: str, details: Details, *, to: str, reply_to: list[str]
) -> EmailMultiAlternatives:
    context = {
        "details": details,
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
        calendar_file(details, Method.REQUEST),
        f"text/calendar; method={Method.REQUEST}",
    )
    return mail


def _headers(message: OutboxMessage) -> dict[str, Any]:
    """The same Message-ID at every attempt, so that a mail sent twice is seen to be one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    stamp = f"{message.created_at:%Y%m%d%H%M%S%f}"
    return {
        "Message-ID": f"<outbox.{message.pk}.{stamp}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
