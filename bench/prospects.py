"""The page of a list of 10,000 recipients: ``python -m bench.prospects``.

Each has a past of letters, marks and bookings. Beside the same page of 100 recipients, and a page
of Django's admin that shows as many rows of the same table and nothing about them. Runs on
``DATABASE_URL``; prints JSON: seconds, queries.
"""

from __future__ import annotations

import json
from functools import partial

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.measure import medians
from invitations.models import ProspectList
from scheduling.models import ServiceResource, Territory
from tests import factories
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import make_list
from tests.staff import make_assistant, signed_in

MANY, FEW = 10_000, 100
ROUNDS = 10


def main() -> None:
    place = factories.make_territory()
    host = factories.make_resource(place)
    many, few = stage(place, host, MANY), stage(place, host, FEW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = signed_in(make_assistant(host))
    pages = {
        "many": address(many),
        "few": address(few),
        "bare": reverse("bare:invitations_recipient_changelist"),
    }
    taken = medians({name: partial(get, client, url) for name, url in pages.items()}, ROUNDS)
    with CaptureQueriesContext(connection) as queries:
        get(client, pages["many"])
    print(json.dumps({**taken, "queries": len(queries)}))


@transaction.atomic
def stage(place: Territory, host: ServiceResource, number: int) -> ProspectList:
    """A list of so many, to whom something happened within three weeks."""
    prospect_list = make_list(host, invitation={"territory": place, "owner": host})
    live(prospect_list, add_people(prospect_list, number), seed=number)
    return prospect_list


def address(prospect_list: ProspectList) -> str:
    return reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])


def get(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)


if __name__ == "__main__":
    main()
