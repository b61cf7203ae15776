"""The mails that follow a booking, each made from the rows as they are when it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from appointments import confirming, reminders
from appointments.calendar_files import Method, calendar_file
from appointments.calendar_links import calendar_links
from appointments.details import Details
from appointments.links import absolute_url
from appointments.models import (
    Appointment,
    AppointmentEvent,
    Assignment,
    MessageKind,
    OutboxMessage,
    Status,
)
from appointments.outbox import renders
from scheduling.access import copies_for
from scheduling.engine.intervals import minute_of
from scheduling.models import ServiceResource

METHODS: dict[str, Method | None] = {
    MessageKind.GUEST_REMINDER: None,
    MessageKind.GUEST_CONFIRM: None,
    MessageKind.GUEST_CANCELLED: Method.CANCEL,
    MessageKind.RESOURCE_CANCELLED: Method.CANCEL,
    MessageKind.RESOURCE_RELEASED: Method.CANCEL,
}
"""What a mail asks of calendars, if not to hold the time; some ask nothing of them."""


@renders(MessageKind.GUEST_BOOKED)
@renders(MessageKind.GUEST_CHANGED)
@renders(MessageKind.GUEST_MOVED)
@renders(MessageKind.GUEST_REASSIGNED)
@renders(MessageKind.GUEST_CANCELLED)
def to_guest(message: OutboxMessage) -> EmailMultiAlternatives:
    """What happened to an appointment, in the guest's language and zone."""
    appointment = Appointment.objects.with_page().get(pk=message.object_id)
    with translation.override(appointment.language):
        details = Details.of(appointment, appointment.time_zone)
        if appointment.goes_elsewhere:
            # Somebody with the client's link typed this address (rule L8).
            appointment.last_name = ""
            details = replace(details, where=details.shown_where)
        reply_to = [host.email for host in details.hosts]
        # Who asks for a confirmation asks the guest alone.
        asks = message.kind == MessageKind.GUEST_CONFIRM
        copies = [appointment.copy_to] if appointment.copy_to and not asks else []
        page = confirming.confirm_path(appointment) if asks else appointment.get_absolute_url()
        return _mail(message, details, page, to=appointment.email, copies=copies, reply_to=reply_to)


@renders(MessageKind.GUEST_REMINDER)
def to_remind(message: OutboxMessage) -> EmailMessage | None:
    """The same once more before the start, unless it was cancelled, moved or is over."""
    appointment = Appointment.objects.get(pk=message.object_id)
    if not reminders.still_applies(message, appointment, timezone.now()):
        return None
    return to_guest(message)


@renders(MessageKind.GUEST_CONFIRM)
def to_confirm(message: OutboxMessage) -> EmailMessage | None:
    """The request to confirm a booking, while that is of use.

    It says nothing that was typed, as nobody knows yet who typed it.
    """
    appointment = Appointment.objects.get(pk=message.object_id)
    if not appointment.is_unconfirmed or appointment.has_lapsed(timezone.now()):
        return None
    return to_guest(message)


@renders(MessageKind.RESOURCE_BOOKED)
@renders(MessageKind.RESOURCE_CHANGED)
@renders(MessageKind.RESOURCE_MOVED)
@renders(MessageKind.RESOURCE_CANCELLED)
def to_resource(message: OutboxMessage) -> EmailMultiAlternatives | None:
    """What happened to an appointment, in the site's language and the host's zone.

    Who has no part in it any more is told that by a message of its own.
    """
    assigned = Assignment.objects.select_related("service_resource")
    assignment = assigned.filter(pk=message.object_id).first()
    if assignment is None:
        return None
    appointment = Appointment.objects.with_page().get(pk=assignment.appointment_id)
    host = assignment.service_resource
    with translation.override(settings.LANGUAGE_CODE):
        details = replace(
            Details.of(appointment, host.time_zone),
            beside=appointment.optional_hosts,
            is_needed=assignment.is_required,
        )
        copies = copies_for(host, timezone.now())
        # A group has no address that could be answered.
        reply_to = [appointment.email or settings.DEFAULT_FROM_EMAIL]
        page = _page_of_staff(appointment)
        return _mail(message, details, page, to=host.email, copies=copies, reply_to=reply_to)


@renders(MessageKind.RESOURCE_RELEASED)
def to_released(message: OutboxMessage) -> EmailMultiAlternatives | None:
    """That somebody else takes an appointment, to who had it, about the time they had it at.

    Who was deleted meanwhile, or has it again, has nothing left to be told.
    """
    event = AppointmentEvent.objects.get(pk=message.object_id)
    host = ServiceResource.objects.filter(pk=event.details["from"]).first()
    appointment = Appointment.objects.with_page().get(pk=event.appointment_id)
    if host is None or appointment.assignments.filter(service_resource=host).exists():
        return None
    appointment.start = datetime.fromisoformat(event.details["start"])
    appointment.end = datetime.fromisoformat(event.details["end"])
    with translation.override(settings.LANGUAGE_CODE):
        details = replace(Details.of(appointment, host.time_zone), hosts=[host])
        copies = copies_for(host, timezone.now())
        reply_to, page = [settings.DEFAULT_FROM_EMAIL], _page_of_staff(appointment)
        return _mail(message, details, page, to=host.email, copies=copies, reply_to=reply_to)


def _page_of_staff(appointment: Appointment) -> str:
    """Its page in the admin: whoever has the guest's own acts as the guest."""
    return reverse("admin:appointments_appointment_change", args=[appointment.pk])


def _mail(
    message: OutboxMessage,
    details: Details,
    page: str,
    *,
    to: str,
    copies: list[str],
    reply_to: list[str],
) -> EmailMultiAlternatives:
    """The kind of message names its templates; ``page`` is the path that it leads to."""
    name = _said_now(message.kind, details.appointment)
    method = METHODS.get(name, Method.REQUEST)
    context = {
        "details": details,
        "reason": _reason(details.appointment),
        "before": _before(details),
        "appointment": details.appointment,
        "url": absolute_url(page),
        "calendar_links": calendar_links(details),
        "site_title": settings.SITE_TITLE,
    }
    subject = render_to_string(f"emails/{name}_subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"emails/{name}.txt", context),
        to=[to],
        cc=[address for address in copies if address.lower() != to.lower()],
        reply_to=reply_to,
        headers=headers_of(message),
    )
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    if method:
        content = calendar_file(details, method, absolute_url(page))
        mail.attach("appointment.ics", content, f"text/calendar; method={method}")
    return mail


def _said_now(kind: str, appointment: Appointment) -> str:
    """What a notice says at last: of a cancelled appointment nothing but that is right any more."""
    if appointment.status != Status.CANCELLED or kind == MessageKind.RESOURCE_RELEASED:
        return kind
    to_guest = MessageKind(kind).is_to_guest
    return MessageKind.GUEST_CANCELLED if to_guest else MessageKind.RESOURCE_CANCELLED


def _reason(appointment: Appointment) -> str:
    """Why it was cancelled, if somebody said."""
    cancelled = appointment.events.filter(kind=AppointmentEvent.Kind.CANCELLED).last()
    return cancelled.details.get("reason", "") if cancelled else ""


def _before(details: Details) -> str:
    """When it was before it was last moved: “Tuesday, 24 November, 10:00”."""
    moved = details.appointment.events.filter(kind=AppointmentEvent.Kind.MOVED).last()
    if moved is None:
        return ""
    start = minute_of(datetime.fromisoformat(moved.details["from"]))
    return details.clocks.in_words(start, 0).short_label


def headers_of(message: OutboxMessage) -> dict[str, Any]:
    """The same Message-ID at every attempt, so that a mail sent twice is seen to be one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    stamp = f"{message.created_at:%Y%m%d%H%M%S%f}"
    return {
        "Message-ID": f"<outbox.{message.pk}.{stamp}@{domain}>",
        "Auto-Submitted": "auto-generated",
    }
