"""Group work within the caps of an invitation (A10): pages, booking, moving."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments import changes
from appointments.booking import TimeGoneError
from appointments.models import Appointment
from invitations.moving import Move
from scheduling.models import SchedulingPolicy
from tests.factories import (
    at,
    make_group,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import open_form, starts

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOW = at("2026-11-23 08:00")
ONE, TWO, NEXT = "2026-11-24T18:00:00Z", "2026-11-24T20:00:00Z", "2026-11-25T18:00:00Z"


def test_one_a_day_is_one_place_a_day(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    office = make_territory()
    work = make_work_type(office, attendee_limit=3, duration=60)
    host = make_resource(office)
    policy = SchedulingPolicy.objects.create(name="One", invitation_per_day=1, resource_per_day=1)
    key = make_invitation(host, territory=office, work_type=work, scheduling_policy=policy)
    for start in (ONE, TWO, NEXT):
        make_group(host, start=dt.datetime.fromisoformat(start), work_type=work, territory=office)
    url = f"/invite/{key.key}/"
    assert starts(client.get(f"{url}2026-W48/")) == [ONE, TWO, NEXT]
    form = open_form(client, url, ONE)
    late = open_form(client, url, TWO)
    assert client.post(f"{url}book/", form).status_code == 303
    assert client.post(f"{url}book/", late).status_code == 409
    assert starts(client.get(f"{url}2026-W48/")) == [NEXT]
    mine = Appointment.objects.with_page().get(group__isnull=False)
    move = Move.by_staff(mine)
    assert move.to(dt.datetime.fromisoformat(TWO), issued_at=NOW, author=changes.GUEST, now=NOW)
    other = {**open_form(client, url, NEXT), "email": "b@example.com"}
    assert client.post(f"{url}book/", other).status_code == 303
    again = Move.by_staff(Appointment.objects.with_page().get(pk=mine.pk))
    with pytest.raises(TimeGoneError):
        again.to(dt.datetime.fromisoformat(NEXT), issued_at=NOW, author=changes.GUEST, now=NOW)
