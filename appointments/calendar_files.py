"""Appointments as calendar files (rule M2)."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from appointments.calendar_zones import in_zone, zone_near
from appointments.details import Details


class Method(StrEnum):
    """What a calendar file asks its reader's calendar to do (RFC 5546)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def uid(number: UUID) -> str:
    """What calendars know an appointment by."""
    return f"{number}@appointments"


def calendar_file(details: Details, method: Method, url: str) -> bytes:
    """One appointment as an iCalendar file in the zone that leads for its reader.

    ``url`` is that reader's page of it.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_TITLE}//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    event = _event(details, url)
    if method == Method.CANCEL:
        event["status"] = vText("CANCELLED")
    if not details.is_needed:
        event["transp"] = vText("TRANSPARENT")
    if method != Method.PUBLISH:
        _invite(event, details)
    if "TZID" in event["dtstart"].params:
        calendar.add_component(zone_near(details.clocks.leading, details.appointment.start))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _event(details: Details, url: str) -> Event:
    appointment, zone = details.appointment, details.clocks.leading
    event = Event()
    event.add("uid", uid(appointment.uid))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.created_at)
    start, end = in_zone(zone, [appointment.start, appointment.end])
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", details.calendar_title)
    event.add("location", details.calendar_place)
    event.add("url", url)
    event.add("status", "CONFIRMED" if details.stands else "CANCELLED")
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event["organizer"] = _person(name or settings.SITE_TITLE, address)
    return event


def _invite(event: Event, details: Details) -> None:
    """Name who takes part; a published file may not (RFC 5546, 3.2.1), nor should it (L8)."""
    guest = details.appointment
    if not guest.is_group:
        event.add("attendee", _person(guest.guest_name, guest.email, attends=True))
    for host in details.hosts:
        event.add("attendee", _person(host.name, host.email, attends=True))
    for host in details.beside:
        person = _person(host.name, host.email)
        person.params["PARTSTAT"] = vText("NEEDS-ACTION")
        person.params["ROLE"] = vText("OPT-PARTICIPANT")
        event.add("attendee", person)


def _person(name: str, address: str, *, attends: bool = False) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # Quotes have no escape in a parameter's value (RFC 5545, 3.2).
    person.params["CN"] = vText(name.replace('"', "'"))
    if attends:
        person.params["PARTSTAT"] = vText("ACCEPTED")
        person.params["ROLE"] = vText("REQ-PARTICIPANT")
    return person
