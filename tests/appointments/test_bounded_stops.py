"""A reader that somebody stops says nothing about what it was reading."""

from __future__ import annotations

import signal

import pytest

from appointments import bounded
from appointments.foreign_calendars import refreshing
from appointments.models import BusyTime, ForeignCalendar
from tests.factories import at, make_resource, make_territory

NOW = at("2026-11-23 08:00", "UTC")


class Stopped:
    """A process that ended by a signal."""

    stdout = b""

    def __init__(self, number: int) -> None:
        self.returncode = -number


@pytest.mark.django_db
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_calendar_whose_reader_is_stopped_is_left_to_its_lease(number, monkeypatch, time_machine):
    time_machine.move_to(NOW, tick=False)
    calendar = ForeignCalendar.objects.create(
        service_resource=make_resource(make_territory()),
        name="Private",
        url="https://calendar.example.com/a.ics",
    )
    monkeypatch.setattr(bounded.subprocess, "run", lambda *args, **kwargs: Stopped(number))
    refreshing.refresh(NOW)
    calendar.refresh_from_db()
    assert (calendar.problem, calendar.failures) == ("", 0)
    assert calendar.next_at == NOW + refreshing.LEASE
    assert BusyTime.objects.count() == 0
