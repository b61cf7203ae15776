"""Moving an appointment: under which terms, and what the pages for it need to know."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from appointments import changes
from appointments.changes import Author
from appointments.clocks import Clocks, TimeInWords
from appointments.details import Details
from appointments.locks import waiting_for_locks
from appointments.models import Appointment
from appointments.openings import question
from appointments.terms import Terms
from appointments.weeks import Week
from appointments.wishes import NO_WISHES, Wishes
from invitations.calendar import nearest_openings
from invitations.caps import capped_to_move, lock_to_move
from invitations.choices import hosts_of, respected
from invitations.models import Invitation, InvitationBooking
from invitations.visit import carried
from invitations.week import Urls, WeekPage, week_page
from invitations.zones import read_zone
from scheduling.engine.groups import duration_at
from scheduling.engine.intervals import Minute, minute_of
from scheduling.engine.rules import Question
from scheduling.models import ServiceResource, WorkType

NEAREST = 3
"""How many other times are offered where one has gone."""


def terms_to_move(appointment: Appointment) -> Terms:
    """What bounds a new time: the work and the place of the appointment, and the hosts and dates
    of the invitation that it was booked by.

    Whether that invitation has expired, is used up or switched off does not matter. Without
    one, or once staff gave it to somebody else, the hosts are those who have it. The wishes of
    the client it was booked as count where that invitation respects them, but not about whom
    staff chose. The appointment comes from ``with_page()``.
    """
    invitation = _invitation_of(appointment)
    present = tuple(appointment.hosts)
    invited = hosts_of(invitation) if invitation else ()
    any_host = invitation is not None and invitation.any_host
    is_theirs = _are_among(appointment, invited, any_host)
    wishes = respected(invitation, appointment.client) if invitation else NO_WISHES
    if not is_theirs:
        wishes = Wishes(wishes.visiting_hours)
    return Terms(
        work_type=_work_of(appointment),
        territory=appointment.territory,
        hosts=invited if is_theirs else present,
        appointment_type=appointment.appointment_type,
        time_zone=invitation.time_zone if invitation else appointment.territory.time_zone,
        any_host=any_host and is_theirs,
        topic=appointment.topic,
        first_date=invitation.from_date if invitation else None,
        last_date=invitation.until_date if invitation else None,
        wishes=wishes,
        own_policy=appointment.scheduling_policy,
        is_extended=invitation is not None and invitation.allows_extended_hours,
        plans=appointment.group is None,
    )


def _are_among(
    appointment: Appointment, invited: Collection[ServiceResource], any_host: bool
) -> bool:
    """Whether its hosts are as the invitation has them; a group may have others beside them."""
    present = set(appointment.hosts)
    if appointment.group is None or not invited:
        return present <= set(invited)
    return not present.isdisjoint(invited) if any_host else present.issuperset(invited)


def _work_of(appointment: Appointment) -> WorkType:
    """Who is in a group stays in one, also where the work has no places any more."""
    work = WorkType.objects.with_rules().get(pk=appointment.work_type_id)
    if appointment.group is not None:
        work.attendee_limit = appointment.group.places
    return work


def _invitation_of(appointment: Appointment) -> Invitation | None:
    """With the last days of the link that it was booked by."""
    bookings = InvitationBooking.objects.select_related("key", "invitation__scheduling_policy")
    for booking in bookings.filter(appointment=appointment):
        booking.key.lengthen(booking.invitation)
        return booking.invitation
    return None


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who looks for another time than the one in ``details``.

    ``zone_asked`` is what the link says of the guest's zone; without it, it is the one in which
    they booked. ``back_url`` is the page of the appointment, ``moved_url`` the same once it is
    moved, ``confirm_url`` the one that asks before.
    """

    details: Details
    terms: Terms
    guest_zone: ZoneInfo
    zone_asked: str
    urls: Urls
    week_url: str
    confirm_url: str
    back_url: str
    moved_url: str

    @classmethod
    def by_guest(cls, appointment: Appointment, query: Mapping[str, str]) -> Move:
        """The appointment comes from ``with_page()``; ``query`` may hold ``tz``."""
        asked, key = query.get("tz", ""), appointment.key
        guest, zone = read_zone(asked) or appointment.time_zone, carried({"tz": asked})
        rest = f"?{zone}" if zone else ""
        confirm_url = reverse("move_to", args=[key]) + rest
        return cls(
            details=Details.of(appointment, guest),
            terms=terms_to_move(appointment),
            guest_zone=guest,
            zone_asked=asked,
            urls=Urls(
                week=lambda week: reverse("move_week", args=[key, week]) + rest,
                slot=f"{confirm_url}{'&' if rest else '?'}start=",
                zone=lambda week: reverse("move_zone", args=[key, week]) + rest,
            ),
            week_url=reverse("move", args=[key]) + rest,
            confirm_url=confirm_url,
            back_url=appointment.get_absolute_url(),
            moved_url=f"{appointment.get_absolute_url()}?said=moved",
        )

    @classmethod
    def by_staff(cls, appointment: Appointment) -> Move:
        """The same on pages of the admin, in the zone of the primary host."""
        reader = appointment.assignments.all()[0].service_resource.time_zone
        page = reverse("admin:invitations_invitation_move", args=[appointment.pk])
        own_page = reverse("admin:appointments_appointment_change", args=[appointment.pk])
        return cls(
            details=Details.of(appointment, reader),
            terms=terms_to_move(appointment),
            guest_zone=reader,
            zone_asked="",
            urls=Urls(
                week=lambda week: f"{page}?week={week}",
                slot=f"{page}to/?start=",
                zone=lambda week: "",
            ),
            week_url=page,
            confirm_url=f"{page}to/",
            back_url=own_page,
            moved_url=own_page,
        )

    @property
    def clocks(self) -> Clocks:
        return self.details.clocks

    @property
    def appointment(self) -> Appointment:
        return self.details.appointment

    @property
    def zone_is_unknown(self) -> bool:
        """Whether the link names a zone that does not exist."""
        return bool(self.zone_asked) and self.zone_asked != self.guest_zone.key

    def question(self, now: datetime) -> Question:
        """What is open, with the time of the appointment itself counted as free."""
        terms = capped_to_move(self.appointment, self.terms, now)
        return question(terms, now, without=self.appointment.pk)

    def to(self, start: datetime, *, issued_at: datetime, author: Author, now: datetime) -> bool:
        """Move it there; say whether this call did. Raises what ``changes.move`` raises."""
        with waiting_for_locks():
            lock_to_move(self.appointment, self.terms)
            return changes.move(
                self.appointment.pk,
                capped_to_move(self.appointment, self.terms, now),
                start,
                issued_at=issued_at,
                author=author,
                now=now,
            )

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

    def time(self, minute: Minute, asked: Question) -> TimeInWords:
        """An opening of what is asked."""
        return self.clocks.in_words(minute, duration_at(asked, minute))

    def nearest(self, start: datetime, now: datetime) -> list[TimeInWords]:
        """A few other times close to an instant, which the form offers where that has gone."""
        asked, present = self.question(now), minute_of(self.appointment.start)
        found = nearest_openings(asked, minute_of(start), NEAREST + 1)
        return [self.time(each, asked) for each in found if each != present][:NEAREST]
