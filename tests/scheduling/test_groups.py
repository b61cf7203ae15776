"""The ready-made groups, and what daily work with them alone is like."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scheduling.groups import ADMINISTRATORS, APPS, ASSISTANTS, READY_MADE, RESOURCES, after_migrate
from scheduling.models import (
    Absence,
    AssistantGrant,
    OperatingHours,
    ServiceResource,
    Territory,
    WorkType,
)
from tests.factories import make_hours, make_resource, make_territory
from tests.staff import make_scheduling_administrator, make_user, signed_in

pytestmark = pytest.mark.django_db


def migrate() -> None:
    for label in APPS:
        after_migrate(sender=apps.get_app_config(label), using="default", apps=apps)


def permissions_of(name: str) -> set[str]:
    found = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def test_administrators_may_do_all_that_the_three_apps_know_and_keep_log_ins():
    wanted = Permission.objects.filter(content_type__app_label__in=APPS)
    expected = {f"{each.content_type.app_label}.{each.codename}" for each in wanted}
    log_ins = {"auth.view_user", "auth.add_user", "auth.change_user"}
    assert permissions_of(ADMINISTRATORS) == expected | log_ins
    assert "invitations.change_invitationtemplate" in expected


@pytest.mark.parametrize("name", [RESOURCES, ASSISTANTS])
def test_resources_and_assistants_see_what_belongs_to_nobody(name):
    assert permissions_of(name) == {
        "scheduling.view_territory",
        "scheduling.view_worktype",
        "scheduling.view_worktypegroup",
        "invitations.view_customerwebsite",
    }


def test_each_migrate_adds_what_is_missing_and_takes_nothing_away():
    group = Group.objects.get(name=ASSISTANTS)
    lost = group.permissions.get(codename="view_territory")
    added = Permission.objects.get(codename="view_schedulingpolicy")
    group.permissions.remove(lost)
    group.permissions.add(added)
    Group.objects.get(name=RESOURCES).delete()
    migrate()
    assert {lost, added} <= set(group.permissions.all())
    assert Group.objects.filter(name__in=READY_MADE).count() == 3


def test_a_second_migrate_writes_nothing():
    migrate()
    with CaptureQueriesContext(connection) as queries:
        migrate()
    assert [query["sql"] for query in queries if "INSERT" in query["sql"]] == []


@pytest.fixture
def add():
    """Adds a record by its page, as an administrator of scheduling."""
    client = signed_in(make_scheduling_administrator())

    def send(model: str, **values: object) -> None:
        response = client.post(reverse(f"admin:{model}_add"), values)
        assert response.status_code == 302, response.context["errors"]

    return send


def inline(name: str, **values: object) -> dict[str, object]:
    rows = {f"{name}-0-{field}": value for field, value in values.items()}
    counts = {f"{name}-TOTAL_FORMS": len(values) and 1, f"{name}-INITIAL_FORMS": 0}
    return {**counts, **rows}


def test_what_is_offered_needs_no_superuser(add):
    slot = inline(
        "time_slots",
        day_of_week=0,
        start_time="09:00",
        end_time="17:00",
        type="normal",
        max_appointments=1,
    )
    add(
        "scheduling_operatinghours",
        name="Office hours",
        time_zone="Europe/Berlin",
        **slot,
        **inline("holidays"),
    )
    hours = OperatingHours.objects.get().pk
    add(
        "scheduling_territory",
        name="Berlin Mitte",
        operating_hours=hours,
        **inline("territory_work_types"),
    )
    territory = Territory.objects.get().pk
    add(
        "scheduling_worktype",
        name="Review",
        duration=30,
        block_time_before=0,
        block_time_after=0,
        timeframe_start=1,
        timeframe_start_unit="hours",
        timeframe_end_unit="days",
        **inline("territory_work_types", territory=territory),
        **inline("skill_requirements"),
    )
    assert WorkType.objects.get().territory_work_types.get().territory_id == territory


def test_who_works_needs_no_superuser(add):
    territory = make_territory().pk
    for name in ("anna", "carla"):
        add(
            "auth_user",
            username=name,
            usable_password="true",
            password1="a long pass phrase",
            password2="a long pass phrase",
        )
    anna, carla = (User.objects.get(username=name) for name in ("anna", "carla"))
    add(
        "scheduling_serviceresource",
        name="Anna Berger",
        email="anna@example.com",
        time_zone="Europe/Berlin",
        is_active="on",
        user=anna.pk,
        **inline("memberships", territory=territory, type="primary"),
        **inline("skills"),
        **inline("assistant_grants"),
    )
    resource = ServiceResource.objects.get()
    add("scheduling_assistantgrant", service_resource=resource.pk, assistant=carla.pk)
    add(
        "scheduling_absence",
        service_resource=resource.pk,
        type="vacation",
        start_0="2026-11-23",
        start_1="09:00",
        end_0="2026-11-23",
        end_1="17:00",
    )
    assert Absence.objects.get().service_resource == resource
    assert resource.user == anna
    assert AssistantGrant.objects.get().assistant == carla


def test_a_log_in_that_is_linked_to_a_resource_can_sign_in_as_one():
    user = make_user(is_staff=False)
    resource = make_resource()
    address = reverse("admin:scheduling_serviceresource_change", args=[resource.pk])
    signed_in(make_scheduling_administrator()).post(
        address,
        {
            "name": resource.name,
            "email": resource.email,
            "time_zone": "Europe/Berlin",
            "user": user.pk,
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
            "skills-TOTAL_FORMS": 0,
            "skills-INITIAL_FORMS": 0,
            "assistant_grants-TOTAL_FORMS": 0,
            "assistant_grants-INITIAL_FORMS": 0,
        },
    )
    user.refresh_from_db()
    assert user.is_staff
    assert [group.name for group in user.groups.all()] == [RESOURCES]


@pytest.mark.parametrize("where", ["on the page of the resource", "on its own page"])
def test_who_becomes_an_assistant_can_sign_in_as_one(where):
    user = make_user(is_staff=False)
    territory = make_territory(make_hours())
    resource = make_resource(territory)
    client = signed_in(make_scheduling_administrator())
    if where == "on its own page":
        values = {"service_resource": resource.pk, "assistant": user.pk}
        client.post(reverse("admin:scheduling_assistantgrant_add"), values)
    else:
        membership = resource.memberships.get()
        values = {
            "name": resource.name,
            "email": resource.email,
            "time_zone": "Europe/Berlin",
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": membership.pk,
            "memberships-0-territory": territory.pk,
            "memberships-0-type": "primary",
            "skills-TOTAL_FORMS": 0,
            "skills-INITIAL_FORMS": 0,
            "assistant_grants-TOTAL_FORMS": 1,
            "assistant_grants-INITIAL_FORMS": 0,
            "assistant_grants-0-assistant": user.pk,
        }
        client.post(reverse("admin:scheduling_serviceresource_change", args=[resource.pk]), values)
    user.refresh_from_db()
    assert user.assistant_grants.get().service_resource == resource
    assert user.is_staff
    assert [group.name for group in user.groups.all()] == [ASSISTANTS]
