"""Invitations are for those who may act for one of their hosts, and for nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from invitations.models import Invitation
from tests.factories import (
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import begin, created, send, step_url
from tests.staff import make_assistant, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db


def status(client: Client, name: str, *args: object) -> int:
    return client.get(reverse(f"admin:invitations_invitation_{name}", args=args)).status_code


@pytest.fixture
def territory():
    territory = make_territory()
    make_topic(make_work_type(territory))
    return territory


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_resources_and_assistants_see_and_change_their_own_invitations_only(make, territory):
    anna, bernd = make_resource(territory, name="Anna"), make_resource(territory, name="Bernd")
    mine = make_invitation(anna, territory=territory).invitation
    other = make_invitation(bernd, territory=territory).invitation
    client = signed_in(make(anna))
    listed = client.get(reverse("admin:invitations_invitation_changelist"))
    assert list(listed.context["cl"].result_list) == [mine]
    for name in ("change", "link", "history"):
        assert status(client, name, mine.pk) == 200
        assert status(client, name, other.pk) == 404
    address = reverse("admin:invitations_invitation_change", args=[other.pk])
    assert client.post(address, {"message": "Changed"}).status_code == 404
    assert Invitation.objects.get(pk=other.pk).message == ""


def test_an_invitation_of_two_hosts_is_seen_by_both_once(territory):
    anna, bernd = make_resource(territory), make_resource(territory)
    shared = make_invitation(anna, bernd, territory=territory).invitation
    for host in (anna, bernd):
        listed = signed_in(own_user(host)).get(reverse("admin:invitations_invitation_changelist"))
        assert list(listed.context["cl"].result_list) == [shared]


@pytest.mark.parametrize("make", [own_user, make_assistant])
def test_nobody_generates_for_a_resource_out_of_reach(make, territory):
    anna, bernd = make_resource(territory), make_resource(territory)
    client = signed_in(make(anna))
    url = begin(client, resource=bernd.pk)
    assert client.post(step_url(url, "create")).url.endswith("/who/?check")
    assert not Invitation.objects.exists()
    invitation = created(client.post(step_url(begin(client, resource=anna.pk), "create")))
    assert [host.service_resource for host in invitation.hosts.all()] == [anna]


def test_nobody_draws_in_hosts_out_of_reach(territory):
    anna, bernd, clara = (make_resource(territory) for _ in range(3))
    client = signed_in(make_assistant(anna, bernd))
    url = begin(client, resource=anna.pk)
    response = send(client, url, hosts=[anna.pk, clara.pk])
    assert list(response.context["step"].errors) == ["hosts"]
    send(client, url, hosts=[anna.pk, bernd.pk])
    invitation = created(client.post(step_url(url, "create")))
    assert invitation.on_behalf_of == anna
    assert [host.service_resource for host in invitation.hosts.all()] == [anna, bernd]


def test_without_the_grant_for_it_an_assistant_sees_invitations_but_makes_and_changes_none(
    territory,
):
    resource = make_resource(territory)
    invitation = make_invitation(resource, territory=territory).invitation
    client = signed_in(
        make_assistant(resource, can_generate_invitations=False, can_change_invitations=False)
    )
    assert status(client, "link", invitation.pk) == 200
    assert status(client, "generate") == 403
    address = reverse("admin:invitations_invitation_change", args=[invitation.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"message": "Changed"}).status_code == 403


@pytest.mark.parametrize("staff", [True, False])
def test_strangers_get_nowhere(staff, territory):
    resource = make_resource(territory)
    invitation = make_invitation(resource, territory=territory).invitation
    client = signed_in(make_user(is_staff=staff))
    for name, args in (("changelist", []), ("link", [invitation.pk]), ("generate", [])):
        response = client.get(reverse(f"admin:invitations_invitation_{name}", args=args))
        assert response.status_code in ({403, 404} if staff else {302})


def test_nobody_gets_in_without_signing_in():
    response = Client().get(reverse("admin:invitations_invitation_generate"))
    assert response["Location"].startswith(reverse("account_login"))
