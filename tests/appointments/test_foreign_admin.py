"""Staff name the calendars that they keep elsewhere, and see whether those can be read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import BusyTime, ForeignCalendar
from tests.factories import at, make_resource, make_territory
from tests.invitations.pages import text
from tests.staff import make_administrator, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db

NOW = at("2026-11-23 10:00")
SECRET = "https://calendar.example.com/ical/anna/private-0123456789/basic.ics"
LIST = reverse("admin:appointments_foreigncalendar_changelist")
ADD = reverse("admin:appointments_foreigncalendar_add")
IN_A_MOMENT = "The calendar is read within a minute or two."


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def anna():
    return make_resource(make_territory(), name="Anna Berger")


@pytest.fixture
def browser(anna):
    return signed_in(own_user(anna))


def make_calendar(resource, **fields) -> ForeignCalendar:
    return ForeignCalendar.objects.create(
        service_resource=resource, name="Private", url=SECRET, **fields
    )


def page_of(calendar: ForeignCalendar, view: str = "change") -> str:
    return reverse(f"admin:appointments_foreigncalendar_{view}", args=[calendar.pk])


def sent(resource, url: str = SECRET) -> dict[str, object]:
    return {"service_resource": resource.pk, "name": "Private", "url": url}


# Naming one


@pytest.mark.parametrize("url", [SECRET, SECRET.replace("https", "webcal"), f" {SECRET} "])
def test_a_resource_names_its_own_calendar_and_sees_the_address_never_again(anna, browser, url):
    answer = browser.post(ADD, sent(anna, url), follow=True)
    assert answer.status_code == 200
    calendar = ForeignCalendar.objects.get()
    assert (calendar.url, calendar.next_at) == (SECRET, NOW)
    assert IN_A_MOMENT in text(answer)
    pages = [
        LIST,
        page_of(calendar),
        page_of(calendar, "history"),
        page_of(calendar, "delete"),
    ]
    for page in pages:
        shown = browser.get(page).content.decode()
        assert "Private" in shown
        assert "0123456789" not in shown, page
    assert "calendar.example.com/…" in text(browser.get(LIST))
    [entry] = LogEntry.objects.all()
    assert "0123456789" not in f"{entry.object_repr} {entry.change_message}"


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.com/a.ics",
        "https://127.0.0.1/a.ics",
        "https://localhost/a.ics",
        "https://me:password@example.com/a.ics",
        "https://example.com:8443/",
        "not an address",
        "javascript:alert(1)",
        f"https://example.com/{'a' * 500}",
    ],
)
def test_an_address_that_is_never_asked_is_refused_at_once(anna, browser, url):
    answer = browser.post(ADD, sent(anna, url))
    assert answer.status_code == 200
    assert "url" in answer.context["adminform"].form.errors
    assert ForeignCalendar.objects.count() == 0


def test_a_calendar_is_named_once(anna, browser):
    make_calendar(anna)
    answer = browser.post(ADD, sent(anna, SECRET.replace("https", "webcal")))
    assert "This calendar is there already." in text(answer)


def test_it_is_called_otherwise_and_keeps_its_address(anna, browser):
    calendar = make_calendar(anna)
    browser.post(page_of(calendar), {"name": "Family", "url": "https://example.com/other.ics"})
    calendar.refresh_from_db()
    assert (calendar.name, calendar.url) == ("Family", SECRET)


def test_with_a_calendar_goes_what_it_holds(anna, browser, django_assert_max_num_queries):
    calendar = make_calendar(anna)
    BusyTime.objects.bulk_create(
        BusyTime(calendar=calendar, start=NOW, end=NOW + dt.timedelta(hours=each))
        for each in range(1, 200)
    )
    with django_assert_max_num_queries(20):
        assert "busy time" not in text(browser.get(page_of(calendar, "delete")))
    browser.post(page_of(calendar, "delete"), {"post": "yes"})
    assert (ForeignCalendar.objects.count(), BusyTime.objects.count()) == (0, 0)


# Who


@pytest.mark.parametrize(("may_change", "added"), [(True, 1), (False, 0)])
def test_an_assistant_names_one_who_may_change_appointments(anna, may_change, added):
    user = make_user()
    user.assistant_grants.create(
        service_resource=anna, can_see_appointments=True, can_change_appointments=may_change
    )
    browser = signed_in(user)
    browser.post(ADD, sent(anna))
    assert ForeignCalendar.objects.count() == added
    calendar = ForeignCalendar.objects.first() or make_calendar(anna)
    assert browser.get(page_of(calendar)).status_code == 200
    code = browser.post(page_of(calendar, "read")).status_code
    assert code == (302 if may_change else 403)


# How it goes


def test_read_now_makes_it_due(anna, browser):
    calendar = make_calendar(anna, next_at=NOW + dt.timedelta(hours=6), failures=9)
    assert "Read now" in text(browser.get(page_of(calendar)))
    assert browser.get(page_of(calendar, "read")).status_code == 405
    assert IN_A_MOMENT in text(browser.post(page_of(calendar, "read"), follow=True))
    calendar.refresh_from_db()
    assert calendar.next_at == NOW


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Not read yet"),
        ({"read_at": NOW - dt.timedelta(minutes=5)}, "Up to date"),
        (
            {"read_at": NOW - dt.timedelta(hours=3), "next_at": NOW - dt.timedelta(hours=2)},
            "Waits to be read again",
        ),
        ({"problem": "address"}, "This address can’t be read from here."),
        ({"problem": "answer"}, "The server did not answer with a calendar."),
        ({"problem": "size"}, "The calendar is too large."),
        ({"problem": "content"}, "The calendar could not be read."),
    ],
)
def test_its_state_is_said_in_words(anna, browser, fields, words):
    calendar = make_calendar(anna, **fields)
    assert words in text(browser.get(page_of(calendar)))
    assert words in text(browser.get(LIST))


def test_when_it_was_last_read_is_said_with_its_age(anna, browser):
    make_calendar(anna, read_at=NOW - dt.timedelta(minutes=5))
    found = text(browser.get(LIST)).replace("\xa0", " ")
    assert "09:55 (Berlin) – 5 minutes ago" in found


def test_an_empty_list_says_what_it_is_for(browser):
    assert "Add a calendar that you keep elsewhere." in text(browser.get(LIST))


def test_the_list_takes_the_same_queries_for_any_number(anna):
    browser = signed_in(make_administrator())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(LIST)
        return len(captured)

    make_calendar(anna)
    queries()
    one = queries()
    for number in range(20):
        other = make_resource(make_territory(), name=f"Host {number}")
        make_calendar(other, read_at=NOW)
    assert queries() == one
