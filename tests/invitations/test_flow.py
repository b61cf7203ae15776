"""The flow that generates an invitation, step by step."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appointments.models import Client as Customer
from invitations.models import Invitation, InvitationTemplate, ResourceDefaults
from scheduling.models import AssistantGrant, Membership
from tests.factories import (
    make_appointment,
    make_invitation,
    make_resource,
    make_territory,
    make_topic,
    make_work_type,
)
from tests.invitations.flows import START, begin, created, send, step_url
from tests.staff import make_administrator, make_assistant, make_user, own_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_territory(name="Berlin Mitte")


@pytest.fixture
def topics(office):
    review = make_topic(make_work_type(office), name="Review")
    first = make_topic(make_work_type(office), name="First meeting")
    return review, first


@pytest.fixture
def anna(office, topics):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def own(anna):
    return signed_in(own_user(anna))


def name_of(url):
    return url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def test_a_resource_without_colleagues_begins_at_what_it_is_about(own):
    assert name_of(begin(own)) == "what"


def test_the_usual_case_takes_no_more_than_pressing_create(own, anna, office):
    invitation = created(send(own, begin(own, resource=anna.pk), press="create"))
    assert [host.service_resource for host in invitation.hosts.all()] == [anna]
    assert (invitation.territory, invitation.owner) == (office, anna)
    assert invitation.events.get().kind == "generated"


def test_every_step_leads_to_the_next_and_keeps_what_was_chosen(own, topics):
    url = begin(own)
    names = ["where", "when", "limits", "message", "preview"]
    fields = [
        {"work": f"topic:{topics[1].pk}"},
        {"appointment_type": "video"},
        {"from_in": "2", "from_in_unit": "M", "until_after": "6", "until_after_unit": "W"},
        {"max_bookings": "7", "max_per_guest": "2", "audience": "clients"},
        {"message": "Welcome"},
    ]
    for expected, values in zip(names, fields, strict=True):
        response = send(own, url, **values)
        assert name_of(response.url) == expected
        url = response.url
    what = own.get(step_url(url, "what")).context["step"]
    assert what["work"].value() == f"topic:{topics[1].pk}"
    invitation = created(own.post(step_url(url, "create")))
    assert (invitation.topic, invitation.appointment_type) == (topics[1], "video")
    assert (invitation.max_bookings, invitation.max_per_guest) == (7, 2)
    assert (invitation.message, invitation.audience) == ("Welcome", "clients")


def test_lengths_of_time_are_counted_when_the_invitation_is_created(own, time_machine):
    time_machine.move_to("2026-11-30 12:00Z")
    url = begin(own)
    send(
        own,
        step_url(url, "when"),
        from_in="3",
        from_in_unit="M",
        until_after="6",
        until_after_unit="W",
        expires_in="10",
        expires_in_unit="D",
    )
    time_machine.move_to("2026-12-01 12:00Z")
    invitation = created(own.post(step_url(url, "create")))
    assert invitation.from_date == dt.date(2027, 3, 1)
    assert invitation.until_date == dt.date(2027, 4, 11)
    assert invitation.expiry_date == dt.date(2026, 12, 11)


def test_a_date_and_a_length_of_time_together_are_refused(own):
    url = step_url(begin(own), "when")
    response = send(own, url, from_date="2030-01-01", from_in="3")
    assert "not both" in str(response.context["step"].errors["from_in"])
    # Nothing typed is lost.
    step = own.get(url).context["step"]
    assert step["from_date"].value() == "2030-01-01"


def test_all_of_several_take_part_under_the_one_who_leads(anna, office):
    bernd, clara = (make_resource(office, name=name) for name in ("Bernd", "Clara"))
    client = signed_in(make_administrator())
    url = begin(client, resource=[anna.pk, bernd.pk])
    assert name_of(url) == "who"
    response = send(client, url, hosts=[anna.pk, bernd.pk, clara.pk], primary=clara.pk)
    invitation = created(send(client, response.url, press="create"))
    hosts = [(host.service_resource, host.role) for host in invitation.hosts.all()]
    assert hosts == [(clara, "primary"), (anna, "required"), (bernd, "required")]


def test_who_leads_has_to_be_one_of_the_hosts(anna, office):
    bernd = make_resource(office, name="Bernd")
    client = signed_in(make_administrator())
    response = send(client, begin(client), hosts=[anna.pk], primary=bernd.pk)
    assert "primary" in response.context["step"].errors


def test_at_most_five_can_all_take_part_but_any_of_more(anna, office):
    everybody = [anna.pk, *(make_resource(office).pk for _ in range(5))]
    client = signed_in(make_administrator())
    url = begin(client)
    response = send(client, url, hosts=everybody, taking_part="all")
    assert "At most 5" in str(response.context["step"].errors["hosts"])
    refused = client.post(step_url(url, "create"))
    assert name_of(refused.url) == "who"
    errors = client.get(refused.url).context["step"].errors
    assert "At most 5" in str(errors["hosts"])
    send(client, url, hosts=everybody, taking_part="any")
    assert created(client.post(step_url(url, "create"))).hosts.count() == 6


def test_what_cannot_be_leads_back_to_its_step_and_says_why(own, office):
    url = begin(own)
    send(own, step_url(url, "when"), until_date="2020-01-01")
    response = own.post(step_url(url, "create"))
    assert response.url.endswith("/when/?check")
    assert "over already" in str(own.get(response.url).context["step"].errors["until_date"])


@pytest.mark.parametrize("press", ["next", "create"])
def test_what_cannot_be_is_said_on_its_own_step_at_once(own, press):
    url = step_url(begin(own), "when")
    response = send(own, url, press, from_date="2030-02-01", until_date="2030-01-01")
    assert "must not be before" in str(response.context["step"].errors["until_date"])


def test_a_topic_of_another_place_can_be_chosen_before_that_place(own, anna):
    branch = make_territory(name="Branch")
    topic = make_topic(make_work_type(branch), name="Elsewhere")
    Membership.objects.create(service_resource=anna, territory=branch, type="secondary")
    response = send(own, begin(own), work=f"topic:{topic.pk}")
    assert name_of(response.url) == "where"
    send(own, response.url, territory=branch.pk)
    assert created(own.post(step_url(response.url, "create"))).topic == topic


def test_a_step_with_one_possible_answer_is_skipped(office):
    make_topic(make_work_type(office), name="Review")
    client = signed_in(own_user(make_resource(office)))
    assert name_of(begin(client)) == "where"


def test_the_usual_topic_and_territory_of_a_resource_come_first(own, anna, topics):
    branch = make_territory(name="Branch")
    ResourceDefaults.objects.create(service_resource=anna, topic=topics[1], territory=branch)
    step = own.get(begin(own)).context["step"]
    assert step["work"].value() == f"topic:{topics[1].pk}"


def test_the_only_work_type_fits_beside_its_only_topic(office):
    work_type = make_work_type(office)
    make_topic(work_type)
    anna = make_resource(office)
    key = make_invitation(anna, territory=office, work_type=work_type)
    client = signed_in(own_user(anna))
    url = begin(client, like=key.invitation_id)
    assert name_of(url) == "where"
    assert created(client.post(step_url(url, "create"))).work_type == work_type


def test_the_place_presented_is_one_of_all_hosts(anna, office):
    shared = make_territory(name="Shared")
    make_topic(make_work_type(shared), name="Shared topic")
    Membership.objects.create(service_resource=anna, territory=shared, type="secondary")
    bernd = make_resource(shared, name="Bernd")
    client = signed_in(make_administrator())
    url = begin(client, resource=[anna.pk, bernd.pk])
    assert created(client.post(step_url(url, "create"))).territory == shared


def test_usual_values_that_are_no_longer_on_offer_stand_in_nobodys_way(own, anna, office):
    closed = make_territory(name="Closed")
    topic = make_topic(make_work_type(closed), name="Former")
    ResourceDefaults.objects.create(service_resource=anna, topic=topic, territory=closed)
    invitation = created(own.post(step_url(begin(own), "create")))
    assert (invitation.territory, invitation.topic) == (office, None)


def test_a_topic_that_was_deleted_on_the_way_is_said_in_words(own, topics):
    url = begin(own)
    send(own, step_url(url, "what"), work=f"topic:{topics[1].pk}")
    topics[1].delete()
    response = own.post(step_url(url, "create"))
    errors = own.get(response.url).context["step"].errors
    assert errors == {"work": ["This is not offered where the hosts work, or no longer."]}


# Templates


def make_template(**fields):
    return InvitationTemplate.objects.create(**{"name": "Quarterly", "slug": "quarterly", **fields})


def test_a_template_presets_the_steps_and_the_guests_side(own, topics):
    make_template(
        topic=topics[1],
        until_after="P6W",
        max_bookings=3,
        phone="required",
        questions="Which account? *",
        confirmation="Bring your papers.",
    )
    url = begin(own, template="quarterly")
    assert own.get(step_url(url, "when")).context["step"]["until_after"].value() == ["6", "W"]
    invitation = created(own.post(step_url(url, "create")))
    assert (invitation.topic, invitation.max_bookings) == (topics[1], 3)
    assert (invitation.phone, invitation.questions) == ("required", "Which account? *")
    assert invitation.confirmation == "Bring your papers."
    assert invitation.template.slug == "quarterly"


def test_what_a_template_fixes_cannot_be_posted(own, topics):
    make_template(topic=topics[1], max_bookings=3, locked=["work", "max_bookings", "from"])
    url = begin(own, template="quarterly")
    assert name_of(url) == "where"
    own.post(step_url(url, "what"), {"work": f"topic:{topics[0].pk}"})
    limits = {"max_bookings": "99", "max_per_guest": "", "audience": "anyone"}
    own.post(step_url(url, "limits"), limits)
    own.post(step_url(url, "when"), {"from_date": "2030-01-01"})
    invitation = created(own.post(step_url(url, "create")))
    assert (invitation.topic, invitation.max_bookings) == (topics[1], 3)
    assert invitation.from_date is None


@pytest.mark.parametrize("gone", ["deleted", "switched off"])
def test_nothing_is_created_without_the_template_that_it_started_from(own, gone):
    template = make_template(max_bookings=1, locked=["max_bookings"])
    url = begin(own, template="quarterly")
    if gone == "deleted":
        template.delete()
    else:
        InvitationTemplate.objects.update(is_active=False)
    response = own.post(step_url(url, "create"))
    assert name_of(response.url) == "what"
    assert "not on offer, or no longer" in own.get(response.url).content.decode()
    assert not Invitation.objects.exists()
    # Whoever has read that may go on.
    assert created(own.post(step_url(url, "create"))).template is None


def test_one_click_creates_nothing_by_a_template_that_is_gone(own, anna):
    own.post(f"{START}?resource={anna.pk}&template=gone")
    assert not Invitation.objects.exists()


@pytest.mark.database
def test_a_template_of_an_impossible_name_is_none(own):
    assert name_of(begin(own, template="\0")) == "what"


def test_what_a_template_fixes_is_named_as_the_reason_where_it_does_not_fit(own):
    far = make_topic(make_work_type(make_territory()), name="Far")
    make_template(topic=far, locked=["work"])
    response = own.post(step_url(begin(own, template="quarterly"), "create"))
    errors = own.get(response.url).context["step"].errors
    assert "another template" in str(errors["work"])


def test_a_template_leads_to_the_same_client(anna):
    make_template()
    customer = Customer.objects.create(first_name="Elena", last_name="Rossi", email="e@x.org")
    client = signed_in(make_administrator())
    page = client.get(begin(client, resource=anna.pk, client=customer.pk))
    assert page.context["restart"] == f"resource={anna.pk}&client={customer.pk}"


def test_without_a_preview_the_last_step_creates(own):
    make_template(skips_preview=True)
    url = step_url(begin(own, template="quarterly"), "message")
    created(send(own, url))


def test_the_template_for_one_click_creates_at_once(own, anna, topics):
    template = make_template(topic=topics[0])
    ResourceDefaults.objects.create(service_resource=anna, template=template)
    page = own.get(reverse("admin:scheduling_serviceresource_change", args=[anna.pk]))
    assert "At once: Quarterly" in page.content.decode()
    response = own.post(f"{START}?resource={anna.pk}&template=quarterly")
    assert created(response).topic == topics[0]


def test_templates_of_others_and_inactive_ones_are_not_offered(own, anna):
    make_template(owner=make_resource(), name="Theirs", slug="theirs")
    make_template(is_active=False, name="Old", slug="old")
    make_template(owner=anna, name="Mine", slug="mine")
    page = own.get(begin(own))
    assert [template.name for template in page.context["templates"]] == ["Mine"]
    url = begin(own, template="theirs")
    own.post(step_url(url, "create"))
    assert created(own.post(step_url(url, "create"))).template is None


# Where it starts from


def test_a_link_for_one_client_is_personal(anna, office):
    customer = Customer.objects.create(first_name="Elena", last_name="Rossi", email="e@x.org")
    client = signed_in(make_administrator())
    url = begin(client, client=customer.pk)
    send(client, url, hosts=[anna.pk])
    send(client, step_url(url, "when"), from_in="3", from_in_unit="M")
    invitation = created(client.post(step_url(url, "create")))
    assert [key.client for key in invitation.keys.all()] == [customer]


def test_a_client_out_of_sight_makes_no_link_at_all(own):
    stranger = Customer.objects.create(first_name="S", last_name="S", email="s@x.org")
    response = own.post(step_url(begin(own, client=stranger.pk), "create"))
    assert name_of(response.url) == "message"
    errors = own.get(response.url).context["step"].errors
    assert "don’t see this client" in str(errors["client"])
    assert not Invitation.objects.exists()


def test_a_resource_sees_the_clients_it_has_appointments_with(own, anna, office):
    customer = Customer.objects.create(first_name="Elena", last_name="Rossi", email="e@x.org")
    start = timezone.now().replace(second=0, microsecond=0) + dt.timedelta(days=2)
    make_appointment(anna, start, territory=office, client=customer)
    invitation = created(own.post(step_url(begin(own, client=customer.pk), "create")))
    assert invitation.keys.get().client == customer


def test_another_one_like_it_has_its_criteria_but_not_its_dates(own, anna, office, topics):
    key = make_invitation(
        anna,
        territory=office,
        topic=topics[1],
        appointment_type="phone",
        max_bookings=4,
        from_date=dt.date(2030, 1, 1),
        message="Hello",
    )
    url = begin(own, like=key.invitation_id)
    invitation = created(own.post(step_url(url, "create")))
    assert (invitation.topic, invitation.appointment_type) == (topics[1], "phone")
    assert (invitation.max_bookings, invitation.message) == (4, "Hello")
    assert invitation.from_date is None
    assert invitation.keys.get().key != key.key


def test_invitations_of_others_are_no_model(own):
    other = make_invitation(message="Secret").invitation
    url = begin(own, like=other.pk)
    assert created(own.post(step_url(url, "create"))).message == ""


# Whom one acts for


def test_an_assistant_generates_on_behalf_and_is_named(anna):
    assistant = make_assistant(anna)
    client = signed_in(assistant)
    invitation = created(client.post(step_url(begin(client), "create")))
    assert (invitation.created_by, invitation.on_behalf_of) == (assistant, anna)
    event = invitation.events.get()
    assert (event.actor, event.on_behalf_of) == (assistant, anna)


def test_a_grant_that_ends_on_the_way_is_said_and_what_was_chosen_is_kept(anna, topics):
    assistant = make_assistant(anna)
    client = signed_in(assistant)
    url = begin(client)
    send(client, step_url(url, "what"), work=f"topic:{topics[1].pk}")
    AssistantGrant.objects.update(valid_until=dt.date(2020, 1, 1))
    response = client.post(step_url(url, "create"))
    assert name_of(response.url) == "who"
    page = client.get(response.url)
    assert page.status_code == 200
    assert "no longer generate invitations for Anna Berger" in page.content.decode()
    assert not Invitation.objects.exists()
    AssistantGrant.objects.update(valid_until=None)
    assert created(client.post(step_url(url, "create"))).topic == topics[1]


def test_strangers_are_neither_named_nor_invited_for(own):
    bernd = make_resource(name="Bernd Secret")
    url = begin(own, resource=bernd.pk)
    page = own.get(f"{url}?check")
    assert name_of(url) == "who"
    assert "Bernd" not in page.content.decode()
    send(own, url, hosts=[bernd.pk])
    assert "Bernd" not in own.get(f"{url}?check").content.decode()
    assert own.post(step_url(url, "create")).url.endswith("/who/?check")
    assert not Invitation.objects.exists()


def test_who_may_generate_for_nobody_cannot_begin():
    assert signed_in(make_user()).get(START).status_code == 403


def test_a_draft_belongs_to_its_session(own, anna):
    url = begin(own)
    assert signed_in(make_administrator()).get(url).status_code == 404


def test_creating_twice_makes_one_invitation(own):
    url = begin(own)
    first = created(own.post(step_url(url, "create")))
    assert created(own.post(step_url(url, "create"))) == first
    assert own.get(url).url.endswith(f"/{first.pk}/link/")
    assert Invitation.objects.count() == 1


def test_fields_that_no_step_has_change_nothing(own, anna):
    other = make_user()
    url = step_url(begin(own), "message")
    posted = {"owner": "999", "created_by": other.pk, "key": "chosen-by-me-0123456789"}
    invitation = created(send(own, url, press="create", **posted))
    assert invitation.owner == anna
    assert invitation.created_by == anna.user
    assert invitation.keys.get().key != posted["key"]


def test_a_step_that_there_is_not_is_not_found(own):
    url = step_url(begin(own), "nothing")
    assert own.get(url).status_code == 404
    assert own.post(url).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"from_in": "-1"},
        {"from_in": "1000"},
        {"from_in": "x"},
        {"from_in_unit": "Y", "from_in": "1"},
        {"from_date": "0000-00-00"},
        {"until_date": "99999-01-01"},
        {"from_date": "9999-12-01", "until_after": "3", "until_after_unit": "M"},
    ],
)
def test_odd_dates_are_errors_beside_their_field(own, fields):
    response = send(own, step_url(begin(own), "when"), **fields)
    assert response.status_code == 200
    assert response.context["step"].errors


@pytest.mark.parametrize("name", ["resource", "client", "like"])
@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "x", "-1"])
def test_numbers_that_no_row_has_break_nothing(own, name, number):
    url = begin(own, **{name: number})
    assert own.get(url).status_code == 200
    assert own.post(step_url(url, "create")).status_code == 302


def test_a_step_costs_the_same_for_two_resources_and_for_forty(anna, office):
    make_resource(office)
    client = signed_in(make_administrator())
    url = step_url(begin(client, resource=anna.pk), "limits")

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    few = queries()
    for _ in range(38):
        make_resource(office)
    assert queries() == few
