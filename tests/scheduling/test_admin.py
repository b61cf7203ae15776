"""The admin of scheduling: what it shows, and to whom."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scheduling.admin.hours import week_in_words
from scheduling.models import (
    Absence,
    Membership,
    SchedulingPolicy,
    ServiceResource,
    TimeSlot,
    WorkTypeGroup,
)
from tests.factories import (
    at,
    make_hours,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    response = client.get(reverse(f"admin:{name}", args=args))
    assert response.status_code == status
    return response.content.decode()


def make_absence() -> Absence:
    return Absence.objects.create(
        service_resource=make_resource(), start=at("2026-11-23 10:00"), end=at("2026-11-23 11:00")
    )


def make_policy() -> SchedulingPolicy:
    return SchedulingPolicy.objects.create(name=f"Policy {SchedulingPolicy.objects.count()}")


def make_offered_work_type() -> None:
    make_work_type(make_territory(), scheduling_policy=make_policy())


def make_meaningful_topic() -> WorkTypeGroup:
    return make_topic(make_work_type(make_territory()), make_work_type())


LISTS = {
    "operatinghours": make_hours,
    "territory": lambda: make_territory(parent=make_territory()),
    "serviceresource": lambda: make_resource(make_territory(), make_territory()),
    "absence": make_absence,
    "worktype": make_offered_work_type,
    "worktypegroup": make_meaningful_topic,
    "schedulingpolicy": make_policy,
}


@pytest.mark.parametrize("model", LISTS)
def test_every_form_opens_and_an_empty_list_says_what_to_do(model):
    client = signed_in(make_administrator())
    assert "empty-hint" in page(client, f"scheduling_{model}_changelist")
    page(client, f"scheduling_{model}_add")
    LISTS[model]()
    assert "empty-hint" not in page(client, f"scheduling_{model}_changelist")


def test_the_page_of_a_topic_takes_the_same_queries_for_one_work_type_and_for_thirty():
    client = signed_in(make_administrator())
    topic = make_topic(make_work_type())
    address = reverse("admin:scheduling_worktypegroup_change", args=[topic.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(29):
        topic.members.create(work_type=make_work_type())
    with CaptureQueriesContext(connection) as thirty:
        client.get(address)
    assert len(thirty) == len(one)


def test_work_types_join_and_leave_a_topic_on_its_page():
    client = signed_in(make_administrator())
    leaving, joining = make_work_type(), make_work_type()
    topic = make_topic(leaving)
    client.post(
        reverse("admin:scheduling_worktypegroup_change", args=[topic.pk]),
        {
            "name": topic.name,
            "members-TOTAL_FORMS": 2,
            "members-INITIAL_FORMS": 1,
            "members-0-id": topic.members.get().pk,
            "members-0-group": topic.pk,
            "members-0-DELETE": "on",
            "members-1-group": topic.pk,
            "members-1-work_type": joining.pk,
        },
    )
    assert list(topic.work_types.all()) == [joining]


def test_the_week_is_summed_up_in_words():
    hours = make_hours()
    hours.time_slots.filter(day_of_week=4).update(end_time="12:00")
    TimeSlot.objects.create(
        operating_hours=hours, day_of_week=6, start_time="18:00", end_time="00:00"
    )
    expected = "Mon–Thu 09:00–17:00; Fri 09:00–12:00; Sun 18:00–00:00"
    assert week_in_words(hours.time_slots.all()) == expected


def test_hours_without_time_slots_have_an_empty_week():
    assert week_in_words([]) == ""


def test_a_resource_is_saved_with_a_membership_and_an_assistant():
    client = signed_in(make_administrator())
    territory, assistant = make_territory(), make_user()
    response = client.post(
        reverse("admin:scheduling_serviceresource_add"),
        {
            "name": "Anna Berger",
            "email": "anna@example.com",
            "time_zone": "Europe/Berlin",
            "is_active": "on",
            "memberships-TOTAL_FORMS": 1,
            "memberships-INITIAL_FORMS": 0,
            "memberships-0-territory": territory.pk,
            "memberships-0-type": "primary",
            "skills-TOTAL_FORMS": 0,
            "skills-INITIAL_FORMS": 0,
            "assistant_grants-TOTAL_FORMS": 1,
            "assistant_grants-INITIAL_FORMS": 0,
            "assistant_grants-0-assistant": assistant.pk,
            "assistant_grants-0-can_generate_invitations": "on",
        },
    )
    assert response.status_code == 302
    resource = ServiceResource.objects.get(name="Anna Berger")
    assert resource.memberships.get().territory == territory
    assert resource.assistant_grants.get().assistant == assistant


def test_the_portrait_is_shown_or_else_the_initials():
    client = signed_in(make_administrator())
    resource = make_resource(name="Anna Berger")
    assert ">AB<" in page(client, "scheduling_serviceresource_change", resource.pk)
    resource.portrait = "portraits/anna.jpg"
    resource.save()
    shown = page(client, "scheduling_serviceresource_change", resource.pk)
    assert 'src="/portraits/anna.jpg" alt="Anna Berger"' in shown


@pytest.mark.parametrize("name", ["gone.jpg", "..", ".", "a\0b.jpg", "x" * 300])
def test_a_portrait_that_is_none_is_not_found(client, name):
    assert client.get(f"/portraits/{quote(name)}").status_code == 404


def test_staff_who_act_for_nobody_get_nowhere():
    make_resource()
    client = signed_in(make_user())
    assert "Service resources" not in page(client, "index")
    page(client, "scheduling_serviceresource_changelist", status=403)


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_resources_and_assistants_see_their_own_in_lists_and_pages(make):
    territory = make_territory()
    mine = make_resource(territory, name="Anna Own")
    other = make_resource(territory, name="Bernd Other")
    client = signed_in(make(mine))
    assert "Service resources" in page(client, "index")
    shown = page(client, "scheduling_serviceresource_changelist")
    assert "Anna Own" in shown
    assert "Bernd Other" not in shown
    assert "Generate invitation" in page(client, "scheduling_serviceresource_change", mine.pk)
    page(client, "scheduling_serviceresource_change", other.pk, status=404)
    page(client, "scheduling_serviceresource_history", other.pk, status=404)


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_they_find_only_their_own_by_typing(make):
    mine, _other = make_resource(name="Anna Own"), make_resource(name="Anna Other")
    response = signed_in(make(mine)).get(
        reverse("admin:autocomplete"),
        {
            "app_label": "invitations",
            "model_name": "invitationhost",
            "field_name": "service_resource",
            "term": "Anna",
        },
    )
    assert [result["text"] for result in response.json()["results"]] == ["Anna Own"]


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_they_change_no_record_of_a_resource(make):
    mine = make_resource(make_territory(), name="Anna Own")
    client = signed_in(make(mine))
    response = client.post(
        reverse("admin:scheduling_serviceresource_change", args=[mine.pk]), {"name": "Changed"}
    )
    assert response.status_code == 403
    assert Membership.objects.count() == 1
    page(client, "scheduling_serviceresource_add", status=403)
    response = client.post(
        reverse("admin:scheduling_serviceresource_delete", args=[mine.pk]), {"post": "yes"}
    )
    assert response.status_code == 403


def test_an_assistant_who_may_not_generate_has_no_button_for_it():
    resource = make_resource(make_territory())
    client = signed_in(make_assistant(resource, can_generate_invitations=False))
    shown = page(client, "scheduling_serviceresource_change", resource.pk)
    assert "Generate invitation" not in shown


def test_pages_of_those_without_rights_lead_to_no_page_that_refuses_them():
    resource = make_resource(make_territory())
    own = own_user(resource)
    make_assistant(resource)
    shown = page(signed_in(own), "scheduling_serviceresource_change", resource.pk)
    assert "/admin/scheduling/territory/" not in shown
    assert "/admin/auth/" not in shown


def test_a_second_default_policy_is_refused_beside_its_box_with_the_name_of_the_first():
    SchedulingPolicy.objects.create(name="Standard", is_default=True)
    second = SchedulingPolicy.objects.create(name="Second")
    address = reverse("admin:scheduling_schedulingpolicy_change", args=[second.pk])
    office = signed_in(make_administrator())
    shown = office.post(address, {"name": "Second", "is_default": "on"})
    errors = shown.context["adminform"].form.errors
    assert errors["is_default"] == ["“Standard” is the default one. Take that off first."]
    assert "__all__" not in errors
