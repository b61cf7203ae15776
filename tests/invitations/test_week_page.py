"""What a guest sees on opening an invitation URL."""

from __future__ import annotations

import datetime as dt

import pytest

from scheduling.models import Absence
from tests.factories import (
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import links, starts, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]


def url_of(key, rest=""):
    return f"/invite/{key.key}/{rest}"


def test_it_opens_at_the_week_of_the_first_opening(client):
    key = make_invitation(from_date=dt.date(2027, 2, 10))
    response = client.get(url_of(key))
    assert response.status_code == 200
    assert starts(response)[0] == "2027-02-10T08:00:00Z"


def test_the_first_week_starts_from_now(client):
    assert starts(client.get(url_of(make_invitation())))[0] == "2026-11-20T11:00:00Z"


def test_a_week_shows_its_own_openings_only(client):
    found = starts(client.get(url_of(make_invitation(), "2026-W48/")))
    assert (found[0], found[-1], len(found)) == (
        "2026-11-23T08:00:00Z",
        "2026-11-27T15:30:00Z",
        80,
    )


def test_previous_next_and_the_ends_of_availability_are_linked(client):
    key = make_invitation(until_date=dt.date(2026, 12, 18))
    middle = links(client.get(url_of(key, "2026-W49/")))
    for week in ("2026-W47", "2026-W48", "2026-W50", "2026-W51"):
        assert url_of(key, f"{week}/") in middle
    first, last = (links(client.get(url_of(key, f"{week}/"))) for week in ("2026-W47", "2026-W51"))
    assert url_of(key, "2026-W46/") not in first
    assert url_of(key, "2026-W52/") not in last


def test_an_empty_week_offers_the_next_free_one(client):
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    Absence.objects.create(
        service_resource=host, start=at("2026-11-23 00:00"), end=at("2026-11-30 00:00")
    )
    response = client.get(url_of(key, "2026-W48/"))
    assert (response.status_code, starts(response)) == (200, [])
    assert url_of(key, "2026-W49/") in links(response)


def test_weeks_far_beyond_the_horizon_are_empty_not_broken(client):
    response = client.get(url_of(make_invitation(), "2150-W01/"))
    assert (response.status_code, starts(response)) == (200, [])


@pytest.mark.parametrize("week", ["2026-W00", "2026-W54", "2026-W99", "9999-W52", "0000-W01"])
def test_a_week_that_no_calendar_has_is_not_found(client, week):
    assert client.get(url_of(make_invitation(), f"{week}/")).status_code == 404


def test_t5_the_guests_zone_leads_a_phone_call(client):
    key = make_invitation(appointment_type="phone")
    page = text(client.get(url_of(key, "2026-W48/?tz=America/New_York")))
    assert "03:00" in page
    assert "New York" in page


def test_t5_the_places_zone_leads_in_person_and_the_guests_stands_beside(client):
    page = text(client.get(url_of(make_invitation(), "2026-W48/?tz=Asia/Tokyo")))
    assert "09:00" in page
    assert "17:00" in page
    assert "Tue 00:30" in page  # 16:30 on Monday in Berlin


def test_t5_a_repeated_hour_shows_its_offset_both_times(client):
    territory = make_territory()
    territory.operating_hours.time_slots.update(start_time=dt.time(0), end_time=dt.time(4))
    territory.operating_hours.time_slots.filter(day_of_week=0).update(day_of_week=6)
    key = make_invitation(make_resource(territory), territory=territory)
    page = text(client.get(url_of(key, "2027-W43/")))
    assert "02:30 (UTC+2)" in page
    assert "02:30 (UTC+1)" in page
    assert "03:30 (UTC" not in page


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../etc/passwd", "%00", "Europe/Berlin%00", "x" * 500]
)
def test_an_unknown_zone_is_said_and_the_page_still_works(client, zone):
    response = client.get(url_of(make_invitation(), f"?tz={zone}"))
    assert response.status_code == 200
    assert starts(response)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"])
@pytest.mark.parametrize("kind", ["phone", "in_person"])
def test_t6_the_zone_never_adds_or_removes_an_instant(client, zone, kind):
    until = dt.date(2026, 12, 8)
    key = make_invitation(appointment_type=kind, until_date=until)
    weeks = [f"2026-W{number}/" for number in range(46, 52)]
    plain = [s for week in weeks for s in starts(client.get(url_of(key, week)))]
    asked = [s for week in weeks for s in starts(client.get(url_of(key, f"{week}?tz={zone}")))]
    assert asked == plain
    assert len(plain) == len(set(plain)) > 100


@pytest.mark.parametrize("hosts", [1, 30])
def test_the_number_of_queries_is_the_same_for_any_number_of_hosts(
    client, django_assert_num_queries, hosts
):
    territory = make_territory()
    team = [make_resource(territory) for _ in range(hosts)]
    key = make_invitation(*team, territory=territory, any_host=True)
    with django_assert_num_queries(8):
        client.get(url_of(key))


def test_a_topic_left_open_is_chosen_by_the_guest_and_carried_on(client):
    territory = make_territory()
    short = make_topic(make_work_type(territory, duration=15), name="Short")
    long = make_topic(make_work_type(territory, duration=60), name="Long")
    key = make_invitation(make_resource(territory), territory=territory, topic=None, work_type=None)
    choice = client.get(url_of(key))
    assert starts(choice) == []
    assert url_of(key, f"?topic={short.pk}") in links(choice)
    week = client.get(url_of(key, f"?topic={long.pk}"))
    assert starts(week)
    booking = next(url for url in links(week) if "/book/" in url)
    assert f"topic={long.pk}" in booking


def test_a_place_left_open_is_chosen_among_those_the_hosts_share(client):
    here, there, elsewhere = make_territory(), make_territory(), make_territory()
    work = make_work_type(here, there, elsewhere)
    team = [make_resource(here, there), make_resource(there, here, elsewhere)]
    key = make_invitation(*team, work_type=work)
    offered = links(client.get(url_of(key)))
    assert url_of(key, f"?place={here.pk}") in offered
    assert url_of(key, f"?place={elsewhere.pk}") not in offered
    assert starts(client.get(url_of(key, f"?place={there.pk}")))


def test_a_choice_of_one_is_no_choice(client):
    territory = make_territory()
    make_topic(make_work_type(territory))
    key = make_invitation(make_resource(territory), topic=None, work_type=None)
    assert starts(client.get(url_of(key)))


@pytest.mark.parametrize("query", ["topic=999", "topic=abc", "place=%00", "topic=1&place=-5"])
def test_a_choice_that_is_not_on_offer_counts_as_none(client, query):
    territory = make_territory()
    for _ in range(2):
        make_topic(make_work_type(territory))
    key = make_invitation(make_resource(territory), topic=None, work_type=None)
    assert client.get(url_of(key, f"?{query}")).status_code == 200


def test_any_of_several_hosts_offers_what_one_of_them_has(client):
    territory = make_territory()
    team = [make_resource(territory), make_resource(territory)]
    Absence.objects.create(
        service_resource=team[0], start=at("2026-11-23 00:00"), end=at("2026-11-28 00:00")
    )
    any_key = make_invitation(*team, territory=territory, any_host=True)
    all_key = make_invitation(*team, territory=territory)
    assert len(starts(client.get(url_of(any_key, "2026-W48/")))) == 80
    assert starts(client.get(url_of(all_key, "2026-W48/"))) == []


def test_times_of_another_zone_stand_beneath_and_their_links_are_escaped(client):
    key = make_invitation()
    page = client.get(url_of(key, "2026-W48/?tz=Asia/Tokyo")).content.decode()
    link = f'href="/invite/{key.key}/book/?tz=Asia%2FTokyo&amp;start=2026-11-23T08:00:00Z"'
    words = "Monday, 23 November, 09:00 to 09:30, Berlin time (17:00, Tokyo time)"
    time = '<time datetime="2026-11-23T08:00:00Z">09:00</time><small>17:00</small></a>'
    assert f'{link} aria-label="{words}">{time}' in page
