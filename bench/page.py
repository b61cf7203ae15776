"""The week page beside bare pages, and with a long past: ``python -m bench.page``.

Runs on ``DATABASE_URL``, and for the past on ``LARGE_DATABASE_URL`` too. Prints JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable
from functools import partial

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()

from django.core.handlers.base import BaseHandler
from django.db import connection, connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.weeks import Week
from bench import past
from bench.bare import shape
from bench.measure import medians, progress
from bench.switch import Switch
from invitations.models import InvitationKey
from scheduling.engine.intervals import minute_of
from scheduling.models import Absence, Holiday
from tests import factories

KEY = "benchmark-of-the-week-page-0123456"
_MONDAY = timezone.now().date() - dt.timedelta(days=timezone.now().weekday())
AHEAD = factories.at(f"{_MONDAY + dt.timedelta(weeks=2)} 10:00")
"""A Monday morning in the week that is measured."""

ROUNDS = 60
SHORT_PAST, LONG_PAST = 1_000, 1_000_000
LINK = re.compile(
    r'<a href="([^"]+)" aria-label="([^"]+)"[^>]*><time datetime="([^"]+)">([^<]+)</time>'
)


def main() -> None:
    get, week = client(), f"/invite/{KEY}/{Week.at(minute_of(AHEAD), factories.BERLIN)}/"
    for Switch.alias in reversed(list(connections)):
        stage()
    queries = imitate(get, week)
    found = {"queries": queries, "links": len(shape["links"]), **page_and_bare(get, week)}
    if "large" in connections:
        found["past"] = short_and_long_past(get, week)
    print(json.dumps(found))


def page_and_bare(get: Callable[[str], bytes], week: str) -> dict[str, float]:
    progress("Week page beside bare pages ...")
    contestants = {"page": week, "simple": "/bare/", "same": "/bare/same-rows/"}
    return medians({name: partial(get, url) for name, url in contestants.items()}, ROUNDS)


def short_and_long_past(get: Callable[[str], bytes], week: str) -> dict[str, float]:
    def on(alias: str) -> bytes:
        Switch.alias = alias
        return get(week)

    for Switch.alias, number in (("default", SHORT_PAST), ("large", LONG_PAST)):
        past.load(InvitationKey.objects.get(), number)
    progress("Week page with a short and a long past ...")
    assert on("default") == on("large")
    return medians({"short": lambda: on("default"), "long": lambda: on("large")}, ROUNDS)


def stage() -> None:
    """A host with hours, some absences and twenty appointments, and an invitation to them."""
    place = factories.make_territory(name="Office")
    host = factories.make_resource(place, name="Anna Berger", email="anna@example.com")
    work = factories.make_work_type(place, name="Review", start_interval=15)
    key = factories.make_invitation(host, territory=place, work_type=work)
    InvitationKey.objects.filter(pk=key.pk).update(key=KEY)
    for number in range(20):
        start = AHEAD + dt.timedelta(days=number % 10, minutes=number * 20)
        factories.make_appointment(host, start, 20, territory=place, work_type=work)
    for days in (3, 4, 9):
        start = AHEAD + dt.timedelta(days=days)
        end = start + dt.timedelta(hours=2)
        Absence.objects.create(service_resource=host, start=start, end=end)
    Holiday.objects.create(operating_hours=place.operating_hours, name="Day off", date=AHEAD.date())


def client() -> Callable[[str], bytes]:
    """GET through all middleware, as a server's worker does; returns the page."""
    handler, requests = BaseHandler(), RequestFactory()
    handler.load_middleware()

    def get(url: str) -> bytes:
        response = handler.get_response(requests.get(url))
        assert response.status_code == 200, (url, response.status_code)
        return bytes(response.content)

    return get


def imitate(get: Callable[[str], bytes], url: str) -> int:
    """Give the bare pages the shape of a page; returns the number of its queries."""
    get(url)  # Django asks a database once what it can do
    with CaptureQueriesContext(connection) as queries:
        page = get(url)
    shape["key"] = KEY
    shape["queries"] = len(queries)
    shape["links"] = LINK.findall(page.decode())
    shape["filler"] = ""
    shape["filler"] = "x" * (len(page) - len(get("/bare/")))
    assert len(get("/bare/")) == len(page)
    return len(queries)


if __name__ == "__main__":
    main()
