"""Appointments as calendar files (rule M2)."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from appointments.details import Details
from appointments.links import absolute_url


class Method(StrEnum):
    """What a calendar file asks its reader's calendar to do (RFC 5546)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"


def calendar_file(details: Details, method: Method) -> bytes:
    """One appointment as an iCalendar file in the zone that leads for its reader."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_TITLE}//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_event(details))
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _event(details: Details) -> Event:
    appointment, zone = details.appointment, details.clocks.leading
    event = Event()
    event.add("uid", f"{appointment.uid}@appointments")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.created_at)
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    # Neutral on purpose: calendars are shared, and the topic is the guest's own affair.
    event.add("summary", _("Appointment with %(name)s") % {"name": details.host_names})
    event.add("location", details.link or details.where)
    event.add("url", absolute_url(appointment.get_absolute_url()))
    event.add("status", "CONFIRMED")
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event["organizer"] = _person(name or settings.SITE_TITLE, address)
    for person in [(appointment.guest_name, appointment.email), *_hosts(details)]:
        event.add("attendee", _person(*person, attends=True))
    return event


def _hosts(details: Details) -> list[tuple[str, str]]:
    return [(host.name, host.email) for host in details.hosts]


def _person(name: str, address: str, *, attends: bool = False) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # Quotes have no escape in a parameter's value (RFC 5545, 3.2).
    person.params["CN"] = vText(name.replace('"', "'"))
    if attends:
        person.params["PARTSTAT"] = vText("ACCEPTED")
        person.params["ROLE"] = vText("REQ-PARTICIPANT")
    return person
