"""What a calendar that subscribed to a resource's feed is told, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from appointments.calendar_files import uid
from appointments.details import Details
from appointments.links import absolute_url
from appointments.models import GRACE, HOLDING, Appointment, Assignment, CalendarFeed, Status
from scheduling.engine.intervals import instant_of
from scheduling.engine.rules import FURTHEST
from scheduling.models import Absence
from scheduling.windows import whole_minutes

BACK = timedelta(days=30)
AHEAD = timedelta(minutes=FURTHEST)


def feed_file(feed: CalendarFeed, now: datetime) -> bytes:
    """A feed as an iCalendar file, in UTC and the site's language, from 30 days ago on.

    The same bytes for as long as nothing that it says has changed.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_TITLE}//Feeds//EN")
    calendar.add("version", "2.0")
    calendar["x-wr-calname"] = vText(f"{feed.service_resource.name} – {settings.SITE_TITLE}")
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    with translation.override(settings.LANGUAGE_CODE):
        events = _appointments if feed.kind == CalendarFeed.Kind.FULL else _busy
        for event in events(feed, now):
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _appointments(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    """Each with its guest's name, a group once, and a link that asks staff to sign in.

    What the resource need not be at takes no time in the calendar either.
    """
    assigned = Assignment.objects.filter(service_resource=feed.service_resource)
    found = Appointment.objects.with_page().filter(
        pk__in=assigned.values("appointment"), group=None
    )
    for appointment in found.filter(status__in=HOLDING, end__gt=now - BACK).order_by("start", "pk"):
        if appointment.has_lapsed(now):
            continue
        event = _event(uid(appointment.uid), appointment.start, appointment.end)
        event.add("sequence", appointment.sequence)
        event.add("dtstamp", appointment.created_at)
        summary = f"{appointment.heading}: {appointment.title}"
        if feed.service_resource in appointment.optional_hosts:
            summary = _("%(summary)s (optional)") % {"summary": summary}
            event.add("transp", "TRANSPARENT")
        event.add("summary", summary)
        event.add("location", Details.of(appointment, feed.service_resource.time_zone).where)
        pending = appointment.status == Status.PENDING
        event.add("status", "TENTATIVE" if pending else "CONFIRMED")
        page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
        event.add("url", absolute_url(page))
        yield event


def _busy(feed: CalendarFeed, now: datetime) -> Iterator[Event]:
    """Blocked times and absences run together, without a word about anybody."""
    resource, since, until = feed.service_resource, now - BACK, now + AHEAD
    held = Assignment.objects.filter(service_resource=resource)
    held = held.holding_time(since, until, now - GRACE)
    absences = Absence.objects.filter(service_resource=resource).overlapping(since, until)
    spans = [
        *held.values_list("blocked_start", "blocked_end"),
        *absences.values_list("start", "end"),
    ]
    for start, end in whole_minutes(spans):
        event = _event(f"{feed.pk}-{start}@busy", instant_of(start), instant_of(end))
        event.add("dtstamp", feed.created_at)
        event.add("summary", _("Busy"))
        event["class"] = vText("PRIVATE")
        yield event


def _event(uid: str, start: datetime, end: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", end.astimezone(UTC))
    return event
