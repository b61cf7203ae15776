"""A resource sees who may act for it, and ends that."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from scheduling.access import end, reach_of
from scheduling.models import AssistantGrant
from tests.factories import at, make_resource
from tests.staff import (
    make_assistant,
    make_scheduling_administrator,
    make_user,
    own_user,
    signed_in,
)

pytestmark = pytest.mark.django_db

LIST = "admin:scheduling_assistantgrant_changelist"
NOW = at("2026-11-23 10:00")
YESTERDAY = dt.date(2026, 11, 22)


def address(page: str, grant: AssistantGrant) -> str:
    return reverse(f"admin:scheduling_assistantgrant_{page}", args=[grant.pk])


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ((None, None), (None, YESTERDAY)),
        ((dt.date(2026, 1, 1), dt.date(2026, 12, 31)), (dt.date(2026, 1, 1), YESTERDAY)),
        ((dt.date(2026, 11, 23), None), (YESTERDAY, YESTERDAY)),
        ((dt.date(2026, 12, 1), dt.date(2026, 12, 2)), (YESTERDAY, YESTERDAY)),
        ((None, dt.date(2026, 11, 1)), (None, dt.date(2026, 11, 1))),
    ],
)
def test_a_grant_that_is_ended_is_over_at_once(dates, expected):
    resource = make_resource()
    assistant = make_assistant(resource, valid_from=dates[0], valid_until=dates[1])
    grant = assistant.assistant_grants.get()
    end(grant, NOW)
    grant.refresh_from_db()
    assert (grant.valid_from, grant.valid_until) == expected
    assert not reach_of(assistant, NOW).grants


def test_yesterday_is_that_of_the_resource():
    resource = make_resource(time_zone="Pacific/Auckland")
    grant = make_assistant(resource).assistant_grants.get()
    end(grant, at("2026-11-23 01:00", "Pacific/Auckland"))
    assert grant.valid_until == YESTERDAY


def test_a_resource_ends_a_grant_with_one_press(time_machine):
    time_machine.move_to(NOW, tick=False)
    resource = make_resource(name="Anna Berger")
    assistant = make_assistant(resource)
    User.objects.filter(pk=assistant.pk).update(first_name="Carla", last_name="Weber")
    grant = assistant.assistant_grants.get()
    user = own_user(resource)
    client = signed_in(user)
    for shown in (client.get(reverse(LIST)), client.get(address("change", grant))):
        assert f'action="{address("end", grant)}"' in shown.content.decode()
    response = client.post(address("end", grant), follow=True)
    assert address("end", grant) not in response.content.decode()
    assert address("end", grant) not in client.get(address("change", grant)).content.decode()
    assert "Carla Weber no longer acts for Anna Berger." in response.content.decode()
    grant.refresh_from_db()
    assert grant.valid_until == YESTERDAY
    written = LogEntry.objects.get()
    assert (written.user, written.object_id) == (user, str(grant.pk))
    assert signed_in(assistant).get(reverse("admin:index")).status_code == 200
    seen = signed_in(assistant).get(reverse("admin:scheduling_serviceresource_changelist"))
    assert seen.status_code == 403


def test_a_resource_changes_nothing_else_of_a_grant():
    resource = make_resource()
    grant = make_assistant(resource, can_see_appointments=False).assistant_grants.get()
    client = signed_in(own_user(resource))
    sent = {"service_resource": resource.pk, "assistant": make_user().pk}
    assert client.post(address("change", grant), sent).status_code == 403
    assert client.post(address("delete", grant), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:scheduling_assistantgrant_add")).status_code == 403
    assert 'name="_save"' not in client.get(address("change", grant)).content.decode()


def test_an_assistant_sees_no_grants_not_even_their_own():
    resource = make_resource()
    make_assistant(resource)
    assistant = make_assistant(resource)
    client = signed_in(assistant)
    grant = assistant.assistant_grants.get()
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(address("change", grant)).status_code == 404
    assert client.post(address("end", grant)).status_code == 404
    page = reverse("admin:scheduling_serviceresource_change", args=[resource.pk])
    assert "assistant_grants" not in client.get(page).content.decode()
    assert "assistant_grants" in signed_in(own_user(resource)).get(page).content.decode()


def test_looking_ends_nothing():
    resource = make_resource()
    grant = make_assistant(resource).assistant_grants.get()
    assert signed_in(own_user(resource)).get(address("end", grant)).status_code == 405
    grant.refresh_from_db()
    assert grant.valid_until is None


def test_administrators_change_and_end_grants():
    grant = make_assistant(make_resource()).assistant_grants.get()
    client = signed_in(make_scheduling_administrator())
    sent = {"service_resource": grant.service_resource_id, "assistant": grant.assistant_id}
    response = client.post(address("change", grant), {**sent, "valid_until": "2030-01-01"})
    assert response.status_code == 302
    grant.refresh_from_db()
    assert (grant.valid_until, grant.can_see_appointments) == (dt.date(2030, 1, 1), False)
    assert client.post(address("end", grant)).status_code == 302


def test_who_may_only_look_at_grants_ends_none():
    grant = make_assistant(make_resource()).assistant_grants.get()
    viewer = make_user()
    viewer.user_permissions.add(Permission.objects.get(codename="view_assistantgrant"))
    client = signed_in(viewer)
    assert address("end", grant) not in client.get(reverse(LIST)).content.decode()
    assert client.post(address("end", grant)).status_code == 403
    grant.refresh_from_db()
    assert grant.valid_until is None
