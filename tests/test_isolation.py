"""Nobody reaches what is another's, by any page of the admin, of any model, present or to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.test import RequestFactory
from django.urls import resolve, reverse

from appointments.models import Appointment
from invitations.models import Invitation
from scheduling.admin.narrowed import NarrowedAdmin, NarrowedInline
from scheduling.groups import REFERENCE
from scheduling.models import Absence, ServiceResource
from tests.factories import make_resource, make_territory
from tests.rows import make_row
from tests.staff import (
    make_administrator,
    make_assistant,
    make_scheduling_administrator,
    own_user,
    signed_in,
)

pytestmark = pytest.mark.django_db

PAGES = list(admin.site._registry.values())
OWNED = [
    pytest.param(page, id=page.model.__name__)
    for page in PAGES
    if type(page).of_resources is not NarrowedAdmin.of_resources
]
EACH_PAGE = [pytest.param(page, id=page.model.__name__) for page in PAGES]
EACH_PERSON = pytest.mark.parametrize("make", [own_user, make_assistant])

REFUSED = {403, 404, 405}


def name_of(page: admin.ModelAdmin) -> str:
    return f"{page.model._meta.app_label}_{page.model._meta.model_name}"


def cast() -> tuple[ServiceResource, ServiceResource]:
    """Two resources at one place, who have nothing else to do with each other."""
    territory = make_territory()
    return make_resource(territory, name="Anna Own"), make_resource(territory, name="Bernd Other")


def now_of(row: models.Model) -> list[dict[str, Any]]:
    return list(type(row)._default_manager.filter(pk=row.pk).values())


# All stand on one base


def test_every_page_and_every_inline_stands_on_the_base():
    inlines = [inline for page in PAGES for inline in page.inlines]
    assert len(inlines) > 5
    assert [page for page in PAGES if not isinstance(page, NarrowedAdmin)] == []
    assert [inline for inline in inlines if not issubclass(inline, NarrowedInline)] == []


def test_every_model_that_lets_resources_in_says_which_rows_are_theirs():
    lets_in = {page for page in PAGES if page.acts}
    assert lets_in == {param.values[0] for param in OWNED}
    assert len(lets_in) >= 7


@pytest.mark.parametrize("page", OWNED)
def test_the_rows_of_these_tests_belong_to_their_resource_alone(page):
    mine, other = cast()
    row = make_row(page.model, other)
    rows = page.model._default_manager.all()
    assert row in page.of_resources(rows, ServiceResource.objects.filter(pk=other.pk))
    assert row not in page.of_resources(rows, ServiceResource.objects.filter(pk=mine.pk))


# Pages


def addresses(page: admin.ModelAdmin, row: models.Model, owner: ServiceResource) -> Iterator[str]:
    """Every address of an admin that names a row, or the resource that it belongs to."""
    for pattern in page.get_urls():
        names = set(pattern.pattern.converters)
        # A draft is signed for who began it; the nameless pattern only leads on to another.
        if names and "draft" not in names and pattern.name:
            values = {name: owner.pk if name == "resource" else row.pk for name in names}
            address = reverse(f"admin:{pattern.name}", kwargs=values)
            yield from (address, f"{address}?_popup=1&_to_field=id")


@EACH_PERSON
@pytest.mark.parametrize("page", OWNED)
def test_no_page_about_a_strangers_row_opens_or_acts(page, make):
    mine, other = cast()
    make_row(page.model, mine)
    row = make_row(page.model, other)
    client = signed_in(make(mine))
    before = now_of(row)
    found = list(addresses(page, row, other))
    assert len(found) >= 6
    for address in found:
        assert client.get(address).status_code in REFUSED, address
        assert client.post(address, {"post": "yes"}).status_code in REFUSED, address
    assert now_of(row) == before


@pytest.mark.parametrize("page", OWNED)
def test_their_own_row_opens_so_that_these_refusals_mean_something(page):
    mine, _other = cast()
    row = make_row(page.model, mine)
    client = signed_in(own_user(mine))
    assert client.get(reverse(f"admin:{name_of(page)}_change", args=[row.pk])).status_code == 200
    listed = client.get(reverse(f"admin:{name_of(page)}_changelist")).context["cl"].queryset
    assert row in listed


@EACH_PERSON
@pytest.mark.parametrize("page", OWNED)
def test_no_list_and_no_filter_names_a_stranger(page, make):
    mine, other = cast()
    make_row(page.model, mine)
    row = make_row(page.model, other)
    response = signed_in(make(mine)).get(reverse(f"admin:{name_of(page)}_changelist"))
    if response.status_code == 403:
        return
    shown = response.context["cl"]
    assert row not in shown.queryset
    for beside in shown.filter_specs:
        offered = [str(words) for _key, words in getattr(beside, "lookup_choices", [])]
        assert str(other) not in offered
    assert str(other) not in response.content.decode()


@EACH_PERSON
@pytest.mark.parametrize("page", OWNED)
def test_no_action_takes_a_strangers_row(page, make):
    mine, other = cast()
    make_row(page.model, mine)
    row = make_row(page.model, other)
    client = signed_in(make(mine))
    before = now_of(row)
    for _action, name, _words in page._get_base_actions():
        client.post(
            reverse(f"admin:{name_of(page)}_changelist"),
            {"action": name, "_selected_action": [row.pk], "post": "yes"},
        )
        assert now_of(row) == before, name


def test_rows_of_two_who_granted_differently_are_not_mixed():
    mine, other = cast()
    user = own_user(mine)
    user.assistant_grants.create(service_resource=other)
    own, seen = make_row(Absence, mine), make_row(Absence, other)
    client = signed_in(user)
    delete = {"action": "delete_selected", "_selected_action": [own.pk, seen.pk], "post": "yes"}
    assert client.post(reverse("admin:scheduling_absence_changelist"), delete).status_code == 403
    assert Absence.objects.count() == 2
    delete["_selected_action"] = [own.pk]
    client.post(reverse("admin:scheduling_absence_changelist"), delete)
    assert list(Absence.objects.all()) == [seen]


@EACH_PERSON
@pytest.mark.parametrize("page", EACH_PAGE)
def test_no_search_by_typing_finds_a_stranger(page, make):
    if page.model._meta.model_name in REFERENCE:
        return  # belongs to nobody, and is there for all
    mine, other = cast()
    row = make_row(page.model, other)
    client = signed_in(make(mine))
    relations = [found.field for found in page.model._meta.related_objects]
    relations += [found.remote_field for found in page.model._meta.many_to_many]
    for relation in relations:
        if not hasattr(relation, "get_limit_choices_to"):
            continue  # seen from its other end: Django's page fails there, for all alike
        asked = {
            "app_label": relation.model._meta.app_label,
            "model_name": relation.model._meta.model_name,
            "field_name": relation.name,
        }
        response = client.get(reverse("admin:autocomplete"), asked)
        if response.status_code == 200:
            assert str(row.pk) not in [found["id"] for found in response.json()["results"]]
        else:
            assert response.status_code in REFUSED


def test_the_number_of_a_row_leads_nobody_to_its_page_for_guests():
    appointment = make_row(Appointment, make_resource())
    kind = ContentType.objects.get_for_model(Appointment).pk
    address = f"/admin/r/{kind}/{appointment.pk}/"
    assert signed_in(make_administrator()).get(address).status_code == 404


# Lookups in the address of a list


def hidden_lookups(model: type[models.Model], deep: int = 3) -> Iterator[str]:
    """The paths from a model to every text that a list could be asked for letter by letter."""
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model and deep:
            for path in hidden_lookups(field.related_model, deep - 1):
                yield f"{field.name}__{path}"
        elif isinstance(field, models.CharField | models.TextField):
            yield f"{field.name}__startswith"


@pytest.mark.parametrize("page", EACH_PAGE)
def test_no_list_spells_out_what_it_does_not_show(page, rf):
    request = rf.get("/")
    request.user = make_administrator()
    shown = {f"{name}__startswith" for name in page.list_filter if isinstance(name, str)}
    asked = set(hidden_lookups(page.model)) - shown
    assert asked
    assert [path for path in asked if page.lookup_allowed(path, "a", request)] == []


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("scheduling_absence", "service_resource__user__password__startswith"),
        ("scheduling_serviceresource", "user__password__startswith"),
        ("auth_user", "password__startswith"),
        ("appointments_appointment", "key__startswith"),
        ("invitations_invitation", "keys__key__startswith"),
    ],
)
def test_not_even_a_superuser_reads_a_secret_letter_by_letter(model, lookup):
    client = signed_in(make_administrator())
    address = reverse(f"admin:{model}_changelist")
    assert client.get(address).status_code == 200
    assert client.get(address, {lookup: "a"}).status_code == 400


# Choices in forms


def forms_of(
    page: NarrowedAdmin, user: User, row: models.Model | None
) -> Iterator[tuple[Any, Any]]:
    """The forms of a page with the row that each is about, as far as the user may use them."""
    view, args = ("change", [row.pk]) if row else ("add", [])
    address = reverse(f"admin:{name_of(page)}_{view}", args=args)
    request = RequestFactory().get(address)
    request.user = user
    request.resolver_match = resolve(address)
    if (row and page.has_change_permission(request, row)) or (
        not row and page.has_add_permission(request)
    ):
        yield page.get_form(request, row, change=bool(row)), row
        for formset, _inline in page.get_formsets_with_inlines(request, row):
            yield formset.form, None


def relations(form: Any) -> Iterator[tuple[str, type[models.Model]]]:
    for name, field in form.base_fields.items():
        if isinstance(field, ModelChoiceField):
            yield name, field.queryset.model


def is_refused(form: Any, row: models.Model | None, name: str, key: int) -> bool:
    """Whether a form, sent with a key in one of its relations, complains of that choice."""
    several = isinstance(form.base_fields[name], ModelMultipleChoiceField)
    sent = form({name: [key] if several else key}, instance=row)
    return "invalid_choice" in [error.code for error in sent.errors.as_data().get(name, [])]


@EACH_PERSON
@pytest.mark.parametrize("page", EACH_PAGE)
def test_no_form_takes_a_strangers_row(page, make):
    mine, other = cast()
    user = make(mine)
    for row in (None, make_row(page.model, mine)):
        for form, edited in forms_of(page, user, row):
            for name, related in relations(form):
                if related._meta.model_name not in REFERENCE:
                    stranger = make_row(related, other)
                    assert is_refused(form, edited, name, stranger.pk), name


@pytest.mark.parametrize("page", EACH_PAGE)
def test_no_form_of_a_scheduling_administrator_takes_a_superuser_or_another_group(page):
    user = make_scheduling_administrator()
    above = {User: make_administrator(), Group: Group.objects.create(name="Auditors")}
    for row in (None, make_row(page.model, make_resource())):
        for form, edited in forms_of(page, user, row):
            for name, related in relations(form):
                if related in above:
                    assert is_refused(form, edited, name, above[related].pk), name
                else:
                    taken = make_row(related, make_resource())
                    assert not is_refused(form, edited, name, taken.pk), name


def test_no_form_takes_somebody_whom_one_may_see_but_not_act_for():
    mine, other = cast()
    user = own_user(mine)
    user.assistant_grants.create(
        service_resource=other,
        can_generate_invitations=False,
        can_change_invitations=False,
        can_change_appointments=False,
    )
    tried = 0
    for page in PAGES:
        for row in (None, make_row(page.model, mine)):
            for form, edited in forms_of(page, user, row):
                for name, related in relations(form):
                    if related is ServiceResource:
                        assert is_refused(form, edited, name, other.pk), (page, name)
                        assert not is_refused(form, edited, name, mine.pk), (page, name)
                        tried += 1
    assert tried


def test_forms_with_relations_are_found():
    mine, _other = cast()
    found = {
        (page.model.__name__, name)
        for user in (own_user(mine), make_scheduling_administrator())
        for page in PAGES
        for form, _row in forms_of(page, user, None)
        for name, _related in relations(form)
    }
    assert ("Absence", "service_resource") in found
    assert ("ServiceResource", "assistant") in found  # of an inline
    assert len(found) > 15


def test_what_a_row_points_to_can_be_kept():
    boss = make_administrator()
    resource = make_resource(user=boss)
    grant = resource.assistant_grants.create(assistant=boss)
    page = admin.site._registry[ServiceResource]
    (form, row), *inlines = forms_of(page, make_scheduling_administrator(), resource)
    assert not is_refused(form, row, "user", boss.pk)
    grants = next(form for form, _row in inlines if form._meta.model is type(grant))
    assert not is_refused(grants, grant, "assistant", boss.pk)


# Fields that are not in a form


def test_nothing_else_of_an_invitation_is_taken_from_what_is_sent():
    mine, other = cast()
    invitation = make_row(Invitation, mine)
    user = own_user(mine)
    before = now_of(invitation), list(invitation.keys.values())
    signed_in(user).post(
        reverse("admin:invitations_invitation_change", args=[invitation.pk]),
        {
            "is_active": "on",
            "owner": other.pk,
            "created_by": user.pk,
            "on_behalf_of": other.pk,
            "key": "guessable",
            "keys-TOTAL_FORMS": 1,
            "keys-INITIAL_FORMS": 1,
            "keys-0-id": invitation.keys.get().pk,
            "keys-0-key": "guessable",
            "hosts-TOTAL_FORMS": 1,
            "hosts-INITIAL_FORMS": 0,
            "hosts-0-service_resource": other.pk,
        },
    )
    assert (now_of(invitation), list(invitation.keys.values())) == before
    assert invitation.hosts.count() == 1
