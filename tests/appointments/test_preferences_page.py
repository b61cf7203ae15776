"""Visiting hours and preferences on a client's page: who sees and who changes them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from appointments.models import ResourcePreference
from tests.factories import (
    at,
    make_appointment,
    make_client,
    make_hours,
    make_preference,
    make_resource,
)
from tests.invitations.pages import text
from tests.staff import make_scheduling_administrator, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Kind = ResourcePreference.Kind
ROWS = "resource_preferences"


@pytest.fixture
def anna():
    return make_resource(name="Anna Berger")


@pytest.fixture
def tom():
    return make_resource(name="Tom Reed")


@pytest.fixture
def gerda(anna):
    client = make_client()
    make_appointment(anna, at("2030-01-07 09:00"), client=client)
    return client


def address(client):
    return reverse("admin:appointments_client_change", args=[client.pk])


def sent(client, **rows):
    names = ("first_name", "last_name", "email", "phone")
    management = {f"{ROWS}-TOTAL_FORMS": len(rows), f"{ROWS}-INITIAL_FORMS": 0}
    fields = {name: getattr(client, name) for name in names} | management
    for number, (kind, resource) in enumerate(rows.items()):
        fields[f"{ROWS}-{number}-service_resource"] = resource.pk
        fields[f"{ROWS}-{number}-kind"] = kind
    return fields


def kinds():
    return sorted(ResourcePreference.objects.values_list("service_resource__name", "kind"))


def test_an_administrator_sets_visiting_hours_and_preferences(gerda, anna, tom):
    hours = make_hours(times=[(dt.time(9), dt.time(12))])
    fields = sent(gerda, preferred=anna, excluded=tom) | {"visiting_hours": hours.pk}
    user = make_scheduling_administrator()
    assert signed_in(user).post(address(gerda), fields).status_code == 302
    gerda.refresh_from_db()
    assert gerda.visiting_hours == hours
    assert kinds() == [("Anna Berger", "preferred"), ("Tom Reed", "excluded")]


def test_two_preferences_about_one_resource_are_refused(gerda, anna):
    browser = signed_in(make_scheduling_administrator())
    response = browser.post(address(gerda), sent(gerda, preferred=anna, excluded=anna))
    assert (response.status_code, kinds()) == (200, [])


def test_hours_in_which_a_client_is_met_are_not_deleted(gerda):
    hours = make_hours()
    gerda.visiting_hours = hours
    gerda.save()
    page = reverse("admin:scheduling_operatinghours_delete", args=[hours.pk])
    signed_in(make_scheduling_administrator()).post(page, {"post": "yes"})
    gerda.refresh_from_db()
    assert gerda.visiting_hours == hours


def test_a_resource_sees_what_a_client_wishes_of_them_and_not_of_others(gerda, anna, tom):
    make_preference(gerda, anna, Kind.PREFERRED)
    make_preference(gerda, tom, Kind.EXCLUDED)
    browser = signed_in(own_user(anna))
    page = text(browser.get(address(gerda)))
    assert ("Anna Berger" in page, "Tom Reed" in page) == (True, False)
    assert browser.post(address(gerda), sent(gerda, required=anna)).status_code == 403
    assert kinds() == [("Anna Berger", "preferred"), ("Tom Reed", "excluded")]


def test_whoever_may_change_clients_changes_their_preferences(gerda, anna):
    user = make_user()
    codes = ("view_client", "change_client", "view_serviceresource")
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    assert signed_in(user).post(address(gerda), sent(gerda, required=anna)).status_code == 302
    assert kinds() == [("Anna Berger", "required")]
