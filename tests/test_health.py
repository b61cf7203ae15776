"""/healthz and /readyz."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from appointments import guards
from appointments.models import OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_alive_and_ready(client):
    assert client.get("/healthz").content == b"ok\n"
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "database": True,
        "migrations": True,
        "guards": True,
        "outbox": True,
    }


def test_b2_without_the_guard_it_is_not_ready(client):
    guards.remove(connection)
    try:
        response = client.get("/readyz")
    finally:
        guards.install(connection)
    assert (response.status_code, response.json()["guards"]) == (503, False)


def test_messages_that_wait_too_long_make_it_unready(client):
    overdue = timezone.now() - dt.timedelta(hours=1)
    OutboxMessage.objects.create(kind="guest_booked", object_id=1, not_before=overdue)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["outbox"]) == (503, False)
