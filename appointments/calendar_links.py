"""Links that put an appointment into a calendar on the web, beside the file for all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from appointments.details import Details
from appointments.links import absolute_url

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
MICROSOFT_365 = "https://outlook.office.com/calendar/0/deeplink/compose"


class CalendarLink(NamedTuple):
    """A calendar's name and the address of its page with everything filled in."""

    name: str
    url: str


def calendar_links(details: Details) -> list[CalendarLink]:
    """One for each calendar; they carry what the calendar file says, and no more."""
    outlook = urlencode(_outlook(details))
    return [
        CalendarLink("Google Calendar", f"{GOOGLE}?{urlencode(_google(details))}"),
        CalendarLink("Outlook.com", f"{OUTLOOK}?{outlook}"),
        CalendarLink("Microsoft 365", f"{MICROSOFT_365}?{outlook}"),
    ]


def _google(details: Details) -> dict[str, str]:
    start, end = _utc(details.appointment.start), _utc(details.appointment.end)
    return {
        "action": "TEMPLATE",
        "text": details.calendar_title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "location": details.calendar_place,
        "details": absolute_url(details.appointment.get_absolute_url()),
    }


def _outlook(details: Details) -> dict[str, str]:
    start, end = _utc(details.appointment.start), _utc(details.appointment.end)
    return {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": details.calendar_title,
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "location": details.calendar_place,
        "body": absolute_url(details.appointment.get_absolute_url()),
    }


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
