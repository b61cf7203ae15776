"""What it costs to respect wishes (rule A8)."""

from __future__ import annotations

import pytest

from appointments.models import ResourcePreference
from invitations.availability import next_starts
from invitations.models import Invitation
from tests.clients import make_client
from tests.factories import at, make_preference, make_resource, make_territory
from tests.invitations.wishing import personal, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("friday")]

Kind = ResourcePreference.Kind
NOW = at("2026-11-20 12:00")


@pytest.fixture
def office():
    return make_territory()


@pytest.fixture
def anna(office):
    return make_resource(office, name="Anna Berger")


@pytest.fixture
def gerda():
    return make_client()


def page_queries(client, key, django_assert_num_queries, number):
    client.get(url_of(key))
    with django_assert_num_queries(number):
        client.get(url_of(key))


def test_plain_personal_links_cost_no_query_more(
    client, gerda, anna, office, django_assert_num_queries
):
    key = personal(gerda, anna, territory=office, respects_wishes=False)
    page_queries(client, key, django_assert_num_queries, 8)


@pytest.mark.parametrize("preferences", [0, 30])
def test_wishes_cost_one_query_whatever_their_number(
    client, gerda, office, django_assert_num_queries, preferences
):
    team = [make_resource(office) for _ in range(31)]
    for host in team[:preferences]:
        make_preference(gerda, host, Kind.PREFERRED)
    key = personal(gerda, *team, territory=office, any_host=True)
    page_queries(client, key, django_assert_num_queries, 9)


@pytest.mark.parametrize("count", [1, 20])
def test_lists_cost_one_query_more_whatever_their_length(
    gerda, anna, office, django_assert_num_queries, count
):
    for number in range(count):
        personal(make_client(email=f"{number}@example.com"), anna, territory=office)
    invitations = list(Invitation.objects.for_staff(NOW))
    next_starts(invitations, NOW)
    with django_assert_num_queries(7):
        next_starts(invitations, NOW)
