"""What staff read of what happened to an appointment."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from appointments import changes, corrections
from appointments.changes import Author
from appointments.corrections import Correction
from appointments.models import Status
from tests.factories import at, make_appointment, make_resource, make_terms, make_territory
from tests.invitations.pages import text
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db

START = at("2026-11-24 10:00")
NOW = START - dt.timedelta(days=1)


def test_each_event_says_what_came_of_it(time_machine):
    time_machine.move_to(NOW, tick=False)
    office = make_territory()
    anna, tom = make_resource(office, name="Anna Berger"), make_resource(office, name="Tom Reed")
    terms = make_terms(anna, tom, territory=office, any_host=True)
    appointment = make_appointment(anna, START, territory=office, work_type=terms.work_type)
    taken = at("2026-11-25 14:00")
    make_appointment(anna, taken, territory=office, work_type=terms.work_type)
    user = make_administrator()
    changes.move(appointment.pk, terms, taken, issued_at=NOW, author=Author(user), now=NOW)
    corrected = Correction("Gerda", "Gast", "gerda@new.example.com", "123", "", "")
    corrections.correct(appointment.pk, corrected, now=NOW)
    changes.set_status(appointment.pk, Status.NO_SHOW, author=Author(user))
    url = reverse("admin:appointments_appointment_change", args=[appointment.pk])
    page = text(signed_in(user).get(url))
    assert "10:00 (Berlin) → Wed " in page
    assert "no longer Anna Berger" in page
    assert "E-mail address, Phone" in page
    assert "<p>No-show</p>" in page
