"""Generating an invitation, and the criteria that can't hold."""

from __future__ import annotations

import datetime as dt

import pytest

from invitations.generate import Criteria, ImpossibleCriteriaError, generate
from invitations.models import Invitation
from tests.factories import make_hours, make_resource, make_territory, make_topic, make_work_type
from tests.staff import make_user

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
TOMORROW = TODAY + dt.timedelta(days=1)
YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture
def office():
    return make_territory(make_hours("Europe/Lisbon"), name="Lisbon")


@pytest.fixture
def topic(office):
    return make_topic(make_work_type(office), name="Review")


def refusal(criteria: Criteria) -> tuple[str, str]:
    with pytest.raises(ImpossibleCriteriaError) as caught:
        generate(criteria, today=TODAY)
    assert not Invitation.objects.exists()
    return caught.value.field, caught.value.message


def test_an_invitation_carries_its_criteria_hosts_and_a_key(office, topic):
    user, resource = make_user(), make_resource(office)
    others = [make_resource(office) for _ in range(2)]
    criteria = Criteria(
        hosts=(others[0], resource, others[1]),
        topic=topic,
        territory=office,
        appointment_type="video",
        from_date=TODAY,
        until_date=TOMORROW,
        expiry_date=TODAY,
        max_bookings=3,
        message="Welcome",
    )
    key = generate(criteria, created_by=user, on_behalf_of=resource, today=TODAY)
    invitation = Invitation.objects.get(keys=key)
    fields = "topic territory appointment_type any_host from_date until_date expiry_date"
    for name in (*fields.split(), "max_bookings", "message"):
        assert getattr(invitation, name) == getattr(criteria, name)
    assert (invitation.created_by, invitation.on_behalf_of) == (user, resource)
    assert len(key.key) >= 22
    hosts = [(host.service_resource, host.role) for host in invitation.hosts.all()]
    assert hosts == [(others[0], "primary"), (resource, "required"), (others[1], "required")]


def test_its_zone_is_that_of_the_territory(office, topic):
    resource = make_resource(office, time_zone="America/New_York")
    key = generate(Criteria((resource,), topic=topic, territory=office), today=TODAY)
    assert key.invitation.time_zone.key == "Europe/Lisbon"


def test_without_a_territory_its_zone_is_that_of_the_first_host(office, topic):
    first = make_resource(office, time_zone="America/New_York")
    second = make_resource(office, time_zone="Asia/Tokyo")
    key = generate(Criteria((first, second), topic=topic), today=TODAY)
    assert key.invitation.time_zone.key == "America/New_York"


def test_a_host_named_twice_takes_part_once(office, topic):
    resource = make_resource(office)
    key = generate(Criteria((resource, resource), topic=topic), today=TODAY)
    assert [host.service_resource for host in key.invitation.hosts.all()] == [resource]


def test_topic_and_place_may_be_left_to_the_guest(office, topic):
    key = generate(Criteria((make_resource(office),)), today=TODAY)
    assert (key.invitation.topic, key.invitation.territory) == (None, None)


def test_five_may_all_be_required_and_six_may_not(office, topic):
    hosts = tuple(make_resource(office) for _ in range(6))
    field, _message = refusal(Criteria(hosts, topic=topic))
    assert field == "hosts"
    assert generate(Criteria(hosts, topic=topic, any_host=True), today=TODAY)
    assert generate(Criteria(hosts[:5], topic=topic), today=TODAY)


def test_somebody_has_to_be_invited_to():
    assert refusal(Criteria(())) == ("hosts", "Choose who the invitation is to.")


def test_a_host_has_to_be_active(office, topic):
    resource = make_resource(office, name="Anna", is_active=False)
    expected = ("hosts", "Anna is not active and can’t be booked at present.")
    assert refusal(Criteria((resource,), topic=topic)) == expected


def test_a_host_has_to_work_somewhere(topic):
    resource = make_resource(name="Anna")
    expected = ("hosts", "Anna: no place of work is known yet. Add a membership first.")
    assert refusal(Criteria((resource,), topic=topic)) == expected


def test_hosts_who_all_take_part_need_a_place_in_common(office, topic):
    elsewhere = make_territory()
    anna, bernd = make_resource(office, name="Anna"), make_resource(elsewhere, name="Bernd")
    expected = ("hosts", "There is no place at which Anna and Bernd work together.")
    assert refusal(Criteria((anna, bernd), topic=topic)) == expected
    assert generate(Criteria((anna, bernd), topic=topic, any_host=True), today=TODAY)


def test_the_place_has_to_be_one_of_the_hosts(office, topic):
    resource = make_resource(make_territory(), name="Anna")
    expected = ("territory", "Lisbon is not a place of Anna. Choose another, or none.")
    assert refusal(Criteria((resource,), topic=topic, territory=office)) == expected


def test_the_topic_has_to_be_offered_at_the_place(office):
    resource, topic = make_resource(office), make_topic(make_work_type(), name="Review")
    expected = ("topic", "“Review” isn’t offered at Lisbon.")
    assert refusal(Criteria((resource,), topic=topic, territory=office)) == expected


def test_the_work_type_has_to_be_offered_where_the_hosts_work(office):
    resource, work_type = make_resource(office), make_work_type(name="Check")
    expected = ("work_type", "“Check” isn’t offered where the people of this invitation work.")
    assert refusal(Criteria((resource,), work_type=work_type)) == expected


def test_a_work_type_offered_there_needs_no_topic(office):
    work_type = make_work_type(office)
    key = generate(Criteria((make_resource(office),), work_type=work_type), today=TODAY)
    assert key.invitation.work_type == work_type


def test_a_guest_can_only_choose_a_topic_where_there_is_one(office):
    make_work_type(office)
    field, message = refusal(Criteria((make_resource(office),)))
    assert field == "topic"
    assert message.startswith("No topic is offered there yet.")


def test_a_topic_excludes_a_work_type(office, topic):
    criteria = Criteria((make_resource(office),), topic=topic, work_type=make_work_type(office))
    assert refusal(criteria) == ("topic", "Choose a topic or a work type, not both.")


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"from_date": TOMORROW, "until_date": TODAY}, "until_date"),
        ({"until_date": YESTERDAY}, "until_date"),
        ({"expiry_date": YESTERDAY}, "expiry_date"),
        ({"max_bookings": 0}, "max_bookings"),
    ],
)
def test_dates_and_number_have_to_leave_something(office, topic, dates, field):
    assert refusal(Criteria((make_resource(office),), topic=topic, **dates))[0] == field


def test_a_single_day_and_an_expiry_today_are_possible(office, topic):
    dates = {"from_date": TODAY, "until_date": TODAY, "expiry_date": TODAY}
    assert generate(Criteria((make_resource(office),), topic=topic, **dates), today=TODAY)
