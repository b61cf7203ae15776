"""The admin of invitations: lists, what may change, and the way from form to link."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invitations.keys import invitation_url
from invitations.models import Invitation, InvitationBooking, InvitationKey
from scheduling.models import ServiceResource
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = pytest.mark.django_db

LIST = "admin:invitations_invitation_changelist"
USUAL = {"work": "", "territory": "", "appointment_type": "in_person", "taking_part": "all"}


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"admin:invitations_invitation_{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def generate(client: Client, resource: ServiceResource, **values: Any) -> Any:
    address = reverse("admin:invitations_invitation_generate", args=[resource.pk])
    return client.post(address, {**USUAL, **values})


# The list and the page of an invitation


def test_the_list_takes_the_same_queries_for_one_row_and_for_thirty():
    client = signed_in(make_administrator())
    assert "empty-hint" in page(client, "changelist")
    territory = make_territory()
    hosts = make_resource(territory), make_resource(territory)
    make_invitation(*hosts, territory=territory)
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(LIST))
    for _ in range(29):
        make_invitation(*hosts, topic=make_topic())
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse(LIST))
    assert len(thirty) == len(one)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Open"),
        ({"is_active": False}, "Switched off"),
        ({"until_date": dt.date(2020, 1, 1)}, "Expired"),
        ({"max_bookings": 1}, "Used up"),
    ],
)
def test_states_are_words(fields, words):
    key = make_invitation(**fields)
    appointment = make_appointment(make_resource(), at("2026-11-23 10:00"))
    InvitationBooking.objects.create(invitation=key.invitation, key=key, appointment=appointment)
    client = signed_in(make_administrator())
    assert f'">{words}</span>' in page(client, "changelist")
    assert f'">{words}</span>' in page(client, "change", key.invitation_id)


def test_dates_number_activity_and_message_may_change_and_nothing_else():
    key = make_invitation(max_bookings=1)
    before = Invitation.objects.values().get()
    response = signed_in(make_administrator()).post(
        reverse("admin:invitations_invitation_change", args=[key.invitation_id]),
        {
            "from_date": "2026-11-23",
            "until_date": "2026-11-27",
            "expiry_date": "2026-11-24",
            "max_bookings": "5",
            "message": "Welcome",
            "topic": make_topic().pk,
            "territory": make_territory().pk,
            "work_type": "",
            "time_zone": "Asia/Tokyo",
            "keys-TOTAL_FORMS": 1,
            "keys-INITIAL_FORMS": 1,
            "keys-0-id": key.pk,
            "keys-0-key": "guessable",
            "hosts-TOTAL_FORMS": 0,
            "hosts-INITIAL_FORMS": 0,
        },
    )
    assert response.status_code == 302
    expected = {
        "from_date": dt.date(2026, 11, 23),
        "until_date": dt.date(2026, 11, 27),
        "expiry_date": dt.date(2026, 11, 24),
        "max_bookings": 5,
        "message": "Welcome",
        "is_active": False,
    }
    assert Invitation.objects.values().get() == {**before, **expected}
    assert InvitationKey.objects.get().key == key.key


def test_invitations_are_neither_added_nor_deleted_there():
    key = make_invitation()
    client = signed_in(make_administrator())
    assert client.get(reverse("admin:invitations_invitation_add")).status_code == 403
    address = reverse("admin:invitations_invitation_delete", args=[key.invitation_id])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Invitation.objects.exists()


def test_who_generated_it_and_for_whom_is_shown():
    territory = make_territory()
    make_topic(make_work_type(territory))
    resource = make_resource(territory, name="Anna Berger")
    assistant = make_assistant(resource)
    client = signed_in(assistant)
    generate(client, resource)
    shown = page(client, "change", Invitation.objects.get().pk)
    assert f"by {assistant.username} for Anna Berger" in shown


# From the form to the link


def test_pressing_create_makes_the_usual_invitation_and_shows_its_link():
    territory, elsewhere = make_territory(name="Main"), make_territory(name="Other")
    topic = make_topic(make_work_type(territory))
    make_topic(make_work_type(elsewhere))
    resource = make_resource(territory, elsewhere)
    user = own_user(resource)
    client = signed_in(user)
    form = client.get(reverse("admin:invitations_invitation_generate", args=[resource.pk])).context[
        "form"
    ]
    usual = {name: form[name].value() for name in USUAL if name in form.fields}
    assert usual == {
        "work": f"topic:{topic.pk}",
        "territory": territory.pk,
        "appointment_type": "in_person",
    }
    response = client.post(
        reverse("admin:invitations_invitation_generate", args=[resource.pk]), usual
    )
    invitation = Invitation.objects.get()
    assert response["Location"] == reverse(
        "admin:invitations_invitation_link", args=[invitation.pk]
    )
    assert (invitation.topic, invitation.territory) == (topic, territory)
    assert (invitation.created_by, invitation.on_behalf_of) == (user, None)
    shown = client.get(response["Location"]).content.decode()
    assert f'value="{invitation_url(invitation.keys.get())}"' in shown


def test_only_places_of_the_resource_with_something_on_offer_can_be_chosen():
    offering, empty, foreign = (make_territory() for _ in range(3))
    make_topic(make_work_type(offering, foreign))
    resource = make_resource(offering, empty)
    client = signed_in(make_administrator())
    form = client.get(reverse("admin:invitations_invitation_generate", args=[resource.pk])).context[
        "form"
    ]
    assert list(form.fields["territory"].queryset) == [offering]


def test_others_take_part_in_the_order_in_which_they_were_chosen():
    territory = make_territory()
    work_type = make_work_type(territory)
    resource, anna, bernd = (make_resource(territory) for _ in range(3))
    response = generate(
        signed_in(make_administrator()),
        resource,
        work=f"work-type:{work_type.pk}",
        other_hosts=[bernd.pk, anna.pk],
        taking_part="any",
    )
    assert response.status_code == 302
    invitation = Invitation.objects.get()
    assert invitation.any_host
    assert invitation.work_type == work_type
    hosts = [host.service_resource for host in invitation.hosts.all()]
    assert hosts == [resource, bernd, anna]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until_date": "2020-01-01"}, "until_date"),
        ({"expiry_date": "2020-01-01"}, "expiry_date"),
        ({"max_bookings": "0"}, "max_bookings"),
        ({"from_date": "2126-11-24", "until_date": "2126-11-23"}, "until_date"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(values, field):
    territory = make_territory()
    make_topic(make_work_type(territory))
    resource = make_resource(territory)
    response = generate(signed_in(make_administrator()), resource, **values)
    assert list(response.context["form"].errors) == [field]
    assert not Invitation.objects.exists()


def test_six_required_hosts_are_refused_beside_the_hosts():
    territory = make_territory()
    make_topic(make_work_type(territory))
    resource, *others = (make_resource(territory) for _ in range(6))
    response = generate(
        signed_in(make_administrator()), resource, other_hosts=[other.pk for other in others]
    )
    assert list(response.context["form"].errors) == ["other_hosts"]


def test_a_resource_without_a_place_is_told_so():
    response = generate(signed_in(make_administrator()), make_resource(name="Anna"))
    assert "no place of work is known yet" in response.content.decode()


def test_today_is_that_of_the_invitation(time_machine):
    time_machine.move_to(at("2026-11-23 23:30", "America/New_York"), tick=False)
    territory = make_territory()
    make_topic(make_work_type(territory))
    resource = make_resource(territory, time_zone="America/New_York")
    generate(signed_in(make_administrator()), resource, expiry_date="2026-11-23")
    assert Invitation.objects.get().expiry_date == dt.date(2026, 11, 23)
