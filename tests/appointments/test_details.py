"""What a page and a file show of an appointment."""

from __future__ import annotations

import pytest

from appointments.models import Client
from scheduling.models import ServiceResource
from tests.factories import at, make_appointment, make_resource

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_l8_nothing_known_of_a_client_is_on_the_page_or_in_its_file(client):
    person = Client.objects.create(first_name="Elena", last_name="Rossi", email="e@bank.test")
    appointment = make_appointment(
        make_resource(),
        at("2026-11-24 10:00"),
        appointment_type="phone",
        client=person,
        first_name="Elena",
        last_name="Rossi",
        email="e@bank.test",
        phone="+41 44 555 01 99",
    )
    for page in (
        appointment.get_absolute_url(),
        f"{appointment.get_absolute_url()}appointment.ics",
    ):
        shown = client.get(page).content.decode().replace("\r\n ", "")
        for known in ("Rossi", "e@bank.test", "555 01 99"):
            assert known not in shown


def test_a_cancelled_appointment_is_cancelled_in_its_file(client):
    appointment = make_appointment(make_resource(), at("2026-11-24 10:00"), status="cancelled")
    page = client.get(f"{appointment.get_absolute_url()}appointment.ics")
    assert b"STATUS:CANCELLED" in page.content


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Anna Berger", "AB"),
        ("Dr. Maximiliane von Schwarzenberg", "MS"),
        ("Prof. Dr. Li", "L"),
        ("Madonna", "M"),
        ("Ångström Öztürk", "ÅÖ"),
    ],
)
def test_initials(name, initials):
    assert ServiceResource(name=name).initials == initials
