"""My appointments: all that is a client's own, and nothing of anybody else's."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, Client, Status
from invitations.models import InvitationKey
from tests.clients import browser_of, log_in_of, make_client
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
)
from tests.invitations.pages import links, text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

MY = reverse("my_appointments")


@pytest.fixture
def gerda() -> Client:
    return make_client("Gerda Gast")


@pytest.fixture
def hans() -> Client:
    return make_client("Hans Huber")


def book(day: str, client: Client | None = None, **fields: Any) -> Appointment:
    return make_appointment(make_resource(), at(f"2026-11-{day}"), client=client, **fields)


def personal(client: Client, **fields: Any) -> InvitationKey:
    key = make_invitation(**fields)
    key.client = client
    key.save()
    return key


def listed(browser: Browser) -> tuple[list[Appointment], list[Appointment], list[str]]:
    """What is to come, what is done with, and the keys of invitations."""
    mine = browser.get(MY).context["mine"]
    to_come, done_with = (
        [own.details.appointment for own in part] for part in (mine.to_come, mine.done_with)
    )
    return to_come, done_with, [own.key for own in mine.invitations]


def test_what_is_to_come_stands_first_the_next_on_top_then_what_is_done_with(gerda):
    later, sooner = book("24 10:00", gerda), book("23 10:00", gerda)
    past, earlier = book("19 10:00", gerda), book("18 10:00", gerda)
    cancelled = book("25 10:00", gerda, status=Status.CANCELLED)
    missed = book("17 10:00", gerda, status=Status.NO_SHOW)
    to_come, done_with, _keys = listed(browser_of(gerda))
    assert to_come == [sooner, later]
    assert done_with == [cancelled, past, earlier, missed]


def test_what_waits_to_be_confirmed_is_to_come_until_it_lapses(gerda):
    waits = book("23 10:00", gerda, status=Status.PENDING, confirm_until=at("2026-11-20 12:01"))
    lapsed = book("23 11:00", gerda, status=Status.PENDING, confirm_until=at("2026-11-20 12:00"))
    assert listed(browser_of(gerda))[:2] == ([waits], [lapsed])
    page = text(browser_of(make_client("Other Body")).get(MY))
    assert "not confirmed" not in page


def test_each_says_when_with_whom_and_where_and_leads_to_its_own_pages(gerda):
    office = make_territory(name="Berlin Mitte", street="Unter den Linden 12", city="Berlin")
    host = make_resource(office, name="Anna Berger")
    topic = make_topic(name="Annual review")
    made = make_appointment(
        host, at("2026-11-23 10:00"), client=gerda, territory=office, topic=topic
    )
    response = browser_of(gerda).get(MY)
    page = text(response)
    for said in ("Monday, 23 November 2026", "10:00 – 10:30", "Annual review", "Berlin Mitte"):
        assert said in page
    assert "with Anna Berger" in page
    names = ("appointment", "move", "appointment_cancel")
    found = [link for link in links(response) if "/appointment/" in link]
    assert found == [reverse(name, args=[made.key]) for name in names]


def test_t5_a_call_is_read_in_the_zone_in_which_it_was_booked(gerda):
    book("23 10:00", gerda, appointment_type="video", time_zone="Asia/Tokyo")
    assert "18:00 – 18:30" in text(browser_of(gerda).get(MY))


def test_what_has_begun_is_neither_moved_nor_cancelled(gerda):
    running = book("20 11:45", gerda)
    found = [link for link in links(browser_of(gerda).get(MY)) if "/appointment/" in link]
    assert found == [reverse("appointment", args=[running.key])]


def test_what_has_no_page_any_more_is_not_listed(gerda):
    make_appointment(make_resource(), at("2026-08-01 10:00"), client=gerda)
    assert listed(browser_of(gerda)) == ([], [], [])


def test_many_are_cut(gerda):
    host = make_resource()
    for number in range(25):
        start = at("2026-11-01 08:00") + dt.timedelta(hours=number)
        make_appointment(host, start, client=gerda)
    done_with = listed(browser_of(gerda))[1]
    assert len(done_with) == 20
    assert done_with[0].start == at("2026-11-02 08:00")


# Invitations


def test_invitations_made_for_them_stand_there_while_they_are_open(gerda):
    open_ = personal(gerda, until_date=dt.date(2026, 12, 24), audience="recipient")
    personal(gerda, is_active=False)
    personal(gerda, expiry_date=dt.date(2026, 11, 19))
    used = personal(gerda, max_bookings=1)
    used.bookings.create(invitation=used.invitation, appointment=book("23 10:00"))
    make_invitation()
    browser = browser_of(gerda)
    assert listed(browser)[2] == [open_.key]
    page = browser.get(MY)
    assert "open until 24 December 2026" in text(page)
    assert browser.get(f"/invite/{open_.key}/").status_code == 200


# Nobody else's


def test_what_was_booked_with_the_proved_address_in_any_case_is_theirs(gerda):
    made = book("23 10:00", email="GERDA@Example.com")
    assert listed(browser_of(gerda))[0] == [made]


def test_nothing_of_others_is_listed(gerda, hans):
    book("23 10:00", hans)
    book("23 10:00", hans, email=gerda.email)  # booked as Hans, who typed her address
    book("23 10:00", email="gerda@example.org")
    book("23 10:00", email="xgerda@example.com")
    book("23 10:00", email="gerd_@example.com")
    personal(hans)
    browser = browser_of(gerda)
    assert listed(browser) == ([], [], [])
    assert "Hans" not in text(browser.get(MY))


def test_an_address_with_a_wildcard_is_no_pattern():
    book("23 10:00", email="gerda@example.com")
    client = make_client("Gerda Gast", email="gerd_@example.com")
    assert listed(browser_of(client))[0] == []


def test_of_two_records_with_one_address_only_the_one_that_proved_it_opens(gerda):
    twin = make_client("Gerda Zwilling", email="Gerda@example.com", verified_at=None)
    book("23 10:00", twin)
    mine = book("23 11:00", gerda)
    assert listed(browser_of(gerda))[0] == [mine]


def test_an_address_that_is_not_proved_opens_no_record(gerda):
    book("23 10:00", gerda)
    Client.objects.update(verified_at=None)
    assert browser_of(gerda).get(MY).status_code == 403


def test_a_log_in_whose_address_is_not_proved_opens_no_record(gerda):
    browser = Browser()
    browser.force_login(log_in_of(gerda.email, verified=False))
    assert browser.get(MY).status_code == 403


def test_after_staff_changed_the_address_the_former_one_opens_nothing(gerda):
    book("23 10:00", gerda)
    browser = browser_of(gerda)
    assert browser.get(MY).status_code == 200
    # What the admin does: another address has to be proved anew.
    Client.objects.update(email="new@example.com", verified_at=None)
    assert browser.get(MY).status_code == 403
    Client.objects.update(verified_at=at("2026-11-20 12:00"))
    assert browser.get(MY).status_code == 403


@pytest.mark.parametrize("active", [True, False])
def test_who_is_no_client_is_told_where_to_go(active):
    book("23 10:00", email="root@example.com")
    make_client("Root Admin", email="root@example.com")
    staff = make_administrator()
    staff.email, staff.is_active = "root@example.com", active
    staff.save()
    page = signed_in(staff).get(MY)
    if not active:
        assert page["Location"].startswith(reverse("account_login"))
        return
    assert page.status_code == 403
    assert reverse("admin:index") in links(page)
    assert "Root Admin" not in text(page)


def test_without_signing_in_it_asks_to(client):
    page = client.get(MY)
    assert (page.status_code, page["Location"]) == (302, f"{reverse('account_login')}?next={MY}")


def test_it_is_kept_by_nobody_and_framed_by_nobody(gerda):
    page = browser_of(gerda).get(MY)
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Frame-Options"] == "DENY"


def test_queries_are_the_same_for_one_and_for_many(gerda):
    browser, counts = browser_of(gerda), []
    for number in (1, 12):
        for each in range(number):
            book(f"23 {8 + each:02}:00", gerda)
            book(f"1{each % 9} 10:00", gerda)
            personal(gerda)
        browser.get(MY)
        with CaptureQueriesContext(connection) as captured:
            browser.get(MY)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_empty_pages_say_what_to_do(gerda):
    browser = browser_of(gerda)
    assert "open the link that you were sent" in text(browser.get(MY))
    personal(gerda)
    assert "The invitations below are open to you" in text(browser.get(MY))
