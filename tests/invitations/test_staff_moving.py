"""Staff give an appointment another time, on the guest's pages under a bar."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from appointments import changes
from appointments.models import Appointment, AppointmentEvent
from tests.factories import at, make_appointment, make_resource, make_territory
from tests.invitations.pages import hidden_fields, links, starts, text
from tests.staff import make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 08:00")
START = at("2026-11-24 10:00")
LATER = "2026-11-25T13:00:00Z"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna Berger")


@pytest.fixture
def appointment(anna):
    return make_appointment(anna, START, territory=anna.memberships.get().territory)


def url_of(appointment, name="move"):
    return reverse(f"admin:invitations_invitation_{name}", args=[appointment.pk])


def press(client, appointment, start=LATER):
    url = f"{url_of(appointment, 'move_to')}?start={start}"
    page = client.get(url)
    return client.post(url, {**hidden_fields(page), "start": start})


def test_an_assistant_moves_it_from_its_page_and_both_names_are_kept(anna, appointment):
    user = make_assistant(anna)
    client = signed_in(user)
    page = client.get(reverse("admin:appointments_appointment_change", args=[appointment.pk]))
    assert url_of(appointment) in links(page)
    page = client.get(url_of(appointment))
    assert LATER in starts(page)
    assert "Gerda Gast" in text(page)
    assert "csrfmiddlewaretoken" not in text(page)
    response = press(client, appointment)
    assert response.status_code == 303
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.actor, event.on_behalf_of) == ("moved", user, anna)
    appointment.refresh_from_db()
    assert appointment.start == dt.datetime.fromisoformat(LATER)
    assert "is moved" in text(client.get(response.url))


def test_a_week_is_chosen_by_the_address_and_a_wrong_one_is_the_present(anna, appointment):
    client = signed_in(own_user(anna))
    assert "2026-12-01T09:00:00Z" in starts(client.get(f"{url_of(appointment)}?week=2026-W49"))
    assert LATER in starts(client.get(f"{url_of(appointment)}?week=soon"))


def test_a_time_that_has_gone_is_said_and_others_move_by_one_press(anna, appointment):
    client = signed_in(own_user(anna))
    response = press(client, appointment, "2026-11-25T23:00:00Z")
    assert response.status_code == 409
    nearest = text(response).split('name="start" value="')[1].split('"')[0]
    form = {**hidden_fields(response), "start": nearest}
    assert client.post(url_of(appointment, "move_to"), form).status_code == 303


def test_strangers_and_assistants_without_the_right_may_not(anna, appointment):
    stranger = own_user(make_resource(name="Tom"))
    without = make_assistant(anna, can_change_appointments=False)
    # To whom an appointment is none of their business, it is not there.
    for user, refused in ((stranger, 404), (without, 403)):
        client = signed_in(user)
        for name in ("move", "move_to"):
            assert client.get(url_of(appointment, name)).status_code == refused
            assert client.post(url_of(appointment, "move_to"), {}).status_code == refused
    assert Appointment.objects.get().start == START


def test_what_is_over_leads_back_with_a_word(anna, appointment):
    changes.cancel(appointment.pk, now=NOW)
    client = signed_in(own_user(anna))
    response = client.get(url_of(appointment), follow=True)
    assert "can’t be moved" in text(response)
    assert url_of(appointment) not in links(response)
