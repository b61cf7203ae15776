"""Moving an appointment: under which terms, and what the pages for it need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from appointments.clocks import Clocks, TimeInWords
from appointments.details import Details
from appointments.models import Appointment
from appointments.openings import question
from appointments.terms import Terms
from invitations.calendar import Week
from invitations.choices import hosts_of
from invitations.models import Invitation
from invitations.visit import carried
from invitations.week import Urls, WeekPage, week_page
from invitations.zones import read_zone
from scheduling.engine.intervals import Minute, minute_of
from scheduling.engine.rules import Question
from scheduling.models import WorkType


def terms_to_move(appointment: Appointment) -> Terms:
    """What bounds a new time: the work and the place of the appointment, and the hosts and dates
    of the invitation that it was booked by.

    Whether that invitation has expired, is used up or switched off does not matter. Without
    one, the hosts are those who have it. The appointment comes from ``with_page()``.
    """
    invitation = Invitation.objects.filter(bookings__appointment=appointment).first()
    present = tuple(row.service_resource for row in appointment.assignments.all())
    return Terms(
        work_type=WorkType.objects.with_start_interval().get(pk=appointment.work_type_id),
        territory=appointment.territory,
        hosts=(hosts_of(invitation) if invitation else ()) or present,
        appointment_type=appointment.appointment_type,
        time_zone=invitation.time_zone if invitation else appointment.territory.time_zone,
        any_host=invitation is not None and invitation.any_host,
        topic=appointment.topic,
        first_date=invitation.from_date if invitation else None,
        last_date=invitation.until_date if invitation else None,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A guest who looks for another time. ``details`` are those of the time they have.

    ``zone_asked`` is what the link says of the guest's zone; without it, it is the one in which
    they booked.
    """

    details: Details
    terms: Terms
    clocks: Clocks
    guest_zone: ZoneInfo
    zone_asked: str
    query: str

    @classmethod
    def of(cls, appointment: Appointment, query: Mapping[str, str]) -> Move:
        """The appointment comes from ``with_page()``; ``query`` may hold ``tz``."""
        asked = query.get("tz", "")
        guest = read_zone(asked) or appointment.time_zone
        details = Details.of(appointment, guest)
        rest = carried({"tz": asked})
        terms = terms_to_move(appointment)
        return cls(details, terms, details.clocks, guest, asked, f"?{rest}" if rest else "")

    @property
    def appointment(self) -> Appointment:
        return self.details.appointment

    @property
    def zone_is_unknown(self) -> bool:
        """Whether the link names a zone that does not exist."""
        return bool(self.zone_asked) and self.zone_asked != self.guest_zone.key

    def question(self, now: datetime) -> Question:
        """What is open, with the time of the appointment itself counted as free."""
        return question(self.terms, now, without=self.appointment.pk)

    def week_page(self, week: Week | None, now: datetime) -> WeekPage | None:
        """The week, or the one of the present time; None where there is no other time at all."""
        present, starts_on = minute_of(self.appointment.start), settings.WEEK_STARTS_ON
        return week_page(
            self.question(now),
            week or Week.at(present, self.clocks.leading, starts_on),
            self.clocks,
            starts_on=starts_on,
            urls=self.urls,
            present=present,
        )

    def time(self, minute: Minute) -> TimeInWords:
        return self.clocks.in_words(minute, self.terms.work_type.duration)

    @property
    def urls(self) -> Urls:
        """Where the week page leads."""
        key = self.appointment.key
        return Urls(
            week=lambda week: reverse("move_week", args=[key, week]) + self.query,
            slot=self.slot_url,
            zone=lambda week: reverse("move_zone", args=[key, week]) + self.query,
        )

    @property
    def week_url(self) -> str:
        """The week of the present time."""
        return reverse("move", args=[self.appointment.key]) + self.query

    @property
    def confirm_url(self) -> str:
        """The page that asks before anything is moved."""
        return reverse("move_to", args=[self.appointment.key]) + self.query

    @property
    def slot_url(self) -> str:
        """The same for a slot, up to its start."""
        return f"{self.confirm_url}{'&' if self.query else '?'}start="
