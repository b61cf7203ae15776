"""Calendars that subscribe to a resource's feed: what they are told, and for how long."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from appointments.models import CalendarFeed, Client, Status
from scheduling.models import Absence
from tests.factories import at, make_appointment, make_resource
from tests.staff import make_assistant, make_scheduling_administrator, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 10:00")
START = at("2026-11-24 10:00")
AN_HOUR = dt.timedelta(hours=1)
FULL, BUSY = CalendarFeed.Kind


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def anna():
    return make_resource(name="Anna Berger")


def make_feed(resource, kind=FULL):
    return CalendarFeed.objects.create(service_resource=resource, kind=kind)


def events(client, feed):
    response = client.get(feed.get_absolute_url())
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def spans(found):
    return [(event.decoded("dtstart"), event.decoded("dtend")) for event in found]


# What they say


def test_the_full_feed_has_the_resources_own_appointments_with_their_guests(client, anna):
    appointment = make_appointment(anna, START, last_name='Gast "X"; END:VEVENT\r\n🎉')
    make_appointment(make_resource(), START)
    [event] = events(client, make_feed(anna))
    assert spans([event]) == [(START, START + dt.timedelta(minutes=30))]
    assert str(event["dtstart"].dt.tzinfo) == "UTC"
    assert event["summary"].startswith('Gerda Gast "X"; END:VEVENT')
    assert event["uid"] == f"{appointment.uid}@appointments"
    assert event["url"] == (
        f"http://testserver/admin/appointments/appointment/{appointment.pk}/change/"
    )


def test_l1_it_does_not_give_away_the_guests_own_link(client, anna):
    appointment = make_appointment(anna, START)
    content = client.get(make_feed(anna).get_absolute_url()).content.decode()
    assert appointment.key not in content.replace("\r\n ", "")


@pytest.mark.parametrize("kind", [FULL, BUSY])
@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_what_does_not_take_place_is_in_none(client, anna, kind, status):
    appointment = make_appointment(anna, START, status=status)
    appointment.assignments.update(holds_time=False)
    assert events(client, make_feed(anna, kind)) == []


@pytest.mark.parametrize("kind", [FULL, BUSY])
def test_they_begin_thirty_days_ago(client, anna, kind):
    for days in (29, 31):
        make_appointment(anna, NOW - dt.timedelta(days=days))
    [event] = events(client, make_feed(anna, kind))
    assert event.decoded("dtstart") == NOW - dt.timedelta(days=29)


@pytest.mark.parametrize("kind", [FULL, BUSY])
def test_what_nobody_confirmed_in_time_is_in_none(client, anna, kind):
    until = NOW - AN_HOUR
    lapsed = make_appointment(anna, START, status=Status.PENDING, confirm_until=until)
    lapsed.assignments.update(holds_until=until)
    assert events(client, make_feed(anna, kind)) == []


def test_one_that_is_to_be_confirmed_is_tentative(client, anna):
    make_appointment(anna, START, status=Status.PENDING, confirm_until=NOW + AN_HOUR)
    [event] = events(client, make_feed(anna))
    assert event["status"] == "TENTATIVE"


def test_the_busy_feed_runs_blocked_times_and_absences_together_and_names_nobody(client, anna):
    known = Client.objects.create(first_name="Gerda", last_name="Gast", email="g@example.com")
    for hours in (0, 5):
        found = make_appointment(
            anna, START + hours * AN_HOUR, client=known, subject="Pension", phone="+4930111"
        )
        found.assignments.update(blocked_end=found.end + dt.timedelta(minutes=30))
    Absence.objects.create(
        service_resource=anna, start=START + AN_HOUR, end=START + 2 * AN_HOUR, description="Doctor"
    )
    feed = make_feed(anna, BUSY)
    found = events(client, feed)
    assert spans(found) == [
        (START, START + 2 * AN_HOUR),
        (START + 5 * AN_HOUR, START + 6 * AN_HOUR),
    ]
    assert {str(event["summary"]) for event in found} == {"Busy"}
    content = client.get(feed.get_absolute_url()).content.decode()
    for word in ("Gerda", "Gast", "Pension", "4930", "Doctor", "acation", "Review", "Office"):
        assert word not in content


# How they answer


def test_who_no_longer_works_has_no_feed(client, anna):
    feed = CalendarFeed.objects.create(service_resource=anna, kind="full")
    assert client.get(feed.get_absolute_url()).status_code == 200
    type(anna).objects.update(is_active=False)
    assert client.get(feed.get_absolute_url()).status_code == 404


def test_l1_unknown_and_revoked_addresses_look_alike(client, anna):
    feed = make_feed(anna)
    CalendarFeed.objects.revoke(NOW)
    revoked, unknown = client.get(feed.get_absolute_url()), client.get(f"/feed/{'x' * 32}.ics")
    assert (revoked.status_code, unknown.status_code) == (404, 404)
    assert revoked.content == unknown.content


def test_l5_only_its_reader_keeps_it_and_asks_again_each_time(client, anna):
    response = client.get(make_feed(anna).get_absolute_url())
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies


@pytest.mark.parametrize("kind", [FULL, BUSY])
def test_what_has_not_changed_is_not_sent_again(client, anna, clock, kind):
    make_appointment(anna, START)
    url = make_feed(anna, kind).get_absolute_url()
    etag = client.get(url)["ETag"]
    clock.move_to(NOW + AN_HOUR, tick=False)
    again = client.get(url, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"] == "private, no-cache"
    make_appointment(anna, START + AN_HOUR)
    changed = client.get(url, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_l2_it_is_read_and_nothing_else(client, anna):
    url = make_feed(anna).get_absolute_url()
    assert client.head(url).status_code == 200
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(url).status_code == 405


@pytest.mark.parametrize(("kind", "most"), [(FULL, 4), (BUSY, 3)])
def test_it_takes_the_same_queries_for_one_appointment_and_for_thirty(client, anna, kind, most):
    url = make_feed(anna, kind).get_absolute_url()
    counts = []
    for days in range(1, 31):
        make_appointment(anna, START + dt.timedelta(days=days))
        if days in (1, 30):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts == [most, most]


# Who makes and revokes them


def add(client, resource, kind=FULL):
    url = reverse("admin:appointments_calendarfeed_add")
    return client.post(url, {"service_resource": resource.pk, "kind": kind}, follow=True)


def revoke(client, feed):
    return client.post(reverse("admin:appointments_calendarfeed_revoke", args=[feed.pk]))


def test_a_resource_makes_one_and_sees_its_address(anna):
    shown = add(signed_in(own_user(anna)), anna).content.decode()
    feed = CalendarFeed.objects.get()
    assert (feed.service_resource, feed.kind) == (anna, FULL)
    assert f"http://testserver/feed/{feed.key}.ics" in shown
    assert f'href="webcal://testserver/feed/{feed.key}.ics"' in shown


def test_an_administrator_makes_one_for_anybody_and_revokes_it(client, anna):
    office = signed_in(make_scheduling_administrator())
    add(office, anna, BUSY)
    feed = CalendarFeed.objects.get()
    assert client.get(feed.get_absolute_url()).status_code == 200
    page = reverse("admin:appointments_calendarfeed_change", args=[feed.pk])
    assert revoke(office, feed).url == page
    assert client.get(feed.get_absolute_url()).status_code == 404
    shown = office.get(page).content.decode()
    assert feed.key not in shown
    assert "Revoke this address" not in shown
    first = CalendarFeed.objects.get().revoked_at
    revoke(office, feed)
    assert CalendarFeed.objects.get().revoked_at == first


def test_a_resource_makes_and_revokes_none_of_somebody_else(client, anna):
    feed, stranger = make_feed(anna), signed_in(own_user(make_resource()))
    assert add(stranger, anna).status_code == 200
    assert CalendarFeed.objects.count() == 1
    assert revoke(stranger, feed).status_code == 404
    assert client.get(feed.get_absolute_url()).status_code == 200


def test_an_assistant_neither_sees_nor_makes_one(anna):
    feed, assistant = make_feed(anna), signed_in(make_assistant(anna))
    for name, args in (("changelist", []), ("add", []), ("change", [feed.pk])):
        url = reverse(f"admin:appointments_calendarfeed_{name}", args=args)
        assert assistant.get(url).status_code in {403, 404}
    resource_page = reverse("admin:scheduling_serviceresource_change", args=[anna.pk])
    assert "Calendar feeds" not in assistant.get(resource_page).content.decode()


def test_a_resources_own_page_leads_to_its_feeds_which_name_no_key(anna):
    feed, client = make_feed(anna), signed_in(own_user(anna))
    page = client.get(reverse("admin:scheduling_serviceresource_change", args=[anna.pk]))
    listed = reverse("admin:appointments_calendarfeed_changelist")
    assert f"{listed}?service_resource__id__exact={anna.pk}" in page.content.decode()
    shown = client.get(listed, {"service_resource__id__exact": anna.pk}).content.decode()
    assert "Anna Berger" in shown
    assert feed.key not in shown
