"""Invitations that respect a client's visiting hours and preferences (rule A8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.models import Appointment, ResourcePreference
from invitations import booking
from invitations.availability import next_starts
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationKey
from invitations.next_times import NoTimes, next_times
from scheduling.models import Holiday
from tests.factories import (
    BERLIN,
    at,
    make_client,
    make_hours,
    make_invitation,
    make_preference,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.pages import hidden_fields, starts, text
from tests.invitations.wishing import personal, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Kind = ResourcePreference.Kind
NOW = at("2026-11-20 12:00")
TEN, FOUR = at("2026-11-23 10:00"), at("2026-11-23 16:00")
LATE = ["15:00", "15:30", "16:00", "16:30"]


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def tom(office):
    return make_resource(office, name="Tom Reed")


@pytest.fixture
def gerda():
    """Who can be met from three on."""
    return make_client(visiting_hours=make_hours(times=[(dt.time(15), dt.time(20))]))


def week_of(key: InvitationKey) -> str:
    return f"{url_of(key)}2026-W48/"


def on_monday(response) -> list[str]:
    """What a week page offers on 2026-11-23, as Berlin's clock shows it."""
    found = [dt.datetime.fromisoformat(start).astimezone(BERLIN) for start in starts(response)]
    return [f"{start:%H:%M}" for start in found if start.date() == dt.date(2026, 11, 23)]


def guest_of(client) -> Guest:
    return Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN, client=client)


def book(key, start, client, token="one"):
    terms = terms_of(key.invitation, {}, client=client)
    return booking.book(key, terms, start, guest_of(client), SentForm(token, NOW), NOW)


def hosts_of(appointment):
    return [row.service_resource for row in appointment.assignments.all()]


# Off, as they are without more


def test_a8_invitations_ignore_wishes_unless_they_say_otherwise(client, gerda, anna, office):
    make_preference(gerda, anna, Kind.EXCLUDED)
    key = personal(gerda, anna, territory=office, respects_wishes=False)
    assert on_monday(client.get(week_of(key)))[0] == "09:00"
    assert hosts_of(book(key, TEN, gerda)) == [anna]


def test_a8_whoever_is_not_known_wishes_nothing(client, gerda, anna, office):
    key = make_invitation(anna, territory=office, respects_wishes=True)
    assert len(on_monday(client.get(week_of(key)))) == 16


# One answer everywhere


def test_a8_page_booking_command_and_lists_give_one_answer(client, gerda, anna, office, capsys):
    key = personal(gerda, anna, territory=office)
    assert on_monday(client.get(week_of(key))) == LATE
    call_command("openings", key.key, "--week", "2026-W48")
    printed = capsys.readouterr().out.split()
    assert printed == starts(client.get(week_of(key)))
    invitations = list(Invitation.objects.for_staff(NOW))
    assert next_starts(invitations, NOW)[key.invitation_id] == at("2026-11-20 15:00")
    shared = InvitationKey.objects.get(pk=key.pk)
    shared.invitation = invitations[0]
    offered = [free.words.start for free in next_times(shared, NOW)]
    assert offered == [f"2026-11-{day}T14:00:00Z" for day in (20, 23, 24)]
    with pytest.raises(TimeGoneError):
        book(key, TEN, gerda)
    assert book(key, FOUR, gerda).start == FOUR


def test_a9_the_command_says_why(gerda, anna, office, capsys):
    key = personal(gerda, anna, territory=office)
    call_command("openings", key.key, "--explain", "2026-11-23T09:00:00Z")
    assert capsys.readouterr().out.split() == ["outside-visiting-hours"]
    make_preference(gerda, anna, Kind.EXCLUDED)
    call_command("openings", key.key, "--explain", "2026-11-23T14:00:00Z")
    assert capsys.readouterr().out.split() == ["excluded-host"]


def test_a8_form_that_was_open_already_books_nothing_that_is_closed_by_now(
    client, gerda, anna, office
):
    gerda.visiting_hours = None
    gerda.save()
    key = personal(gerda, anna, territory=office)
    url = f"{url_of(key)}book/?start=2026-11-23T09:00:00Z"
    form = hidden_fields(client.get(url))
    gerda.visiting_hours = make_hours(times=[(dt.time(15), dt.time(20))])
    gerda.save()
    response = client.post(url, form)
    assert (response.status_code, Appointment.objects.count()) == (409, 0)


def test_a8_wishes_are_asked_again_under_the_lock(gerda, anna, tom, office):
    key = personal(gerda, anna, tom, territory=office, any_host=True)
    terms = terms_of(key.invitation, {}, client=gerda)
    make_preference(gerda, anna, Kind.EXCLUDED)
    made = booking.book(key, terms, FOUR, guest_of(gerda), SentForm("one", NOW), NOW)
    assert hosts_of(made) == [tom]


def test_a8_the_switch_counts_as_it_is_under_the_lock(gerda, anna, office):
    key = personal(gerda, anna, territory=office, respects_wishes=False)
    terms = terms_of(key.invitation, {}, client=gerda)
    Invitation.objects.update(respects_wishes=True)
    with pytest.raises(TimeGoneError):
        booking.book(key, terms, TEN, guest_of(gerda), SentForm("one", NOW), NOW)


def test_a_link_for_everybody_beside_a_clients_shows_lists_what_everybody_is_offered(
    gerda, anna, office
):
    key = personal(gerda, anna, territory=office)
    InvitationKey.objects.create(invitation=key.invitation)
    found = next_starts(list(Invitation.objects.for_staff(NOW)), NOW)
    assert found == {key.invitation_id: at("2026-11-20 12:00")}


# Hosts


def test_a8_of_several_hosts_the_preferred_one_takes_it_though_busier(gerda, anna, tom, office):
    key = personal(gerda, anna, tom, territory=office, any_host=True)
    assert hosts_of(book(key, FOUR, gerda)) == [anna]
    make_preference(gerda, anna, Kind.PREFERRED)
    half_past = FOUR + dt.timedelta(minutes=30)
    assert hosts_of(book(key, half_past, gerda, "two")) == [anna]
    assert hosts_of(book(replace_client(key), half_past, None, "three")) == [tom]


def replace_client(key):
    """The link of everybody to the same invitation."""
    return InvitationKey.objects.create(invitation=key.invitation)


def test_a8_excluded_hosts_are_not_named_to_the_guest(client, gerda, anna, tom, office):
    key = personal(gerda, anna, tom, territory=office, any_host=True)
    make_preference(gerda, anna, Kind.EXCLUDED)
    page = text(client.get(url_of(key)))
    assert ("Anna Berger" in page, "Tom Reed" in page) == (False, True)


def test_a8_only_required_hosts_count_where_there_are_any(gerda, anna, tom, office):
    key = personal(gerda, anna, tom, territory=office, any_host=True)
    make_preference(gerda, tom, Kind.REQUIRED)
    assert terms_of(key.invitation, {}, client=gerda).hosts == (tom,)
    assert hosts_of(book(key, FOUR, gerda)) == [tom]
    with pytest.raises(TimeGoneError):
        book(key, FOUR, gerda, "two")


def test_a8_details_of_a_time_against_their_wishes_offer_the_nearest_within(
    client, gerda, anna, office
):
    key = personal(gerda, anna, territory=office)
    response = client.get(f"{url_of(key)}book/?start=2026-11-23T09:00:00Z")
    assert response.status_code == 409
    offered = [time.start for time in response.context["nearest"]]
    assert offered == [f"2026-11-23T{clock}:00Z" for clock in ("14:00", "14:30", "15:00")]


@pytest.mark.parametrize("any_host", [True, False])
def test_a8_where_no_host_is_left_the_page_says_calmly_that_nothing_is_free(
    client, gerda, anna, office, any_host
):
    key = personal(gerda, anna, territory=office, any_host=any_host)
    make_preference(gerda, anna, Kind.EXCLUDED)
    response = client.get(url_of(key))
    assert (response.status_code, starts(response)) == (200, [])
    assert "No free times at the moment" in text(response)
    page = text(response)
    assert ("xclude" in page, "taken" in page) == (False, False)


def test_a8_of_a_week_that_wishes_close_the_page_says_no_more_than_that(
    client, gerda, anna, office
):
    hours = gerda.visiting_hours
    for day in range(23, 28):
        Holiday.objects.create(operating_hours=hours, name="Away", date=dt.date(2026, 11, day))
    page = text(client.get(week_of(personal(gerda, anna, territory=office))))
    said = ("No time is free this week." in page, "taken" in page, "Away" in page)
    assert said == (True, False, False)


def test_a8_where_all_take_part_one_excluded_host_closes_every_time(gerda, anna, tom, office):
    key = personal(gerda, anna, tom, territory=office)
    key.invitation = Invitation.objects.for_staff(NOW).get()
    assert next_times(key, NOW) != NoTimes.NOTHING_FREE
    make_preference(gerda, tom, Kind.EXCLUDED)
    assert next_times(key, NOW) == NoTimes.NOTHING_FREE


def test_a8_places_are_those_of_the_hosts_whom_the_client_meets(client, gerda, anna, office):
    away = make_territory(name="Munich")
    ben = make_resource(away)
    topic = make_topic(make_work_type(office, away))
    key = personal(gerda, anna, ben, territory=None, topic=topic, any_host=True)
    make_preference(gerda, ben, Kind.EXCLUDED)
    assert terms_of(key.invitation, {}, client=gerda).territory == office
    for page in ("", "2026-W48/zone/", "book/?start=2026-11-23T14:00:00Z"):
        assert "visit" in client.get(url_of(key) + page).context, page


# Moving


def test_a8_a_client_moves_within_the_same_wishes(client, gerda, anna, office):
    key = personal(gerda, anna, territory=office)
    page = book(key, FOUR, gerda).get_absolute_url()
    assert on_monday(client.get(f"{page}move/2026-W48/")) == ["15:00", "15:30", "16:30"]
    assert client.get(f"{page}move/to/?start=2026-11-23T09:00:00Z").status_code == 409


def test_a8_whom_the_client_excludes_meanwhile_keeps_it_no_longer_when_it_is_moved(
    client, gerda, anna, tom, office
):
    key = personal(gerda, anna, tom, territory=office, any_host=True)
    made = book(key, FOUR, gerda)
    assert hosts_of(made) == [anna]
    make_preference(gerda, anna, Kind.EXCLUDED)
    to = f"{made.get_absolute_url()}move/to/?start=2026-11-23T14:00:00Z"
    assert client.post(to, hidden_fields(client.get(to))).status_code == 303
    assert hosts_of(made) == [tom]


def test_a8_whom_staff_gave_it_to_keeps_it_though_the_client_requires_another(
    client, gerda, anna, office
):
    made = book(personal(gerda, anna, territory=office), FOUR, gerda)
    colleague = make_resource(office, name="Hans Huber")
    make_preference(gerda, anna, Kind.REQUIRED)
    made.assignments.update(service_resource=colleague)
    page = client.get(f"{made.get_absolute_url()}move/2026-W48/")
    assert on_monday(page) == ["15:00", "15:30", "16:30"]
