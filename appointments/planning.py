"""Staff plan appointments for several attendees, and see to who takes part (rule A10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appointments import changes
from appointments.booking import (
    Booked,
    Guest,
    SentForm,
    TimeGoneError,
    already_booked,
    book_anyway,
    log_booked,
    owe_notices,
)
from appointments.changes import MOVABLE, Author, TooLateError
from appointments.groups import taken_in
from appointments.locks import waiting_for_locks
from appointments.models import Appointment
from appointments.taking import place_in, write
from appointments.terms import Terms
from scheduling.models import WorkType


class FewerThanTakenError(Exception):
    """So few places are too few for those who take part; ``taken`` says how many they are."""

    def __init__(self, taken: int) -> None:
        super().__init__(taken)
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Plan:
    """A group that is to be: ``terms`` say who plans it, ``places`` for how many."""

    terms: Terms
    start: datetime
    places: int
    subject: str
    language: str


def plan(asked: Plan, form: SentForm, *, author: Author, now: datetime) -> Booked:
    """Plan a group, whatever hours and absences say (rule B8). Its hosts are told.

    The same form sent twice plans once. Raises what ``booking.book_anyway`` raises.
    """
    nobody = Guest(
        first_name="",
        last_name="",
        email="",
        phone="",
        subject=asked.subject,
        description="",
        language=asked.language,
        time_zone=asked.terms.territory.time_zone,
    )
    return book_anyway(
        asked.terms, asked.start, nobody, form, places=asked.places, author=author, now=now
    )


def is_open_to_more(group: Appointment, now: datetime) -> bool:
    """Whether staff may still add somebody, if there is a place left."""
    return group.is_group and group.status in MOVABLE and now < group.end


@waiting_for_locks()
def add(group_key: int, guest: Guest, form: SentForm, *, author: Author, now: datetime) -> Booked:
    """Give somebody a place in a group, whatever lead time and dates say; they are told.

    The same form sent twice adds once. Raises TimeGoneError where it is full, TooLateError,
    FormReusedError, TooBusyError, DoesNotExist.
    """
    changes.locked(group_key)
    group = Appointment.objects.with_page().get(pk=group_key)
    if earlier := already_booked(group.start, guest, form):
        return Booked(earlier, is_new=False)
    if not is_open_to_more(group, now):
        raise TooLateError
    if taken_in(group, now) >= (group.places or 0):
        raise TimeGoneError
    appointment, parts = write(_terms(group), place_in(group), guest, form, None)
    log_booked(appointment, author, anyway=True)
    owe_notices(appointment, parts, now)
    return Booked(appointment, is_new=True)


@waiting_for_locks()
def set_places(group_key: int, places: int, *, author: Author, now: datetime) -> bool:
    """Let so many take part in a group; say whether this call changed that.

    Raises FewerThanTakenError, TooLateError, TooBusyError, DoesNotExist.
    """
    group = changes.locked(group_key)
    if group.places == places:
        return False
    if not is_open_to_more(group, now):
        raise TooLateError
    if places < (taken := taken_in(group, now)):
        raise FewerThanTakenError(taken)
    group.places = places
    group.sequence += 1  # calendars say how many there are
    group.save(update_fields=["places", "sequence"])
    changes.log(group, changes.Kind.DETAILS_CHANGED, author, changed=["places"])
    return True


def _terms(group: Appointment) -> Terms:
    """The group's own, for whoever is added to it by hand."""
    return Terms(
        work_type=WorkType.objects.with_rules().get(pk=group.work_type_id),
        territory=group.territory,
        hosts=tuple(group.hosts),
        appointment_type=group.appointment_type,
        time_zone=group.territory.time_zone,
        topic=group.topic,
        own_policy=group.scheduling_policy,
    )
