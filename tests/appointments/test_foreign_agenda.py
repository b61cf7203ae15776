"""The agenda shows the time that other calendars hold, and no word of what for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import BusyTime, ForeignCalendar
from tests.factories import at, make_resource, make_territory
from tests.invitations.pages import text
from tests.staff import own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAGE = reverse("admin:appointments_appointment_agenda")


def make_busy(resource, name, *spans):
    calendar = ForeignCalendar.objects.create(
        service_resource=resource, name=name, url=f"https://example.com/{name}.ics"
    )
    for start, end in spans:
        BusyTime.objects.create(calendar=calendar, start=at(start), end=at(end))


def test_the_time_of_several_calendars_is_one_and_without_words(time_machine):
    time_machine.move_to(at("2026-11-23 08:00"), tick=False)
    anna = make_resource(make_territory(), name="Anna Berger", time_zone="Europe/Berlin")
    make_busy(anna, "private", ("2026-11-24 10:00", "2026-11-24 11:00"))
    make_busy(anna, "choir", ("2026-11-24 10:30", "2026-11-24 12:00"))
    make_busy(make_resource(make_territory()), "x", ("2026-11-25 10:00", "2026-11-25 11:00"))
    answer = signed_in(own_user(anna)).get(PAGE)
    agenda = answer.context["agenda"]
    entries = [(day.date.day, entry.time) for day in agenda.days for entry in day.entries]
    assert entries == [(24, "10:00 – 12:00")]
    assert [box.height for box in agenda.elsewhere] == [120]
    assert agenda.absent == []
    assert "Busy in another calendar" in text(answer)
    assert "choir" not in answer.content.decode()
