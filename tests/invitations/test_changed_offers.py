"""What is offered changes while a form lies open: nothing is booked but what was read (B5, B7)."""

from __future__ import annotations

import datetime as dt

import pytest

from appointments.models import Appointment
from scheduling.models import Membership, OperatingHours, WorkType, WorkTypeGroupMember
from tests.factories import (
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import DETAILS, hidden_fields, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

TEN = "2026-11-23T09:00:00Z"
CHANGED = "What is offered here has just changed"


@pytest.fixture
def office():
    return make_territory(name="North")


def sent(client, key, chosen=""):
    """Where the form goes, and what it says."""
    address = f"/invite/{key.key}/book/?{chosen}"
    form = hidden_fields(client.get(f"{address}&start={TEN}"))
    return address, {**form, **DETAILS, "description": "A long story"}


@pytest.fixture
def by_place(office):
    """By place, with South chosen."""
    south = make_territory(name="South")
    host = make_resource(office, south)
    key = make_invitation(host, territory=None, work_type=make_work_type(office, south))
    return key, f"place={south.pk}", lambda: Membership.objects.filter(territory=south).delete()


@pytest.fixture
def by_topic(office):
    """By topic, with Divorce chosen."""
    topics = [
        make_topic(make_work_type(office, duration=duration), name=name)
        for name, duration in (("Divorce", 30), ("Pension", 60))
    ]
    key = make_invitation(make_resource(office), territory=office, topic=None, work_type=None)
    members = WorkTypeGroupMember.objects.filter(group=topics[0])
    return key, f"topic={topics[0].pk}", members.delete


@pytest.fixture
def by_length(office):
    work = make_work_type(office)
    key = make_invitation(make_resource(office), territory=office, work_type=work)
    return key, "", lambda: WorkType.objects.update(duration=240)


@pytest.fixture
def by_zone(office):
    key = make_invitation(make_resource(office), territory=office, work_type=make_work_type(office))
    return key, "", lambda: OperatingHours.objects.update(time_zone="Europe/London")


SCENES = ["by_place", "by_topic", "by_length", "by_zone"]


@pytest.mark.parametrize("scene", SCENES)
def test_what_changed_is_shown_anew_with_all_that_was_typed(client, request, scene):
    key, chosen, change = request.getfixturevalue(scene)
    address, data = sent(client, key, chosen)
    change()
    page = client.post(address, data)
    assert (page.status_code, Appointment.objects.count()) == (409, 0)
    assert CHANGED in text(page)
    assert "A long story" in text(page)
    again = {**data, **hidden_fields(page)}
    assert client.post(address, again).status_code == 303
    made = Appointment.objects.get()
    assert (made.end - made.start) == dt.timedelta(minutes=made.work_type.duration)


@pytest.mark.parametrize("scene", SCENES)
def test_b5_who_booked_before_the_change_is_led_there(client, request, scene):
    key, chosen, change = request.getfixturevalue(scene)
    address, data = sent(client, key, chosen)
    booked = client.post(address, data)
    change()
    again = client.post(address, data)
    assert (again.status_code, again["Location"]) == (303, booked["Location"])
    assert Appointment.objects.count() == 1


def test_a_form_that_booked_and_says_something_else_is_shown_as_a_new_one(client, by_length):
    key, chosen, change = by_length
    address, data = sent(client, key, chosen)
    client.post(address, data)
    change()
    page = client.post(address, {**data, "first_name": "Greta"})
    assert (page.status_code, Appointment.objects.count()) == (409, 1)
    assert hidden_fields(page)["form_token"] != data["form_token"]


def test_what_is_no_longer_offered_gives_back_what_was_written(client, office):
    topic = make_topic(make_work_type(office), name="Divorce")
    key = make_invitation(make_resource(office), territory=office, topic=topic)
    address, data = sent(client, key)
    WorkTypeGroupMember.objects.all().delete()
    page = client.post(address, data)
    assert page.status_code == 409
    assert "A long story" in text(page)


def test_b5_who_booked_what_is_no_longer_offered_is_led_there(client, office):
    topic = make_topic(make_work_type(office), name="Divorce")
    key = make_invitation(make_resource(office), territory=office, topic=topic)
    address, data = sent(client, key)
    booked = client.post(address, data)
    WorkTypeGroupMember.objects.all().delete()
    again = client.post(address, data)
    assert (again.status_code, again["Location"]) == (303, booked["Location"])


def test_a_choice_that_came_up_leads_on_to_the_time_that_was_sent(client, office):
    make_topic(make_work_type(office), name="Divorce")
    key = make_invitation(make_resource(office), territory=office, topic=None, work_type=None)
    address, data = sent(client, key)
    other = make_topic(make_work_type(office), name="Pension")
    page = client.post(address, data)
    assert page.status_code == 409
    assert "A long story" in text(page)
    assert f"?start=2026-11-23T09%3A00%3A00Z&amp;topic={other.pk}" in text(page)


def test_a_move_to_what_changed_is_asked_anew(client, by_length):
    key, chosen, change = by_length
    page = client.post(*sent(client, key, chosen))["Location"]
    later = "2026-11-23T10:00:00Z"
    form = hidden_fields(client.get(f"{page}move/to/?start={later}"))
    change()
    asked = client.post(f"{page}move/to/", form)
    assert asked.status_code == 409
    assert CHANGED in text(asked)
    assert Appointment.objects.get().start.isoformat() == "2026-11-23T09:00:00+00:00"
    assert client.post(f"{page}move/to/", hidden_fields(asked)).status_code == 303
    # Sent once more, it is where it was asked to be.
    assert client.post(f"{page}move/to/", form).status_code == 303
