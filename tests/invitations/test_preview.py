"""The preview of a draft, and how much it has to offer."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invitations.keys import own_url
from scheduling.models import Absence, Membership
from tests.factories import (
    at,
    make_appointment,
    make_hours,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import begin, created, send, step_url
from tests.invitations.pages import starts, text
from tests.staff import make_administrator, own_user, signed_in

pytestmark = pytest.mark.django_db

NOW = "2026-11-21 12:00Z"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def topic(office):
    work = make_work_type(office, start_interval=60, duration=60)
    return make_topic(work, name="Review")


@pytest.fixture
def anna(office, topic):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def own(anna):
    return signed_in(own_user(anna))


@pytest.fixture
def draft(own):
    """A draft for the two weeks from Monday on."""
    url = begin(own)
    send(own, step_url(url, "when"), from_date="2026-11-23", until_date="2026-12-04")
    return step_url(url, "preview")


def test_preview_guest_page_and_share_page_show_the_same_openings(own, anna, office, draft):
    make_appointment(anna, at("2026-11-24 10:00"), 60, territory=office)
    query = {"week": "2026-W48", "tz": "America/New_York"}
    previewed = starts(own.get(draft, query))
    invitation = created(own.post(step_url(draft, "create")))
    url = own_url(invitation.keys.get())
    seen = starts(own.get(f"{url}2026-W48/", {"tz": "America/New_York"}))
    assert previewed == seen
    assert len(seen) == 5 * 8 - 1
    shared = text(own.get(reverse("admin:invitations_invitation_link", args=[invitation.pk])))
    offered = list(dict.fromkeys(re.findall(r"start=(2026-[0-9:T-]+Z)", unquote(shared))))
    assert offered == [seen[0], seen[8], seen[8 + 7]]


def test_a_preview_shows_the_page_at_another_time(own, draft):
    assert starts(own.get(draft, {"at": "2026-11-27T12:30"})) == [
        f"2026-11-27T{hour}:00:00Z" for hour in (12, 13, 14, 15)
    ]


def test_the_bars_count_what_the_guest_sees_at_that_time(own, draft):
    response = own.get(draft, {"at": "2026-11-27T12:30"})
    assert [week.count for week in response.context["outlook"].capacity.weeks] == [4, 40]


def test_after_its_last_day_a_preview_shows_that_the_link_has_ended(own, draft):
    page = own.get(draft, {"at": "2026-12-05T10:00"}).content.decode()
    assert "This invitation has ended" in page
    assert starts(own.get(draft, {"at": "2026-12-04T10:00"}))


def test_a_preview_with_nothing_free_names_the_hosts_office_where_the_place_is_open(own, anna):
    other = make_territory(name="Branch", phone="+49 30 1234")
    make_topic(make_work_type(other))
    Membership.objects.update(territory=other)
    url = begin(own)
    Absence.objects.create(
        service_resource=anna, start=at("2026-11-01 00:00"), end=at("2028-01-01 00:00")
    )
    own.post(step_url(url, "where"), {"territory": "", "appointment_type": "video"})
    response = own.get(step_url(url, "preview"))
    assert response.context["guest_template"] == "invitations/nothing_free.html"
    assert "+49 30 1234" in response.content.decode()


def test_an_odd_time_or_week_is_left_aside(own, draft):
    usual = starts(own.get(draft))
    for query in ({"at": "nonsense"}, {"at": "9999-12-31T23:59"}, {"week": "2026-W99"}):
        assert starts(own.get(draft, query)) == usual
    assert own.get(draft, {"at": "2027-03-28T02:30"}).status_code == 200


def test_the_weeks_of_a_preview_are_previews_too(own, draft):
    page = own.get(draft, {"tz": "Europe/Paris"}).content.decode()
    assert "week=2026-W49" in page
    assert not re.search(r'href="/invite/', page)


def test_a_preview_writes_nothing(own, draft):
    with CaptureQueriesContext(connection) as queries:
        response = own.get(draft)
    assert "Nothing is created yet" in response.content.decode()
    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_openings_are_counted_by_week(own, anna, office, draft):
    make_appointment(anna, at("2026-11-24 10:00"), 60, territory=office)
    capacity = own.get(draft).context["outlook"].capacity
    assert capacity.count == 79
    assert [week.count for week in capacity.weeks] == [39, 40]
    assert [week.height for week in capacity.weeks] == [98, 100]


def test_the_limit_stands_beside_the_count(own, draft):
    send(own, step_url(draft, "limits"), max_bookings="40")
    page = own.get(draft).content.decode()
    assert re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page)).count("80 free times") == 1
    assert "limit 40" in page


def test_the_hosts_absence_is_said_where_it_leaves_nothing(own, anna, draft):
    Absence.objects.create(
        service_resource=anna, start=at("2026-11-01 00:00"), end=at("2026-12-31 00:00")
    )
    response = own.get(draft)
    assert "Nobody could book" in response.content.decode()
    said = [str(each.words) for each in response.context["outlook"].advice]
    assert said == ["The hosts are absent."]
    link = response.context["outlook"].advice[0].url
    assert own.get(link).status_code == 200


def test_a_place_that_is_never_open_is_said_with_a_way_to_its_hours(anna, office):
    office.operating_hours.time_slots.all().delete()
    client = signed_in(make_administrator())
    url = begin(client)
    send(client, url, hosts=[anna.pk])
    advice = client.get(step_url(url, "preview")).context["outlook"].advice
    assert "closed" in str(advice[0].words)
    assert client.get(advice[0].url).context["original"] == office.operating_hours


def test_dates_that_leave_no_day_are_said_with_a_way_to_change_them(own):
    url = begin(own)
    send(own, step_url(url, "when"), from_in="0", until_after="1", until_after_unit="D")
    # 21 November 2026 is a Saturday.
    # Only today can be booked, which is a Saturday.
    assert dt.date(2026, 11, 21).weekday() == 5
    advice = own.get(step_url(url, "preview")).context["outlook"].advice
    assert advice[0].url == step_url(url, "when")


def test_where_the_guest_chooses_first_the_preview_asks_too(own, office, anna):
    make_topic(make_work_type(office), name="First meeting")
    url = begin(own)
    send(own, url, work="")
    page = own.get(step_url(url, "preview"))
    assert "What would you like to talk about?" in page.content.decode()
    assert page.context["outlook"] is None


def test_an_unfinished_draft_leads_to_the_step_that_is_missing(anna):
    make_resource(name="Bernd")
    client = signed_in(make_administrator())
    url = begin(client)
    response = client.get(step_url(url, "preview"))
    assert response.url.endswith("/who/?check")


def test_who_creates_without_looking_is_told_that_nobody_could_book(own, anna, draft):
    Absence.objects.create(
        service_resource=anna, start=at("2026-11-01 00:00"), end=at("2026-12-31 00:00")
    )
    page = own.post(step_url(draft, "create"), follow=True)
    assert "nobody could book by it now. The hosts are absent." in text(page)
    limits = own.get(step_url(begin(own), "limits"))
    assert limits.context["outlook"].capacity.count > 0
    assert "nobody could book" not in text(limits)


def test_reasons_are_right_where_clocks_are_off_the_half_hour():
    office = make_territory(make_hours("Asia/Kathmandu"), name="Kathmandu")
    make_topic(make_work_type(office, start_interval=30), name="Review")
    resource = make_resource(office, time_zone="Asia/Kathmandu")
    Absence.objects.create(
        service_resource=resource, start=at("2026-11-01 00:00"), end=at("2027-12-31 00:00")
    )
    client = signed_in(own_user(resource))
    advice = client.get(step_url(begin(client), "preview")).context["outlook"].advice
    assert [str(each.words) for each in advice] == ["The hosts are absent."]
