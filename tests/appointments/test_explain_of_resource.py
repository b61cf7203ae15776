"""The page that explains a resource's week: what it says, who sees what, in how many queries."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import BusyTime, ForeignCalendar
from scheduling.models import Absence, Holiday, Membership, TerritoryWorkType
from tests.appointments.explaining import start_section
from tests.factories import (
    at,
    make_appointment,
    make_group,
    make_hours,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import text
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

TEN = "2026-11-24T10:00:00+01:00"


@pytest.fixture(autouse=True)
def friday(time_machine):
    time_machine.move_to(at("2026-11-20 12:00"), tick=False)


@pytest.fixture
def place():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def resource(place):
    make_work_type(place, name="Annual review", block_time_after=15)
    return make_resource(place, name="Anna Berger")


@pytest.fixture
def own(resource):
    return signed_in(own_user(resource))


def page(client, resource, **query):
    address = reverse("admin:appointments_appointment_explain")
    return client.get(f"{address}?{urlencode({'resource': resource.pk, **query})}")


def links(response):
    return re.findall(r'<a href="([^"?]+)">([^<]+)</a>', start_section(response))


def test_a_plain_week_says_when_it_is_open(own, resource):
    found = page(own, resource, week="2026-W48")
    assert found.status_code == 200
    assert "80 starts are open this week." in text(found)
    assert "09:00 – 17:00: 16 starts" in text(found)
    assert start_section(found) == ""


def test_a_week_without_any_says_so(own, resource):
    assert "No start is open this week." in text(page(own, resource, week="2026-W46"))


def test_an_open_start_is_said_to_be_open(own, resource):
    found = page(own, resource, at=TEN)
    assert "Tuesday, 24 November 2026, 10:00 – 10:30" in text(found)
    assert "Nothing speaks against it." in start_section(found)


def test_a_time_is_asked_for_on_the_clock_of_the_place(own, resource):
    found = page(own, resource, moment_0="2026-11-24", moment_1="18:00")
    assert "Tuesday, 24 November 2026, 18:00 – 18:30" in text(found)
    assert "Outside the hours of the place" in start_section(found)


def test_a_time_that_clocks_skip_is_refused_in_words(own, resource):
    found = page(own, resource, moment_0="2027-03-28", moment_1="02:30")
    assert start_section(found) == ""
    assert "go forward that night and skip 02:30" in text(found)


def test_the_week_stays_after_a_time_that_is_none(own, resource):
    shown = text(page(own, resource, week="2026-W51"))
    assert '<input type="hidden" name="week" value="2026-W51">' in shown
    found = page(own, resource, week="2026-W51", moment_0="soon", moment_1="")
    assert "14 – 20 December 2026" in text(found)


def test_groups_are_explained_by_how_they_are_met(own, resource, place):
    assert 'name="meeting"' not in text(page(own, resource))
    yoga = make_work_type(place, name="Yoga", attendee_limit=3)
    make_group(
        resource, start=at(TEN[:16]), work_type=yoga, territory=place, appointment_type="video"
    )
    offer = TerritoryWorkType.objects.get(work_type=yoga).pk
    asked = {"offer": offer, "at": TEN}
    assert "no group begins then" in start_section(page(own, resource, **asked)).lower()
    found = page(own, resource, meeting="video", **asked)
    assert "Nothing speaks against it." in start_section(found)
    assert '<input type="hidden" name="meeting" value="video">' in text(found)


@pytest.mark.parametrize("query", [{"at": "soon"}, {"at": "9999-12-31T23:59:00Z"}, {"week": "x"}])
def test_what_is_no_time_is_this_week(own, resource, query):
    found = page(own, resource, **query)
    assert (found.status_code, start_section(found)) == (200, "")
    assert "16 – 22 November 2026" in text(found)


def test_each_reason_leads_to_the_record_behind_it(own, resource, place):
    appointment = make_appointment(resource, at("2026-11-24 10:00"), territory=place)
    absence = Absence.objects.create(
        service_resource=resource, start=at("2026-11-24 10:30"), end=at("2026-11-24 12:00")
    )
    found = dict(map(reversed, links(page(own, resource, at=TEN))))
    assert found == {
        "Gerda Gast": reverse("admin:appointments_appointment_change", args=[appointment.pk]),
        "Vacation": reverse("admin:scheduling_absence_change", args=[absence.pk]),
    }


def test_hours_and_holidays_lead_to_the_hours_for_who_may_see_them(resource, place):
    Holiday.objects.create(
        operating_hours=place.operating_hours, date="2026-11-24", name="Founder’s day"
    )
    client = signed_in(make_administrator())
    hours = reverse("admin:scheduling_operatinghours_change", args=[place.operating_hours_id])
    assert links(page(client, resource, at=TEN)) == [(hours, "Founder’s day")]
    assert links(page(client, resource, at="2026-11-23T06:00:00Z")) == [
        (hours, place.operating_hours.name)
    ]


def test_a_holiday_of_own_hours_is_not_blamed_on_the_place(resource, place):
    own_hours = make_hours()
    Membership.objects.update(operating_hours=own_hours)
    for hours, name in ((own_hours, "Ours"), (place.operating_hours, "The day after")):
        day = "2026-11-24" if hours == own_hours else "2026-11-25"
        Holiday.objects.create(operating_hours=hours, date=day, name=name)
    client = signed_in(make_administrator())
    assert [words for _url, words in links(page(client, resource, at=TEN))] == ["Ours"]


def test_a_foreign_calendar_is_named_without_what_is_in_it(own, resource):
    calendar = ForeignCalendar.objects.create(
        service_resource=resource, name="Private", url="https://example.com/a.ics"
    )
    BusyTime.objects.create(
        calendar=calendar, start=at("2026-11-24 10:00"), end=at("2026-11-24 11:00")
    )
    found = page(own, resource, at=TEN)
    assert "Busy in another calendar" in start_section(found)
    assert "example.com" not in found.content.decode()


def test_earlier_and_later_starts_lead_on(own, resource):
    found = start_section(page(own, resource, at=TEN))
    assert "2026-11-24T08:30:00Z" in found
    assert "2026-11-24T09:30:00Z" in found


def test_without_work_on_offer_it_says_what_to_do(place):
    resource = make_resource(place)
    found = page(signed_in(own_user(resource)), resource)
    assert "No work is offered here by now" in text(found)


def test_an_offer_of_elsewhere_is_not_taken(own, resource):
    elsewhere = make_territory()
    other = make_work_type(elsewhere).territory_work_types.get().pk
    found = page(own, resource, offer=other)
    assert found.status_code == 200
    assert "No work is offered" in text(found)


# Who sees it


def test_a_stranger_and_an_assistant_without_appointments_are_refused(resource, place):
    other = make_resource(place)
    assert page(signed_in(own_user(other)), resource).status_code == 403
    blind = make_assistant(resource, can_see_appointments=False)
    assert page(signed_in(blind), resource).status_code == 403
    assert page(signed_in(make_assistant(resource)), resource).status_code == 200


@pytest.mark.parametrize("key", ["", "0", "x", "9" * 30])
def test_nobody_is_refused_like_anybody(own, resource, key):
    address = reverse("admin:appointments_appointment_explain")
    assert own.get(f"{address}?resource={key}").status_code == 403


def test_it_takes_as_many_queries_for_many_rows_as_for_few(own, resource, place):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert page(own, resource, at=TEN).status_code == 200
        return len(found)

    few = queries()
    for hour in range(9, 17):
        start = at(f"2026-11-24 {hour:02}:00")
        make_appointment(resource, start, territory=place)
        Absence.objects.create(service_resource=resource, start=start, end=at("2026-11-24 20:00"))
    for day in range(20, 28):
        Holiday.objects.create(
            operating_hours=place.operating_hours, date=f"2026-11-{day}", name=f"Day {day}"
        )
    assert queries() == few <= 26
