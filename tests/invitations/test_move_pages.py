"""The guest looks for another time on their own page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from appointments import changes
from appointments.models import Appointment, AppointmentEvent, Status
from invitations.models import Invitation
from scheduling.models import SchedulingPolicy, TimeSlot
from tests.factories import (
    at,
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import hidden_fields, links, open_form, starts, text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-23 08:00")
START = "2026-11-24T09:00:00Z"
LATER = "2026-11-25T13:00:00Z"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def key():
    office = make_territory(phone="+49 30 555", email="office@example.com")
    host = make_resource(office, name="Anna Berger")
    work = make_work_type(office, block_time_before=15, block_time_after=15, start_interval=30)
    return make_invitation(
        host, territory=office, work_type=work, until_date=dt.date(2026, 12, 4), max_bookings=1
    )


@pytest.fixture
def appointment(client, key):
    url = f"/invite/{key.key}/"
    assert client.post(f"{url}book/", open_form(client, url, START)).status_code == 303
    return Appointment.objects.get()


def url_of(appointment, name="move", *args):
    return reverse(name, args=[appointment.key, *args])


def press(client, appointment, start, **more):
    url = f"{url_of(appointment, 'move_to')}?start={start}"
    page = client.get(url)
    return client.post(url, {**hidden_fields(page), "start": start, **more})


def test_the_guest_chooses_another_time_and_confirms_it(client, appointment):
    page = client.get(appointment.get_absolute_url())
    assert url_of(appointment) in links(page)
    page = client.get(url_of(appointment))
    assert LATER in starts(page)
    [link] = [link for link in links(page) if link.endswith(f"start={LATER}")]
    page = client.get(link)
    assert "Wednesday, 25 November 2026" in text(page)
    assert "Tuesday, 24 November 2026, 10:00 – 10:30" in text(page)
    response = client.post(link, hidden_fields(page))
    moved = f"{appointment.get_absolute_url()}?said=moved"
    assert (response.status_code, response.url) == (303, moved)
    assert "It has moved to this time." in text(client.get(moved))
    appointment.refresh_from_db()
    assert appointment.start == at("2026-11-25 14:00")
    assert "Wednesday, 25 November 2026" in text(client.get(response.url))


def test_the_present_time_is_marked_and_what_it_blocks_is_on_offer(client, appointment):
    page = client.get(url_of(appointment))
    assert text(page).count("your time") == 1
    around = {"2026-11-24T08:30:00Z", "2026-11-24T09:30:00Z"}
    assert around <= set(starts(page))
    assert START not in starts(page)


def test_looking_changes_nothing(client, appointment):
    for url in (
        url_of(appointment),
        url_of(appointment, "move_week", "2026-W49"),
        url_of(appointment, "move_zone", "2026-W49"),
        f"{url_of(appointment, 'move_to')}?start={LATER}",
    ):
        assert client.get(url).status_code == client.head(url).status_code == 200
    appointment.refresh_from_db()
    assert (appointment.start, appointment.sequence) == (at("2026-11-24 10:00"), 0)


def test_sent_twice_is_moved_once(client, appointment):
    url = f"{url_of(appointment, 'move_to')}?start={LATER}"
    form = hidden_fields(client.get(url))
    assert [client.post(url, form).status_code for _ in range(2)] == [303, 303]
    assert AppointmentEvent.objects.filter(kind="moved").count() == 1


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"expiry_date": dt.date(2026, 11, 20)}, {"max_bookings": 1}],
)
def test_a_closed_link_does_not_keep_anybody_from_moving(client, appointment, change):
    Invitation.objects.update(**change)
    assert press(client, appointment, LATER).status_code == 303


def test_the_dates_of_the_invitation_bound_the_new_time(client, appointment):
    response = press(client, appointment, "2026-12-07T09:00:00Z")
    assert response.status_code == 409
    assert "you still have Tuesday, 24 November, 10:00" in text(response)
    appointment.refresh_from_db()
    assert appointment.sequence == 0


def test_a_lost_race_keeps_the_old_time_and_offers_others(client, appointment, key):
    url = f"{url_of(appointment, 'move_to')}?start={LATER}"
    form = hidden_fields(client.get(url))
    host = key.invitation.hosts.get().service_resource
    make_appointment(host, dt.datetime.fromisoformat(LATER), territory=appointment.territory)
    response = client.post(url, form)
    assert response.status_code == 409
    appointment.refresh_from_db()
    assert appointment.start == at("2026-11-24 10:00")
    nearest = text(response).split('name="start" value="')[1].split('"')[0]
    again = client.post(url, {**hidden_fields(response), "start": nearest})
    assert again.status_code == 303
    appointment.refresh_from_db()
    assert appointment.start == dt.datetime.fromisoformat(nearest)


@pytest.mark.parametrize("start", ["", "soon", "2026-11-24T09:07:00Z", "9999-12-31T23:00:00Z"])
def test_a_start_that_is_none_is_answered_with_the_nearest(client, appointment, start):
    for response in (
        client.get(f"{url_of(appointment, 'move_to')}?start={start}"),
        press(client, appointment, start),
    ):
        assert response.status_code == 409
        assert "you still have" in text(response)


def test_after_the_cutoff_the_page_says_whom_to_ask(client, appointment):
    SchedulingPolicy.objects.create(name="Standard", is_default=True, move_cutoff=3000)
    assert url_of(appointment) not in links(client.get(appointment.get_absolute_url()))
    for url in (url_of(appointment), f"{url_of(appointment, 'move_to')}?start={LATER}"):
        response = client.get(url)
        assert response.status_code == 409
        assert "+49 30 555" in text(response)


def test_what_is_cancelled_is_not_moved(client, appointment):
    url = f"{url_of(appointment, 'move_to')}?start={LATER}"
    form = hidden_fields(client.get(url))
    changes.cancel(appointment.pk, now=NOW)
    for response in (client.post(url, form), client.get(url), client.get(url_of(appointment))):
        assert (response.status_code, response.url) == (303, appointment.get_absolute_url())
    assert Appointment.objects.get().status == Status.CANCELLED


def test_where_nothing_else_is_free_the_page_offers_contact(client, appointment):

    TimeSlot.objects.all().delete()
    page = client.get(url_of(appointment))
    assert page.status_code == 200
    assert "There is no other time" in text(page)
    assert "+49 30 555" in text(page)


def test_without_this_pages_own_token_nothing_moves(client, appointment):
    url = f"{url_of(appointment, 'move_to')}?start={LATER}"
    cancelling = hidden_fields(client.get(reverse("appointment_cancel", args=[appointment.key])))
    for token in ("", "made up", cancelling["form_token"]):
        response = client.post(url, {"start": LATER, "form_token": token})
        assert response.status_code == 422
    appointment.refresh_from_db()
    assert appointment.sequence == 0


def test_the_week_is_asked_for_in_a_fixed_number_of_queries(
    client, appointment, key, django_assert_num_queries
):
    host = key.invitation.hosts.get().service_resource
    client.get(url_of(appointment))
    with django_assert_num_queries(13):
        client.get(url_of(appointment))
    for day in range(1, 9):
        start = at(f"2026-12-0{day} 10:00")
        make_appointment(host, start, territory=appointment.territory)
    with django_assert_num_queries(13):
        client.get(url_of(appointment))


def test_an_appointment_without_an_invitation_moves_with_its_own_host(client):
    office = make_territory()
    appointment = make_appointment(
        make_resource(office), dt.datetime.fromisoformat(START), territory=office
    )
    assert press(client, appointment, LATER).status_code == 303


def test_who_got_it_from_the_staff_keeps_it_when_the_guest_moves(client, appointment, key):
    tom = make_resource(appointment.territory, name="Tom")
    appointment.assignments.update(service_resource=tom)
    assert press(client, appointment, LATER).status_code == 303
    assert appointment.assignments.get().service_resource == tom


def test_times_follow_the_zone_of_the_guest_for_calls(client, appointment):
    Appointment.objects.update(appointment_type="phone", phone="1", time_zone="Asia/Tokyo")
    page = text(client.get(url_of(appointment)))
    assert "Times are shown for <strong>Tokyo</strong>" in page
    page = text(client.get(f"{url_of(appointment)}?tz=America/New_York"))
    assert "Times are shown for <strong>New York</strong>" in page
