"""The next free times, to be offered in a mail."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.openings import is_open, question
from appointments.terms import Terms
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationKey
from invitations.next_times import NoTimes, next_times, spread
from scheduling.engine.intervals import minute_of
from scheduling.models import Absence
from tests.factories import (
    BERLIN,
    at,
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)

NOW = at("2026-11-20 12:00")  # a Friday


def times_of(key: InvitationKey, now: dt.datetime = NOW) -> list[str] | NoTimes:
    key.invitation = Invitation.objects.for_staff(NOW).get(pk=key.invitation_id)
    times = next_times(key, now)
    return times if isinstance(times, NoTimes) else [time.words.start for time in times]


def minutes(*texts: str) -> list[int]:
    return [minute_of(at(text)) for text in texts]


def test_the_first_start_of_each_day_comes_before_a_second_of_any():
    starts = minutes("2026-11-23 09:00", "2026-11-23 09:30", "2026-11-24 10:00", "2026-11-27 09:00")
    assert spread(starts, BERLIN, 3) == [starts[0], starts[2], starts[3]]


def test_fewer_days_than_wanted_are_filled_up_in_order_of_time():
    starts = minutes("2026-11-23 09:00", "2026-11-23 09:30", "2026-11-24 10:00", "2026-11-24 10:30")
    assert spread(starts, BERLIN, 3) == starts[:3]
    assert spread(starts[:1], BERLIN, 3) == starts[:1]
    assert spread([], BERLIN, 3) == []


def test_days_are_those_of_the_place():
    late, early = minute_of(at("2026-11-23 23:30")), minute_of(at("2026-11-24 00:30"))
    assert spread([late, late + 15, early], BERLIN, 2) == [late, early]


@pytest.mark.django_db
def test_the_times_are_open_and_on_three_days():
    key = make_invitation()
    times = times_of(key)
    assert times == ["2026-11-20T11:00:00Z", "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"]
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    asked = question(terms, NOW)
    assert all(is_open(asked, dt.datetime.fromisoformat(time)) for time in times)


@pytest.mark.django_db
def test_a_time_that_was_booked_is_not_offered():
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    make_appointment(host, at("2026-11-23 09:00"))
    assert times_of(key)[1] == "2026-11-23T08:30:00Z"


@pytest.mark.django_db
def test_times_are_words_on_the_places_clock_whatever_the_kind_of_appointment():
    place = make_territory(make_hours(zone="America/New_York"))
    host = make_resource(place)
    key = make_invitation(host, territory=place, appointment_type="video")
    key.invitation = Invitation.objects.for_staff(NOW).get(pk=key.invitation_id)
    times = next_times(key, NOW)
    assert not isinstance(times, NoTimes)
    words = times[1].words
    assert (words.day, words.label) == ("Monday, 23 November 2026", "09:00 – 09:30")
    assert (words.zone, words.other) == ("New York time", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"expiry_date": dt.date(2026, 11, 19)},
    ],
)
def test_a_closed_link_offers_no_times(fields):
    assert times_of(make_invitation(**fields)) == NoTimes.CLOSED


@pytest.mark.django_db
def test_what_the_guest_still_chooses_comes_first():
    here, there = make_territory(), make_territory()
    topics = [make_topic(make_work_type(here, there)) for _ in range(2)]
    host = make_resource(here, there)
    open_topic = make_invitation(host, topic=None, work_type=None)
    assert times_of(open_topic) == NoTimes.TOPIC_OPEN
    assert times_of(make_invitation(host, topic=topics[0])) == NoTimes.PLACE_OPEN


@pytest.mark.django_db
def test_without_any_opening_nothing_is_free():
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    Absence.objects.create(
        service_resource=host, start=at("2026-11-01 00:00"), end=at("2028-01-01 00:00")
    )
    assert times_of(key) == NoTimes.NOTHING_FREE
