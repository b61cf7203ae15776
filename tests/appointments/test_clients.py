"""The clients whom resources and assistants see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from appointments.models import Client
from scheduling.models import ServiceResource
from tests.factories import at, make_appointment, make_invitation, make_resource, make_territory
from tests.staff import make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = "admin:appointments_client_changelist"


def make_client(last_name: str) -> Client:
    return Client.objects.create(first_name="Gerda", last_name=last_name, email="g@example.com")


def seen_by(user: object) -> list[str]:
    shown = signed_in(user).get(reverse(LIST)).context["cl"].result_list
    return [client.last_name for client in shown]


def with_clients(resource: ServiceResource, of: str) -> None:
    """One who booked, one with a link of an invitation of the resource, one of its own link."""
    make_appointment(resource, at("2026-11-23 10:00"), client=make_client(f"Booked {of}"))
    hosted = make_invitation(resource, territory=make_territory()).invitation
    hosted.keys.create(client=make_client(f"Hosted {of}"))
    owned = make_invitation(make_resource(), territory=make_territory(), owner=resource).invitation
    owned.keys.create(client=make_client(f"Owned {of}"))
    # Found in two ways, and still one row.
    owned.keys.create(client=Client.objects.get(last_name=f"Booked {of}"))


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_they_see_those_who_booked_or_were_given_a_link(make):
    mine, other = make_resource(), make_resource()
    with_clients(mine, of="mine")
    with_clients(other, of="another")
    make_client("nobody's")
    assert sorted(seen_by(make(mine))) == ["Booked mine", "Hosted mine", "Owned mine"]


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_l8_they_do_not_see_whose_address_was_typed_for_an_appointment(make):
    mine = make_resource()
    make_appointment(mine, at("2026-11-23 10:00"), email="a@example.com")
    Client.objects.create(
        last_name="Proved", email="a@example.com", verified_at=at("2026-11-01 12:00")
    )
    assert seen_by(make(mine)) == []


def test_an_assistant_who_may_not_see_guests_sees_none():
    resource = make_resource()
    with_clients(resource, of="mine")
    client = signed_in(make_assistant(resource, can_see_appointments=False))
    assert client.get(reverse(LIST)).status_code == 403


def test_they_change_no_client():
    resource = make_resource()
    with_clients(resource, of="mine")
    row = Client.objects.get(last_name="Booked mine")
    client = signed_in(own_user(resource))
    address = reverse("admin:appointments_client_change", args=[row.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"last_name": "Changed"}).status_code == 403
    assert client.get(reverse("admin:appointments_client_add")).status_code == 403


def test_staff_who_act_for_nobody_see_no_clients():
    make_client("Gast")
    assert signed_in(make_user()).get(reverse(LIST)).status_code == 403
