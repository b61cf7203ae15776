"""So many appointments a day or a week: by one invitation, and of one resource."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from appointments.booking import Guest, SentForm, TimeGoneError
from appointments.changes import GUEST, set_status
from appointments.models import Appointment, Status
from appointments.terms import Terms
from invitations import booking
from invitations.availability import next_starts
from invitations.caps import capped
from invitations.choices import terms_of
from invitations.models import Invitation, InvitationKey
from invitations.moving import Move
from invitations.next_times import next_times
from invitations.prospects.room import room_of
from scheduling.models import SchedulingPolicy
from tests.factories import (
    BERLIN,
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_work_type,
)
from tests.invitations.pages import open_form, starts, text

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

NOW = at("2026-11-20 12:00")
MONDAY, TUESDAY = at("2026-11-23 10:00"), at("2026-11-24 10:00")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def office():
    return make_territory()


def invite(office, until=dt.date(2026, 11, 24), **caps) -> InvitationKey:
    """For next Monday and Tuesday."""
    policy = SchedulingPolicy.objects.create(name="Capped", **caps)
    work = make_work_type(office, duration=60, start_interval=60, scheduling_policy=policy)
    host = make_resource(office, name="Anna Berger")
    return make_invitation(
        host, territory=office, work_type=work, from_date=dt.date(2026, 11, 23), until_date=until
    )


def book(key: InvitationKey, start: dt.datetime) -> Appointment:
    """Under terms from before: what counts is read under the lock."""
    guest = Guest("Gerda", "Gast", "gerda@example.com", "", "", "", "en", BERLIN)
    terms = terms_of(key.invitation, {})
    assert isinstance(terms, Terms)
    return booking.book(key, terms, start, guest, SentForm(str(start), NOW), NOW)


def days(page) -> set[str]:
    return {start[:10] for start in starts(page)}


@pytest.mark.parametrize("cap", ["invitation_per_day", "resource_per_day"])
def test_a_full_day_is_closed_on_the_page_and_refused_at_booking(client, office, cap):
    key = invite(office, **{cap: 2})
    url = f"/invite/{key.key}/"
    assert days(client.get(url)) == {"2026-11-23", "2026-11-24"}
    late = open_form(client, f"{url}", "2026-11-23T14:00:00Z")
    for hour in range(2):
        book(key, MONDAY + hour * HOUR)
    assert days(client.get(url)) == {"2026-11-24"}
    with pytest.raises(TimeGoneError):
        book(key, MONDAY + 5 * HOUR)
    page = client.post(f"{url}book/", late)
    assert page.status_code == 409
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("cap", ["invitation_per_week", "resource_per_week"])
def test_a_full_week_leaves_the_next(client, office, cap):
    key = invite(office, until=dt.date(2026, 12, 1), **{cap: 1})
    book(key, TUESDAY)
    page = client.get(f"/invite/{key.key}/")
    assert min(days(page)) == "2026-11-30"
    with pytest.raises(TimeGoneError):
        book(key, MONDAY)


def test_another_invitation_to_the_same_host_has_a_cap_of_its_own(client, office):
    key = invite(office, invitation_per_day=1)
    book(key, MONDAY)
    host = key.invitation.hosts.get().service_resource
    other = make_invitation(host, territory=office, work_type=key.invitation.work_type)
    assert book(other, MONDAY + HOUR).start == MONDAY + HOUR


@pytest.mark.parametrize("cap", ["invitation_per_day", "resource_per_day"])
@pytest.mark.parametrize("status", [Status.CANCELLED, Status.NO_SHOW])
def test_what_holds_no_time_gives_its_place_back(office, cap, status):
    key = invite(office, **{cap: 1})
    set_status(book(key, MONDAY).pk, status)
    assert book(key, MONDAY + HOUR).start == MONDAY + HOUR


def test_an_appointment_moves_within_its_own_day_but_not_into_a_full_one(client, office):
    key = invite(office, invitation_per_day=1)
    moved = book(key, MONDAY)
    book(key, TUESDAY)
    page = client.get(reverse("move", args=[moved.key]))
    assert days(page) == {"2026-11-23"}
    move = Move.by_guest(Appointment.objects.with_page().get(pk=moved.pk), {})
    author = {"issued_at": NOW, "author": GUEST, "now": NOW}
    assert move.to(MONDAY + HOUR, **author)
    with pytest.raises(TimeGoneError):
        move.to(TUESDAY + HOUR, **author)


def test_whatever_asks_for_free_times_counts_alike(client, office, capsys):
    key = invite(office, invitation_per_day=1)
    book(key, MONDAY)
    first = "2026-11-24T08:00:00Z"
    [seen] = Invitation.objects.for_staff(NOW)
    assert next_starts([seen], NOW)[seen.pk] == dt.datetime.fromisoformat(first)
    assert room_of(seen, NOW).count == 1
    call_command("openings", key.key)
    assert capsys.readouterr().out.split()[0] == first
    full_key = InvitationKey.objects.select_related("invitation").get()
    full_key.invitation = Invitation.objects.with_criteria().with_uses(NOW).get()
    assert next_times(full_key, NOW)[0].words.start == first


def test_the_invitations_own_policy_goes_first_as_it_is_under_the_lock(office):
    key = invite(office, invitation_per_day=1)
    book(key, MONDAY)
    stale = terms_of(key.invitation, {})
    assert isinstance(stale, Terms)
    wide = SchedulingPolicy.objects.create(name="Wide")
    Invitation.objects.update(scheduling_policy=wide)
    made = book(key, MONDAY + HOUR)
    assert made.scheduling_policy == wide


def test_without_caps_nobody_asks(office, django_assert_num_queries):
    key = invite(office)
    terms = terms_of(key.invitation, {})
    with django_assert_num_queries(0):
        assert capped(key.invitation, terms, NOW) is not None


def test_a_guest_reads_of_a_full_week_only_that_nothing_is_free_in_it(client, office):
    key = invite(office, until=dt.date(2026, 12, 8), invitation_per_week=1)
    book(key, MONDAY)
    book(key, MONDAY + dt.timedelta(days=7))
    page = text(client.get(f"/invite/{key.key}/2026-W49/"))
    assert "Free times begin a little later." in page
    assert "See Monday, 7 December" in page
    assert not {"policy", "cap", "limit"} & set(page.lower().split())
