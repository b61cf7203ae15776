"""An invitation's own policy and extended hours, as staff choose and read them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from invitations.models import InvitationTemplate
from scheduling.models import SchedulingPolicy, TimeSlot
from tests.factories import (
    at,
    make_hours,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import begin, created, send, step_url
from tests.invitations.pages import starts, text
from tests.staff import (
    make_assistant,
    make_scheduling_administrator,
    own_user,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")
INLINES = ("hosts", "keys", "events")


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    make_topic(make_work_type(office))
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def strict():
    return SchedulingPolicy.objects.create(name="Strict", invitation_per_day=1)


@pytest.fixture
def administrator():
    return signed_in(make_scheduling_administrator())


@pytest.fixture
def assistant(anna):
    return signed_in(
        make_assistant(anna, can_generate_invitations=True, can_change_invitations=True)
    )


def open_late(office):
    """Until eight on Mondays, for invitations that allow it."""
    TimeSlot.objects.create(
        operating_hours=office.operating_hours,
        day_of_week=0,
        start_time=dt.time(17),
        end_time=dt.time(20),
        type=TimeSlot.Type.EXTENDED,
    )


def limits_of(client, **query):
    url = step_url(begin(client, **query), "limits")
    return url, client.get(url, follow=True).context["step"].fields


def page_of(invitation):
    return reverse("admin:invitations_invitation_change", args=[invitation.pk])


def change(client, invitation, **values):
    form = client.get(page_of(invitation)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    kinds = [f"{name}-{kind}_FORMS" for name in INLINES for kind in ("TOTAL", "INITIAL")]
    response = client.post(page_of(invitation), {**dict.fromkeys(kinds, 0), **sent, **values})
    assert response.status_code == 302, response.context["errors"]
    invitation.refresh_from_db()


def test_where_there_is_nothing_to_choose_nobody_is_asked(administrator, anna):
    _url, fields = limits_of(administrator, resource=anna.pk)
    assert not {"allows_extended_hours", "scheduling_policy"} & set(fields)


def test_the_flow_asks_says_so_and_one_like_it_does_the_same(administrator, anna, office, strict):
    open_late(office)
    url, _fields = limits_of(administrator, resource=anna.pk)
    sent = {"allows_extended_hours": "on", "scheduling_policy": strict.pk}
    following = text(administrator.get(send(administrator, url, **sent).url))
    assert "extended hours, too, policy “Strict”" in following
    invitation = created(administrator.post(step_url(url, "create")))
    assert (invitation.allows_extended_hours, invitation.scheduling_policy) == (True, strict)
    link = reverse("admin:invitations_invitation_link", args=[invitation.pk])
    shared = text(administrator.get(link))
    assert "extended ones, too" in shared
    assert "Strict" in shared
    alike = begin(administrator, like=invitation.pk)
    again = created(administrator.post(step_url(alike, "create")))
    assert (again.allows_extended_hours, again.scheduling_policy) == (True, strict)


def test_the_preview_offers_extended_hours_where_they_are_allowed(administrator, anna, office):
    open_late(office)
    url, _fields = limits_of(administrator, resource=anna.pk)
    preview = step_url(url, "preview") + "?week=2026-W48"
    assert "2026-11-23T18:00:00Z" not in starts(administrator.get(preview))
    send(administrator, url, allows_extended_hours="on")
    assert "2026-11-23T18:00:00Z" in starts(administrator.get(preview))


def test_only_who_sees_policies_chooses_one(assistant, anna, office, strict):
    open_late(office)
    url, fields = limits_of(assistant, resource=anna.pk)
    assert "scheduling_policy" not in fields
    assert "allows_extended_hours" in fields
    send(assistant, url, scheduling_policy=strict.pk)
    assert created(assistant.post(step_url(url, "create"))).scheduling_policy is None


def test_a_resource_itself_does_not_lift_the_limits_of_the_office(anna, strict):
    _url, fields = limits_of(signed_in(own_user(anna)), resource=anna.pk)
    assert "scheduling_policy" not in fields


@pytest.mark.parametrize("locked", [[], ["scheduling_policy", "allows_extended_hours"]])
def test_a_template_of_the_office_brings_its_policy_to_everybody(
    assistant, anna, office, strict, locked
):
    open_late(office)
    InvitationTemplate.objects.create(
        name="Strict ones",
        slug="strict",
        scheduling_policy=strict,
        allows_extended_hours=True,
        locked=locked,
    )
    url, fields = limits_of(assistant, resource=anna.pk, template="strict")
    assert fields["scheduling_policy"].disabled is bool(locked)
    invitation = created(assistant.post(step_url(url, "create")))
    assert (invitation.allows_extended_hours, invitation.scheduling_policy) == (True, strict)


def test_another_like_one_with_a_policy_keeps_it_whoever_makes_it(assistant, anna, office, strict):
    like = make_invitation(anna, territory=office, owner=anna, scheduling_policy=strict).invitation
    url = begin(assistant, like=like.pk)
    assert created(assistant.post(step_url(url, "create"))).scheduling_policy == strict


def test_both_are_changed_later_with_a_trace(administrator, anna, office, strict):
    invitation = make_invitation(anna, territory=office).invitation
    change(administrator, invitation, scheduling_policy=strict.pk, allows_extended_hours="on")
    assert (invitation.allows_extended_hours, invitation.scheduling_policy) == (True, strict)
    assert invitation.events.get().details == {
        "allows_extended_hours": ["False", "True"],
        "scheduling_policy": ["", "Strict"],
    }
    history = text(administrator.get(page_of(invitation)))
    assert "Offer extended hours: no → yes" in history
    assert "Scheduling policy: – → Strict" in history


def test_who_may_not_choose_reads_the_policy_and_leaves_it(assistant, anna, office, strict):
    invitation = make_invitation(
        anna, territory=office, owner=anna, scheduling_policy=strict
    ).invitation
    page = assistant.get(page_of(invitation))
    assert "Strict" in text(page)
    assert reverse("admin:scheduling_schedulingpolicy_change", args=[strict.pk]) not in (
        page.content.decode()
    )
    change(assistant, invitation, scheduling_policy="", max_bookings=5)
    assert (invitation.max_bookings, invitation.scheduling_policy) == (5, strict)


def test_the_list_of_work_types_says_what_the_policy_says_where_they_do_not(administrator, office):
    SchedulingPolicy.objects.create(
        name="Default", is_default=True, lead_time=120, horizon=30 * 24 * 60
    )
    work = make_work_type(office, timeframe_start=None, timeframe_end=None)
    page = text(administrator.get(reverse("admin:scheduling_worktype_changelist")))
    assert "2 hours (policy)" in page
    assert "30 days (policy)" in page
    change_page = reverse("admin:scheduling_worktype_change", args=[work.pk])
    page = text(administrator.get(change_page))
    assert "guests book at least 2 hours ahead and at most 30 days ahead" in page


def test_hours_are_shown_with_their_extended_ones(administrator):
    hours = make_hours(days=[0])
    TimeSlot.objects.create(
        operating_hours=hours, day_of_week=0, start_time="17:00", end_time="20:00", type="extended"
    )
    page = text(administrator.get(reverse("admin:scheduling_operatinghours_changelist")))
    assert "Mon 09:00–17:00, 17:00–20:00 (Extended)" in page


def test_where_only_extended_hours_are_left_the_flow_leads_to_what_allows_them(
    administrator, anna, office
):
    office.operating_hours.time_slots.update(type=TimeSlot.Type.EXTENDED)
    url, _fields = limits_of(administrator, resource=anna.pk)
    advice = administrator.get(step_url(url, "preview")).context["outlook"].advice
    assert url in [each.url for each in advice if "extended hours only" in str(each.words)]
