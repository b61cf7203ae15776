"""The admin of log-ins: nobody gets at more through it than they may already do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from scheduling.access import reach_of
from scheduling.groups import ADMINISTRATORS, ASSISTANTS, RESOURCES
from tests.factories import make_resource
from tests.staff import (
    make_administrator,
    make_assistant,
    make_scheduling_administrator,
    make_user,
    own_user,
    signed_in,
)

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def change(by: User, of: User, **values: object) -> int:
    form = {"username": of.username, "is_active": "on", "is_staff": "on", **values}
    address = reverse("admin:auth_user_change", args=[of.pk])
    status = signed_in(by).post(address, form).status_code
    of.refresh_from_db()
    return status


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def with_permissions(*names: str) -> User:
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def reached(user: User) -> set[User]:
    return set(reach_of(user, NOW).accounts())


def test_superusers_reach_every_log_in():
    boss, other = make_administrator(), make_user()
    assert reached(boss) == {boss, other}


def test_a_scheduling_administrator_reaches_those_who_may_do_no_more():
    office, colleague = make_scheduling_administrator(), make_scheduling_administrator()
    resource, assistant = own_user(make_resource()), make_assistant(make_resource())
    make_administrator()
    with_permissions("delete_user")
    make_user().groups.add(_auditors())
    assert reached(office) == {office, colleague, resource, assistant}


def _auditors() -> Group:
    auditors = Group.objects.create(name="Auditors")
    auditors.permissions.add(Permission.objects.get(codename="view_logentry"))
    return auditors


def test_a_help_desk_reaches_nobody_who_acts_for_a_resource():
    desk = with_permissions("view_user", "change_user")
    plain = make_user()
    own_user(make_resource())
    make_assistant(make_resource())
    make_scheduling_administrator()
    assert reached(desk) == {desk, plain}


@pytest.mark.parametrize("page", ["change", "history", "delete", "password_change"])
def test_the_pages_of_a_superuser_are_closed_to_others(page):
    boss = make_administrator()
    client = signed_in(make_scheduling_administrator())
    address = reverse(f"admin:auth_user_{page}", args=[boss.pk])
    assert client.get(address).status_code == 404
    new = {"password1": "a long pass phrase", "password2": "a long pass phrase", "post": "yes"}
    assert client.post(address, new).status_code == 404
    listed = client.get(reverse("admin:auth_user_changelist")).context["cl"].queryset
    assert boss not in listed


def test_nobody_is_made_a_superuser_or_given_permissions_by_what_is_sent():
    user = make_user()
    every = list(Permission.objects.values_list("pk", flat=True))
    office = make_scheduling_administrator()
    sent = {"is_superuser": "on", "user_permissions": every, "last_login_0": "2020-01-01"}
    assert change(office, user, first_name="Carla", **sent) == 302
    assert user.first_name == "Carla"
    assert (user.is_superuser, user.user_permissions.count(), user.last_login) == (False, 0, None)


def test_ready_made_groups_can_be_given_and_others_cannot():
    user, office = make_user(), make_scheduling_administrator()
    assert change(office, user, groups=[group(ASSISTANTS).pk, group(RESOURCES).pk]) == 302
    assert {each.name for each in user.groups.all()} == {ASSISTANTS, RESOURCES}
    assert change(office, user, groups=[_auditors().pk]) == 200
    assert {each.name for each in user.groups.all()} == {ASSISTANTS, RESOURCES}


def test_a_group_that_somebody_is_in_already_can_be_kept():
    user, choir = make_user(), Group.objects.create(name="Choir")
    user.groups.add(choir)
    assert change(make_scheduling_administrator(), user, groups=[choir.pk]) == 302
    assert list(user.groups.all()) == [choir]


def test_a_group_that_may_do_more_than_oneself_cannot_be_given():
    desk, user = with_permissions("view_user", "change_user"), make_user()
    assert change(desk, user, groups=[group(ADMINISTRATORS).pk]) == 200
    assert not user.groups.exists()


def test_nobody_changes_their_own_rights():
    office = make_scheduling_administrator()
    sent = {"is_active": "", "is_staff": "", "groups": [group(ASSISTANTS).pk]}
    assert change(office, office, first_name="Olga", **sent) == 302
    assert (office.first_name, office.is_active, office.is_staff) == ("Olga", True, True)
    assert list(office.groups.all()) == [group(ADMINISTRATORS)]


def test_superusers_keep_every_field():
    user = make_user()
    assert change(make_administrator(), user, is_superuser="on") == 200  # dates are asked for
    page = signed_in(make_administrator()).get(reverse("admin:auth_user_change", args=[user.pk]))
    fields = set(page.context["adminform"].form.fields)
    assert {"is_superuser", "user_permissions", "groups", "is_staff"} <= fields


def test_groups_are_changed_by_superusers_only():
    user = with_permissions("view_group", "add_group", "change_group", "delete_group")
    client = signed_in(user)
    address = reverse("admin:auth_group_change", args=[group(ASSISTANTS).pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "Mine"}).status_code == 403
    assert client.get(reverse("admin:auth_group_add")).status_code == 403
    assert signed_in(make_administrator()).get(address).status_code == 200
