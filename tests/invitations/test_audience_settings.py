"""For whom an invitation is, as staff say and read it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from appointments.models import Client
from invitations import changes
from invitations.models import Invitation, InvitationTemplate
from tests.factories import (
    at,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import begin, created, send, step_url
from tests.invitations.pages import text
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-11-20 12:00")


@pytest.fixture
def anna():
    office = make_territory()
    make_topic(make_work_type(office))
    return make_resource(office)


@pytest.fixture
def administrator():
    return signed_in(make_administrator())


@pytest.fixture
def gerda():
    return Client.objects.create(first_name="Gerda", last_name="Gast", email="gerda@example.com")


def test_without_a_word_an_invitation_is_open_to_anyone(administrator, anna):
    url = begin(administrator, resource=anna.pk)
    assert created(administrator.post(step_url(url, "create"))).audience == "anyone"


def test_the_flow_asks_for_whom_and_says_so(administrator, anna):
    url = step_url(begin(administrator, resource=anna.pk), "limits")
    following = send(administrator, url, audience="clients").url
    page = text(administrator.get(following))
    assert "any number of bookings, Signed-in clients" in page
    assert "Only signed-in clients" in text(administrator.get(step_url(url, "preview")))
    invitation = created(administrator.post(step_url(url, "create")))
    link = reverse("admin:invitations_invitation_link", args=[invitation.pk])
    assert "<dt>Open to</dt><dd>Signed-in clients</dd>" in text(administrator.get(link))


def test_what_is_open_to_one_client_needs_that_client(administrator, anna, gerda):
    url = step_url(begin(administrator, resource=anna.pk), "limits")
    send(administrator, url, audience="recipient")
    refused = administrator.post(step_url(url, "create"))
    assert refused.url.endswith("/message/?check")
    assert list(administrator.get(refused.url).context["step"].errors) == ["client"]
    invitation = created(send(administrator, refused.url, press="create", client=gerda.pk))
    assert (invitation.audience, invitation.keys.get().client) == ("recipient", gerda)


def test_a_template_presets_and_fixes_for_whom_it_is(administrator, anna):
    InvitationTemplate.objects.create(
        name="Clients", slug="clients", audience="clients", locked=["audience"]
    )
    url = begin(administrator, resource=anna.pk, template="clients")
    administrator.post(step_url(url, "limits"), {"audience": "anyone"})
    assert created(administrator.post(step_url(url, "create"))).audience == "clients"


def test_one_like_another_is_for_the_same(administrator, anna):
    like = make_invitation(
        anna, territory=anna.memberships.get().territory, audience="clients"
    ).invitation
    url = begin(administrator, like=like.pk)
    assert created(administrator.post(step_url(url, "create"))).audience == "clients"


def test_a_change_of_it_is_written_down_in_words(administrator):
    key = make_invitation()
    changes.change(key.invitation_id, {"audience": "clients"}, now=NOW)
    page = reverse("admin:invitations_invitation_change", args=[key.invitation_id])
    assert "Open to: Anyone with the link → Signed-in clients" in text(administrator.get(page))


def test_a_personal_link_can_be_kept_to_its_client(gerda):
    key = make_invitation(until_date=dt.date(2026, 12, 24))
    key.client = gerda
    key.save()
    assert changes.change(key.invitation_id, {"audience": "recipient"}, now=NOW)
    assert Invitation.objects.get().audience == "recipient"
