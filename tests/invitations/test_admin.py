"""The admin of invitations: the list and its states, and what cannot be done there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invitations.models import Invitation, InvitationBooking
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
)
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db

LIST = "admin:invitations_invitation_changelist"


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"admin:invitations_invitation_{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_takes_the_same_queries_for_two_rows_and_for_a_hundred():
    client = signed_in(make_administrator())
    assert "empty-hint" in page(client, "changelist")
    territory = make_territory()
    hosts = make_resource(territory), make_resource(territory)
    make_invitation(*hosts, topic=make_topic())
    make_invitation(*hosts, territory=territory)
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as two:
        client.get(reverse(LIST))
    for _ in range(49):
        make_invitation(*hosts, topic=make_topic())
        make_invitation(*hosts, territory=territory)
    with CaptureQueriesContext(connection) as hundred:
        client.get(reverse(LIST))
    assert len(hundred) == len(two)


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


def test_invitations_are_neither_added_nor_deleted_there():
    key = make_invitation()
    client = signed_in(make_administrator())
    assert client.get(reverse("admin:invitations_invitation_add")).status_code == 403
    address = reverse("admin:invitations_invitation_delete", args=[key.invitation_id])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Invitation.objects.exists()
