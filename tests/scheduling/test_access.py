"""Who may act for whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from scheduling.access import Act, reach_of
from tests.factories import at, make_resource
from tests.staff import make_administrator, make_assistant, make_user, own_user

pytestmark = pytest.mark.django_db

NOW = at("2026-11-23 10:00")
THEIR_OWN = {
    Act.CHANGE_ABSENCES,
    Act.SEE_GRANTS,
    Act.END_GRANTS,
    Act.SET_PRESETS,
    Act.SHARE_CALENDAR,
    Act.CHANGE_SHIFTS,
}
FOR_EVERY_GRANT = {
    Act.SEE,
    Act.SEE_ABSENCES,
    Act.SEE_CALENDARS,
    Act.SEE_INVITATIONS,
    Act.SEE_SHIFTS,
}


def acts_of(user, resource, now=NOW):
    reach = reach_of(user, now)
    return {act for act in Act if reach.may(act, resource)}


def test_administrators_do_everything_for_everybody():
    resource = make_resource()
    assert acts_of(make_administrator(), resource) == set(Act)
    assert list(reach_of(make_administrator(), NOW).resources(Act.GENERATE)) == [resource]


def test_a_model_permission_reaches_everybody_for_its_own_act_only():
    resource = make_resource()
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="add_invitation"))
    assert acts_of(user, resource) == {Act.GENERATE}


def test_a_resource_does_everything_for_itself_and_nothing_for_others():
    resource, colleague = make_resource(), make_resource()
    user = own_user(resource)
    assert acts_of(user, resource) == set(Act)
    assert acts_of(user, colleague) == set()


def test_an_assistant_does_what_the_grant_allows_for_those_who_granted_it():
    anna, bernd, clara = make_resource(), make_resource(), make_resource()
    assistant = make_assistant(anna, bernd)
    assert acts_of(assistant, anna) == set(Act) - THEIR_OWN
    assert set(reach_of(assistant, NOW).resources(Act.GENERATE)) == {anna, bernd}
    assert acts_of(assistant, clara) == set()


def test_an_assistant_who_may_not_see_appointments_does_not():
    resource = make_resource()
    assistant = make_assistant(resource, can_see_appointments=False)
    expected = FOR_EVERY_GRANT | {Act.GENERATE, Act.CHANGE_INVITATIONS}
    assert acts_of(assistant, resource) == expected


def test_an_assistant_who_may_not_generate_or_change_invitations_does_not():
    resource = make_resource()
    guests = {
        Act.SEE_APPOINTMENTS,
        Act.SEE_CLIENTS,
        Act.CHANGE_APPOINTMENTS,
        Act.CHANGE_CALENDARS,
    }
    one = make_assistant(resource, can_generate_invitations=False)
    other = make_assistant(resource, can_change_invitations=False)
    assert acts_of(one, resource) == FOR_EVERY_GRANT | guests | {Act.CHANGE_INVITATIONS}
    assert acts_of(other, resource) == FOR_EVERY_GRANT | guests | {Act.GENERATE}


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"valid_from": dt.date(2026, 11, 23)}, True),
        ({"valid_from": dt.date(2026, 11, 24)}, False),
        ({"valid_until": dt.date(2026, 11, 23)}, True),
        ({"valid_until": dt.date(2026, 11, 22)}, False),
    ],
)
def test_a_grant_counts_from_its_first_to_its_last_day(dates, expected):
    resource = make_resource()
    assert bool(acts_of(make_assistant(resource, **dates), resource)) == expected


def test_the_days_of_a_grant_are_those_of_the_resource():
    in_auckland = make_resource(time_zone="Pacific/Auckland")
    assistant = make_assistant(in_auckland, valid_until=dt.date(2026, 11, 23))
    last_minute = at("2026-11-23 23:59", "Pacific/Auckland")
    assert acts_of(assistant, in_auckland, last_minute)
    assert not acts_of(assistant, in_auckland, last_minute + dt.timedelta(minutes=1))


@pytest.mark.parametrize("make", [AnonymousUser, make_user])
def test_strangers_reach_nobody(make):
    make_resource()
    reach = reach_of(make(), NOW)
    assert not any(reach.anybody(act) for act in Act)
    assert not reach.resources(Act.SEE).exists()


def test_a_resource_whose_log_in_was_closed_reaches_nobody():
    resource = make_resource()
    user = own_user(resource)
    user.is_active = False
    assert acts_of(user, resource) == set()


def test_an_assistant_acts_for_the_first_host_who_granted_it():
    stranger, anna, bernd = make_resource(), make_resource(), make_resource()
    assistant = make_assistant(anna, bernd)
    assert reach_of(assistant, NOW).acting_for([stranger, bernd, anna]) == bernd


def test_neither_resources_nor_administrators_act_on_behalf_of_anybody():
    resource = make_resource()
    assert reach_of(own_user(resource), NOW).acting_for([resource]) is None
    assert reach_of(make_administrator(), NOW).acting_for([resource]) is None
