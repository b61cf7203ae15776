"""The admin of templates and usual invitations."""

from __future__ import annotations

import pytest
from django.urls import reverse

from invitations.models import InvitationTemplate, ResourceDefaults
from tests.factories import make_resource, make_territory, make_topic, make_work_type
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = pytest.mark.django_db

ADD = reverse("admin:invitations_invitationtemplate_add")
USUAL = {
    "name": "Quarterly review",
    "slug": "quarterly",
    "is_active": "on",
    "appointment_type": "video",
    "from_in": "2",
    "from_in_unit": "W",
    "until_after": "",
    "until_after_unit": "W",
    "expires_in": "",
    "expires_in_unit": "W",
    "phone": "optional",
    "audience": "clients",
    "locked": ["work", "message"],
}


@pytest.fixture
def anna():
    return make_resource(make_territory())


def test_an_administrator_writes_a_template_for_everybody():
    response = signed_in(make_administrator()).post(ADD, USUAL)
    assert response.status_code == 302, response.context["adminform"].form.errors
    template = InvitationTemplate.objects.get()
    assert (template.owner, template.from_in, template.until_after) == (None, "P2W", "")
    assert (template.locked, template.audience) == (["work", "message"], "clients")


def test_what_was_saved_stands_in_the_form_again():
    client = signed_in(make_administrator())
    client.post(ADD, USUAL)
    url = reverse("admin:invitations_invitationtemplate_change", args=[1])
    form = client.get(f"{url}".replace("/1/", f"/{InvitationTemplate.objects.get().pk}/"))
    form = form.context["adminform"].form
    assert form["from_in"].value() == "P2W"
    assert 'value="2"' in str(form["from_in"])
    assert form["locked"].value() == ["work", "message"]


def test_a_resource_writes_its_own_templates_only(anna):
    client = signed_in(own_user(anna))
    assert client.get(ADD).context["adminform"].form.initial["owner"] == anna.pk
    refused = client.post(ADD, {**USUAL, "owner": make_resource().pk})
    assert "owner" in refused.context["adminform"].form.errors
    refused = client.post(ADD, USUAL)
    assert "owner" in refused.context["adminform"].form.errors
    assert client.post(ADD, {**USUAL, "owner": anna.pk}).status_code == 302
    assert InvitationTemplate.objects.get().owner == anna


def test_assistants_write_no_templates(anna):
    assert signed_in(make_assistant(anna)).get(ADD).status_code == 403


def test_six_questions_and_two_kinds_of_work_are_refused(anna):
    client = signed_in(make_administrator())
    six = {**USUAL, "questions": "\n".join("abcdef")}
    assert "questions" in client.post(ADD, six).context["adminform"].form.errors
    work = make_work_type(make_territory())
    both = {**USUAL, "work_type": work.pk, "topic": make_topic(work).pk}
    errors = client.post(ADD, both).context["adminform"].form.errors
    assert "not both" in str(errors)


def test_no_template_of_a_colleague_is_offered_for_one_click(anna):
    theirs = InvitationTemplate.objects.create(name="T", slug="t", owner=make_resource())
    client = signed_in(own_user(anna))
    url = reverse("admin:invitations_resourcedefaults_add")
    response = client.post(url, {"service_resource": anna.pk, "template": theirs.pk})
    assert "template" in response.context["adminform"].form.errors
    assert client.post(url, {"service_resource": anna.pk}).status_code == 302
    assert ResourceDefaults.objects.get().service_resource == anna
