"""The page that explains an invitation's week: choices, hosts each by themselves, who sees what."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scheduling.models import Absence, SchedulingPolicy, WorkType
from tests.appointments.explaining import LONG_NAME, everything, in_words, start_section
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MONDAY = dt.date(2026, 11, 23)
TEN = "2026-11-24T10:00:00+01:00"


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


def page(client, invitation, **query):
    address = reverse("admin:invitations_invitation_explain", args=[invitation.pk])
    return client.get(f"{address}?{urlencode(query)}")


def said(response):
    return in_words(start_section(response))


def make_absence(resource, kind):
    """The whole of that Tuesday."""
    start, end = at("2026-11-24 00:00"), at("2026-11-25 00:00")
    return Absence.objects.create(service_resource=resource, type=kind, start=start, end=end)


def test_hosts_are_explained_each_by_themselves():
    invitation = everything(MONDAY).invitation
    found = said(page(signed_in(make_administrator()), invitation, at=TEN))
    assert "Closed" in found
    assert f"Anna Berger Absent: Medical {LONG_NAME} Absent: Vacation" in found


def test_where_one_host_is_free_the_start_is_open():
    invitation = everything(MONDAY).invitation
    found = said(page(signed_in(make_administrator()), invitation, at="2026-11-26T11:00:00+01:00"))
    assert "Open Anna Berger Nothing speaks against it." in found
    assert f"{LONG_NAME} Booked already" in found


def test_of_others_a_host_learns_no_more_than_that_they_are_not_free():
    place = make_territory()
    work = make_work_type(place)
    mine, other = make_resource(place, name="Anna Own"), make_resource(place, name="Tom Other")
    invitation = make_invitation(mine, other, territory=place, work_type=work).invitation
    Absence.objects.create(
        service_resource=other,
        type="medical",
        start=at("2026-11-24 09:00"),
        end=at("2026-11-25 09:00"),
    )
    make_appointment(other, at("2026-11-24 10:00"), territory=place)
    client = signed_in(own_user(mine))
    found = page(client, invitation, at=TEN)
    assert "Tom Other Not free Earlier start" in said(found)
    for private in (
        "Medical",
        "Absent",
        "Booked",
        "booked already",
        "absent",
        "Gerda",
        "Appointments with",
    ):
        assert private not in text(found), private
    mine_away = Absence.objects.create(
        service_resource=mine,
        type="training",
        start=at("2026-11-24 09:00"),
        end=at("2026-11-25 09:00"),
    )
    found = page(client, invitation, at=TEN)
    assert "Absent: Training" in said(found)
    assert reverse("admin:scheduling_absence_change", args=[mine_away.pk]) in found.content.decode()


def test_the_guests_choices_can_be_gone_through():
    berlin, rome = make_territory(name="Berlin"), make_territory(name="Rome")
    topic = make_topic(make_work_type(berlin), make_work_type(rome), name="Review")
    host = make_resource(berlin, rome)
    invitation = make_invitation(host, topic=topic).invitation
    client = signed_in(make_administrator())
    assert "Review, Berlin" in text(page(client, invitation))
    chosen = page(client, invitation, offer=f"{topic.pk}-{rome.pk}")
    assert f'value="{topic.pk}-{rome.pk}" selected' in chosen.content.decode()
    assert page(client, invitation, offer="7-7").status_code == 200


def test_a_full_invitation_says_that_its_policy_caps_it():
    key = make_invitation()
    policy = SchedulingPolicy.objects.create(name="Two a day", invitation_per_day=1)
    WorkType.objects.update(scheduling_policy=policy)
    invitation = key.invitation
    host = invitation.hosts.get().service_resource
    booked = make_appointment(host, at("2026-11-24 15:00"), territory=invitation.territory)
    invitation.bookings.create(appointment=booked, key=key)
    found = said(page(signed_in(make_administrator()), invitation, at=TEN))
    assert "The invitation has as many bookings as the policy allows: Two a day" in found


def test_only_who_may_see_the_invitation_is_told():
    invitation = make_invitation().invitation
    host = invitation.hosts.get().service_resource
    stranger = make_resource(invitation.territory)
    assert page(signed_in(own_user(stranger)), invitation).status_code == 404
    assert page(signed_in(make_user()), invitation).status_code == 404
    assert page(signed_in(own_user(host)), invitation).status_code == 200
    assert page(signed_in(make_assistant(host)), invitation).status_code == 200


def test_nothing_on_offer_is_said():
    invitation = make_invitation().invitation
    WorkType.objects.get().territory_work_types.all().delete()
    found = page(signed_in(make_administrator()), invitation)
    assert found.status_code == 200


def test_more_hosts_take_no_more_queries():
    place = make_territory()
    work = make_work_type(place)
    client = signed_in(make_administrator())

    def queries(number):
        hosts = [make_resource(place) for _ in range(number)]
        invitation = make_invitation(*hosts, territory=place, work_type=work).invitation
        with CaptureQueriesContext(connection) as found:
            assert page(client, invitation, at=TEN).status_code == 200
        return len(found)

    assert queries(1) == queries(5) <= 30
