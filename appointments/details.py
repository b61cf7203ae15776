"""An appointment in words, the same on its page, in its mails and in its calendar file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments import formats
from appointments.clocks import Clocks, TimeInWords
from appointments.models import HOLDING, Appointment, AppointmentType
from scheduling.engine.intervals import minute_of
from scheduling.models import ServiceResource

PHONE = AppointmentType.PHONE
MAP_URL = "https://www.openstreetmap.org/search"


@dataclass(frozen=True, slots=True)
class Details:
    """Everything about an appointment that a person reads.

    ``hosts`` has the primary one first. ``where`` is an address, or how they will talk;
    ``link`` leads into the call, empty where there is none. ``beside`` are those who are invited
    but need not be there, as far as the reader is told of them; ``is_needed`` is the reader.
    """

    appointment: Appointment
    time: TimeInWords
    clocks: Clocks
    hosts: list[ServiceResource]
    where: str
    link: str
    beside: Sequence[ServiceResource] = ()
    is_needed: bool = True

    @classmethod
    def of(cls, appointment: Appointment, reader: ZoneInfo) -> Details:
        """For a reader in a zone. The appointment comes from ``with_page()``."""
        place = appointment.territory.time_zone
        clocks = Clocks.of(appointment.appointment_type, place, reader)
        start, end = minute_of(appointment.start), minute_of(appointment.end)
        hosts = appointment.hosts
        where, link = _where(appointment, hosts)
        return cls(appointment, clocks.in_words(start, end - start), clocks, hosts, where, link)

    @property
    def host_names(self) -> str:
        """“Anna Berger and Tom Reed”."""
        return formats.listed([host.name for host in self.hosts])

    @property
    def shown_where(self) -> str:
        """``where`` without what is known of its guest, for whatever opens by a link (rule L8)."""
        if self.appointment.is_personal and self.appointment.appointment_type == PHONE:
            return str(PHONE.label)
        return self.where

    @property
    def company(self) -> str:
        """With how many, where it is for a group, and never with whom (rule L8)."""
        group = self.appointment.group
        if group is None or group.places is None:
            return ""
        return _("In a group of up to %(n)s") % {"n": group.places}

    @property
    def calendar_title(self) -> str:
        """Neutral on purpose: calendars are shared, and the topic is the guest's own affair."""
        return _("Appointment with %(name)s") % {"name": self.host_names}

    @property
    def calendar_place(self) -> str:
        """What leads into the call, else where it is."""
        return self.link or self.shown_where

    @property
    def stands(self) -> bool:
        """Whether it was neither cancelled nor missed."""
        return self.appointment.status in HOLDING

    @property
    def confirm_until(self) -> TimeInWords | None:
        """Until when its guest has to confirm it, None where that is done or not asked for."""
        until = self.appointment.confirm_until
        if until is None or not self.appointment.is_unconfirmed:
            return None
        return self.clocks.in_words(minute_of(until), 0)

    @property
    def map_url(self) -> str:
        """A map of the place, empty where nobody goes there or no address is known."""
        place = self.appointment.territory
        if self.appointment.appointment_type != AppointmentType.IN_PERSON or not place.address:
            return ""
        return f"{MAP_URL}?{urlencode({'query': place.address})}"


def _where(appointment: Appointment, hosts: list[ServiceResource]) -> tuple[str, str]:
    match appointment.appointment_type:
        case AppointmentType.PHONE if appointment.phone:
            return _("Phone call to %(number)s") % {"number": appointment.phone}, ""
        case AppointmentType.PHONE:
            return str(AppointmentType.PHONE.label), ""
        case AppointmentType.VIDEO:
            return _("Video call"), next((h.meeting_url for h in hosts if h.meeting_url), "")
        case _other:
            place = appointment.territory
            return (f"{place.name}, {place.address}" if place.address else place.name), ""
