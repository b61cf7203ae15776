"""What pictures of weeks write where there is little room."""

from __future__ import annotations

import pytest
from django.utils import translation

from appointments import formats
from appointments.agenda import Box, Drawn
from appointments.models import Appointment


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("en", ["09:00", "12:00", "15:00"]),
        ("de", ["09:00", "12:00", "15:00"]),
        ("en-us", ["9 AM", "12 PM", "3 PM"]),
    ],
)
def test_hours_of_an_axis_are_as_short_as_their_clock_lets_them_be(language, hours):
    with translation.override(language):
        assert [formats.hour_of(hour * 60) for hour in (9, 12, 15)] == hours


def drawn(width, **fields):
    appointment = Appointment(first_name="Thomas", last_name="von Keller", **fields)
    return Drawn(appointment, "10:00 – 10:30", Box(0, 0, width, 30), is_optional=False)


def test_among_many_at_once_an_appointment_shows_initials():
    assert drawn(73).initials == ""
    assert drawn(29).initials == "TK"


def test_among_many_at_once_a_group_shows_its_places():
    assert drawn(29, places=8).initials == "8"
