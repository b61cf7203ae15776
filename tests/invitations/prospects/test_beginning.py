"""A list begins with an invitation: from its share page, or at the end of the flow."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from invitations.models import Invitation, ProspectList
from invitations.prospects.beginning import LONGEST_NAME, begin
from tests.factories import (
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations import flows
from tests.invitations.pages import text
from tests.invitations.prospects.lists import make_list
from tests.invitations.sharing import address
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("friday")]


def page_of(prospect_list: ProspectList) -> str:
    return reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])


def begin_url(invitation: Invitation) -> str:
    return reverse("admin:invitations_prospectlist_begin", args=[invitation.pk])


def test_a_list_is_called_like_its_invitation_and_begins_once():
    place = make_territory()
    topic = make_topic(make_work_type(place), name="Annual review")
    anna = make_resource(place, name="Anna Berger")
    key = make_invitation(anna, territory=place, topic=topic)
    user = make_user()
    first = begin(key.invitation, user)
    assert (first.name, first.created_by) == ("Annual review with Anna Berger", user)
    assert begin(key.invitation, make_user()) == first


def test_a_long_name_is_cut():
    place = make_territory()
    hosts = [make_resource(place, name=f"Dr. Wolfeschlegelsteinhausen {n}") for n in range(5)]
    key = make_invitation(*hosts, territory=place)
    assert len(begin(key.invitation, make_user()).name) == LONGEST_NAME


def test_the_share_page_offers_to_invite_a_list_then_leads_to_it():
    key = make_invitation()
    user = signed_in(make_administrator())
    assert begin_url(key.invitation) in text(user.get(address(key)))
    response = user.post(begin_url(key.invitation))
    prospect_list = ProspectList.objects.get()
    assert (prospect_list.invitation, response["Location"]) == (
        key.invitation,
        page_of(prospect_list),
    )
    shown = text(user.get(address(key)))
    assert page_of(prospect_list) in shown
    assert begin_url(key.invitation) not in shown


def test_looking_at_it_begins_no_list():
    key = make_invitation()
    assert signed_in(make_administrator()).get(begin_url(key.invitation)).status_code == 405
    assert ProspectList.objects.count() == 0


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_whoever_may_generate_for_a_host_may_begin_a_list(make):
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    response = signed_in(make(host)).post(begin_url(key.invitation))
    assert response["Location"] == page_of(ProspectList.objects.get())


def test_others_may_not():
    key = make_invitation()
    host = key.invitation.hosts.get().service_resource
    only_looks = make_assistant(host, can_generate_invitations=False)
    for user in (only_looks, own_user(make_resource()), make_assistant(), make_user()):
        assert signed_in(user).post(begin_url(key.invitation)).status_code == 404
    assert "Invite a list" not in text(signed_in(only_looks).get(address(key)))
    assert Client().post(begin_url(key.invitation))["Location"].startswith("/account/sign-in/")
    assert ProspectList.objects.count() == 0


def host_of_one_topic():
    place = make_territory()
    make_topic(make_work_type(place))
    return make_resource(place)


def test_the_flow_for_a_list_ends_with_its_page():
    host = host_of_one_topic()
    user = signed_in(own_user(host))
    url = flows.begin(user, then="list")
    response = flows.send(user, flows.step_url(url, "message"), press="create")
    prospect_list = ProspectList.objects.get()
    assert prospect_list.invitation == Invitation.objects.get()
    assert response["Location"] == page_of(prospect_list)
    assert user.get(url)["Location"] == page_of(prospect_list)


def test_starting_again_from_a_template_is_still_for_a_list():
    user = signed_in(own_user(host_of_one_topic()))
    page = user.get(flows.begin(user, then="list"), follow=True)
    assert "then=list" in page.context["restart"]


def test_the_flow_without_that_ends_with_the_share_page():
    user = signed_in(own_user(host_of_one_topic()))
    url = flows.step_url(flows.begin(user), "message")
    flows.created(flows.send(user, url, press="create"))
    assert ProspectList.objects.count() == 0


def test_a_list_is_reached_by_whoever_may_generate_and_by_nobody_else():
    prospect_list = make_list()
    host = prospect_list.invitation.hosts.get().service_resource
    assert signed_in(make_assistant(host)).get(page_of(prospect_list)).status_code == 200
    assert signed_in(make_assistant(make_resource())).get(page_of(prospect_list)).status_code == 404
