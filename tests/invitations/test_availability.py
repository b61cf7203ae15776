"""The next free time in the list of invitations: that of the guest's page, at a fixed price."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.clocks import iso
from appointments.openings import question
from invitations.availability import next_starts
from invitations.calendar import first_opening
from invitations.choices import all_terms_of
from invitations.models import Invitation, InvitationKey
from scheduling.engine.intervals import minute_of
from scheduling.models import Absence, Membership, ServiceResource
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import starts

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

NOW = at("2026-11-20 12:00")  # a Friday
MORNING = [(dt.time(8), dt.time(9))]


def listed() -> dict[int, dt.datetime]:
    return next_starts(list(Invitation.objects.for_staff(NOW)), NOW)


def said_of(key: InvitationKey) -> str:
    """The first free start that the list names for an invitation, empty for none."""
    found = listed().get(key.invitation_id)
    return iso(minute_of(found)) if found else ""


def shown_by(client, key: InvitationKey, query: str = "") -> str:
    """The first start on the guest's page."""
    return next(iter(starts(client.get(f"/invite/{key.key}/{query}"))), "")


def booked_up() -> InvitationKey:
    territory = make_territory()
    host = make_resource(territory)
    make_appointment(host, at("2026-11-20 09:00"), 10 * 24 * 60)
    return make_invitation(host, territory=territory)


def between_dates() -> InvitationKey:
    territory = make_territory(make_hours("Asia/Tokyo"))
    return make_invitation(
        make_resource(territory), territory=territory, from_date=dt.date(2027, 3, 1)
    )


def of_a_topic() -> InvitationKey:
    territory = make_territory()
    quick = make_work_type(territory, timeframe_start=3, timeframe_start_unit="days")
    topic = make_topic(quick, make_work_type())
    return make_invitation(make_resource(territory), topic=topic, territory=territory)


def with_two_who_never_meet() -> InvitationKey:
    territory = make_territory()
    early, late = make_resource(territory), make_resource(territory)
    early.memberships.update(operating_hours=make_hours(times=[(dt.time(9), dt.time(10))]))
    late.memberships.update(operating_hours=make_hours(times=[(dt.time(10), dt.time(11))]))
    return make_invitation(early, late, territory=territory)


def with_any_of_two() -> InvitationKey:
    key = with_two_who_never_meet()
    Invitation.objects.filter(pk=key.invitation_id).update(any_host=True)
    return key


def away_for_years() -> InvitationKey:
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    Absence.objects.create(
        service_resource=host, start=at("2026-11-01 00:00"), end=at("2028-01-01 00:00")
    )
    return key


def relocated() -> InvitationKey:
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    Membership.objects.create(
        service_resource=host,
        territory=make_territory(),
        type=Membership.Type.RELOCATION,
        start_date=dt.date(2026, 11, 1),
        end_date=dt.date(2026, 12, 24),
    )
    return key


def no_longer_offered() -> InvitationKey:
    key = make_invitation()
    key.invitation.territory.territory_work_types.all().delete()
    return key


MAKERS = [
    make_invitation,
    booked_up,
    between_dates,
    of_a_topic,
    with_two_who_never_meet,
    with_any_of_two,
    away_for_years,
    relocated,
    no_longer_offered,
]


def test_list_and_guests_page_name_the_same_first_start(client):
    keys = [make() for make in MAKERS]
    said = [said_of(key) for key in keys]
    assert said == [shown_by(client, key) for key in keys]
    assert said[0] == "2026-11-20T11:00:00Z"
    assert [bool(start) for start in said] == [
        *(True, True, True, True),
        *(False, True, False, True, False),
    ]


def test_where_the_guest_chooses_the_earliest_of_all_choices_counts(client):
    here, there = make_territory(), make_territory(make_hours("Asia/Tokyo"))
    slow = make_topic(make_work_type(here, timeframe_start=30, timeframe_start_unit="days"))
    quick = make_topic(make_work_type(here, there, timeframe_start=1, timeframe_start_unit="days"))
    host = make_resource(here, there)
    key = make_invitation(host, topic=None, work_type=None)
    ways = [
        shown_by(client, key, f"?topic={topic.pk}&place={place.pk}")
        for topic, place in [(slow, here), (quick, here), (quick, there)]
    ]
    assert len({*ways}) == 3
    assert said_of(key) == min(ways) == ways[2]


def test_should_a_topic_mean_two_work_types_at_a_place_the_older_counts():
    territory = make_territory()
    older, newer = make_work_type(territory), make_work_type(territory)
    make_invitation(make_resource(territory), topic=make_topic(newer, older), territory=territory)
    [[terms]] = all_terms_of(list(Invitation.objects.for_staff(NOW)))
    assert terms.work_type == older


def test_a_place_where_not_all_hosts_work_is_no_choice():
    here, there = make_territory(), make_territory()
    topic = make_topic(make_work_type(here, there))
    anna, tom = make_resource(here, there), make_resource(here)
    there.operating_hours.time_slots.update(start_time=dt.time(7))
    here.operating_hours.time_slots.update(start_time=dt.time(11))
    both = make_invitation(anna, tom, topic=topic)
    either = make_invitation(anna, tom, topic=topic, any_host=True)
    Invitation.objects.update(from_date=dt.date(2026, 11, 23))
    assert said_of(both) == "2026-11-23T10:00:00Z"
    assert said_of(either) == "2026-11-23T06:00:00Z"


@pytest.mark.parametrize("fields", [{"is_active": False}, {"expiry_date": dt.date(2026, 11, 19)}])
def test_closed_invitations_are_not_searched(fields, django_assert_num_queries):
    make_invitation(**fields)
    rows = list(Invitation.objects.for_staff(NOW))
    with django_assert_num_queries(0):
        assert next_starts(rows, NOW) == {}


def cost(rows: list[Invitation]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert len(next_starts(rows, NOW)) == len(rows)
    return len(queries)


def test_the_queries_are_nine_for_one_and_for_a_hundred():
    here, there = make_territory(), make_territory(make_hours(times=MORNING))
    topic = make_topic(make_work_type(here, there))
    host = make_resource(here, there)
    make_invitation(host, topic=None, work_type=None)
    assert cost(list(Invitation.objects.for_staff(NOW))) == 9
    for number in range(99):
        place = [None, make_territory(make_hours(times=MORNING))][number % 2]
        if place:
            topic.work_types.add(make_work_type(place))
        make_invitation(make_resource(place or here, there), territory=place, topic=topic)
    rows = list(Invitation.objects.for_staff(NOW))
    assert (len(rows), cost(rows)) == (100, 9)


def test_an_opening_is_found_only_before_a_limit():
    make_invitation()
    [[terms]] = all_terms_of(list(Invitation.objects.for_staff(NOW)))
    asked = question(terms, NOW)
    first = minute_of(NOW)
    assert first_opening(asked) == first
    assert first_opening(asked, before=first) is None
    assert first_opening(asked, before=first + 1) == first


def test_of_any_host_the_page_names_those_who_still_work_here(client):
    place = make_territory()
    anna, tom = make_resource(place, name="Anna"), make_resource(place, name="Tom")
    terms = {"territory": place, "work_type": make_work_type(place), "any_host": True}
    page = f"/invite/{make_invitation(anna, tom, **terms).key}/"
    assert "Tom" in client.get(page).content.decode()
    ServiceResource.objects.filter(pk=tom.pk).update(is_active=False)
    shown = client.get(page).content.decode()
    assert ("Anna" in shown, "Tom" in shown) == (True, False)
