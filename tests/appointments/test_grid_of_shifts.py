"""Starts are laid by the shifts of a whole day, however little of it is asked about (rule A5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.openings import is_open, question, question_about, question_between
from scheduling.engine.intervals import instant_of, minute_of
from scheduling.engine.openings import openings
from scheduling.models import SchedulingPolicy, Shift
from tests.factories import at, make_resource, make_terms, make_territory, make_work_type

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(at("2026-10-20 12:00"), tick=False)


@pytest.mark.parametrize("mode", ["shifts", "intersection", "union"])
@pytest.mark.parametrize("day", ["2026-11-24", "2026-10-26"])
def test_shifts_that_adjoin_are_one_piece_for_page_and_booking_alike(mode, day):
    policy = SchedulingPolicy.objects.create(name="By shifts", working_time=mode)
    place = make_territory()
    work = make_work_type(place, start_interval=50, scheduling_policy=policy)
    host = make_resource(place)
    for start, end in (("07:00", "09:10"), ("09:10", "12:00"), ("12:00", "19:00")):
        Shift.objects.create(
            service_resource=host,
            territory=place,
            start=at(f"{day} {start}"),
            end=at(f"{day} {end}"),
            status="confirmed",
        )
    terms, now = make_terms(host, territory=place, work_type=work), timezone.now()
    midnight = at(f"{day} 00:00")
    span = minute_of(midnight), minute_of(midnight + timedelta(days=1))
    found = openings(question(terms, now), *span)
    assert len(found) > 8
    for minute in found:
        start = instant_of(minute)
        assert is_open(question_about(terms, start, now, now), start)
        narrow = question_between(terms, start, start + timedelta(minutes=1), now)
        assert openings(narrow, minute, minute + 1) == [minute]
