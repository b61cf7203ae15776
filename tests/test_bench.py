"""What the benchmarks write past the models keeps step with them."""

import pytest
from django.db import connection

from appointments.models import Appointment
from bench import past
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory

pytestmark = pytest.mark.django_db


def test_a_long_past_is_like_the_appointment_that_it_is_made_from():
    place = make_territory()
    host = make_resource(place)
    model = make_appointment(host, at("2026-12-01 10:00"))
    key = make_invitation(host, territory=place)
    connection.check_constraints()  # none may wait where the guard is about to be taken away
    past.load(key, 3)
    made = Appointment.objects.exclude(pk=model.pk)
    assert [each.hosts for each in made] == [[host]] * 3
    assert {(each.client, each.end < model.start) for each in made} == {(model.client, True)}
