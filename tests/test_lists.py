"""What holds for every list of the admin."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Appointment, Client
from invitations.models import Invitation, ProspectList, Recipient
from scheduling.models import Absence
from tests.factories import make_resource, make_territory
from tests.rows import make_row
from tests.staff import make_administrator, make_assistant, signed_in

pytestmark = pytest.mark.django_db

MODELS = [pytest.param(model, id=model.__name__) for model in admin.site._registry]
FOR_ASSISTANTS = [
    pytest.param(model, id=model.__name__)
    for model in (Absence, Appointment, Client, Invitation, ProspectList, Recipient)
]


def queries_of_list(user: User, model: type) -> int:
    client = signed_in(user)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_the_same_queries_for_one_row_and_for_a_hundred(model):
    user = make_administrator()
    territory = make_territory()
    make_row(model, make_resource(territory))
    one = queries_of_list(user, model)
    for _ in range(99):
        make_row(model, make_resource(territory))
    assert queries_of_list(user, model) == one


@pytest.mark.parametrize("model", FOR_ASSISTANTS)
def test_so_does_the_list_of_an_assistant_of_thirty(model):
    territory = make_territory()
    first, *others = (make_resource(territory) for _ in range(30))
    user = make_assistant(first, *others)
    make_row(model, first)
    one = queries_of_list(user, model)
    for resource in others:
        make_row(model, resource)
    assert queries_of_list(user, model) == one
