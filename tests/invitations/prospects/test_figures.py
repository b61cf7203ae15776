"""The pages of an invitation and of a resource count its lists as the lists themselves do."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from invitations.models import Invitation, ProspectList
from invitations.prospects.funnel import Reached, funnels, sum_of
from scheduling.models import ServiceResource
from tests.factories import at, make_invitation, make_resource, make_territory
from tests.invitations.pages import links, text
from tests.invitations.prospects.histories import add_people, live
from tests.invitations.prospects.lists import make_list, make_recipient
from tests.staff import make_administrator, make_assistant, own_user, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = at("2026-12-01 12:00")
SAID = re.compile(r"([\d,]+) recipients?, ([\d,]+) sent, ([\d,]+) opened, ([\d,]+) booked")
STEPS = (Reached.LISTED, Reached.SENT, Reached.OPENED, Reached.BOOKED)


@pytest.fixture(autouse=True)
def _in_december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna() -> ServiceResource:
    return make_resource(name="Anna Berger")


def list_of(host: ServiceResource, name: str = "Autumn", **criteria: object) -> ProspectList:
    return make_list(host, name=name, invitation={"territory": make_territory(), **criteria})


def make_past(host: ServiceResource, seed: int, number: int = 15) -> ProspectList:
    prospect_list = list_of(host, f"Wave {seed}")
    live(prospect_list, add_people(prospect_list, number), seed)
    return prospect_list


def page_of(row: Invitation | ServiceResource) -> str:
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def page_of_list(prospect_list: ProspectList, name: str = "recipients") -> str:
    return reverse(f"admin:invitations_prospectlist_{name}", args=[prospect_list.pk])


def said(browser: Browser, row: Invitation | ServiceResource) -> list[int] | None:
    """The four figures on the page of a row, None where there are none."""
    found = SAID.search(" ".join(text(browser.get(page_of(row))).split()))
    return [int(number.replace(",", "")) for number in found.groups()] if found else None


def counted(*lists: ProspectList) -> list[int]:
    together = sum_of(funnels(lists, NOW).values())
    return [together.counts[step] for step in STEPS]


def test_the_page_of_an_invitation_counts_its_list(anna):
    prospect_list = make_past(anna, seed=3)
    make_past(anna, seed=4)
    browser = signed_in(make_administrator())
    assert said(browser, prospect_list.invitation) == counted(prospect_list)
    assert page_of_list(prospect_list) in links(browser.get(page_of(prospect_list.invitation)))


def test_the_page_of_a_resource_counts_its_lists_together_and_leads_to_them(anna):
    hosted = [make_past(anna, seed) for seed in (5, 6)]
    owned = list_of(make_resource(), "Owned", owner=anna)
    make_recipient(owned)
    make_past(make_resource(), seed=7)
    browser = signed_in(make_administrator())
    expected = counted(*hosted, owned)
    assert said(browser, anna) == expected
    [way] = [url for url in links(browser.get(page_of(anna))) if "of_resource=" in url]
    shown = browser.get(way).context["cl"]
    assert {each.pk for each in shown.result_list} == {each.pk for each in (*hosted, owned)}
    assert [shown.totals.counts[step] for step in STEPS] == expected


def test_a_resource_with_one_list_leads_to_that(anna):
    prospect_list = make_past(anna, seed=8)
    assert page_of_list(prospect_list) in links(signed_in(own_user(anna)).get(page_of(anna)))


def test_without_a_list_nothing_is_said(anna):
    browser = signed_in(make_administrator())
    invitation = make_invitation(anna, territory=make_territory()).invitation
    assert (said(browser, anna), said(browser, invitation)) == (None, None)


def test_a_list_of_nobody_is_all_noughts(anna):
    prospect_list = list_of(anna)
    assert said(signed_in(make_administrator()), prospect_list.invitation) == [0, 0, 0, 0]


# Who sees them


def test_of_a_resource_only_the_lists_are_counted_that_the_user_sees(anna):
    tom = make_resource(name="Tom Reed")
    ours, theirs = make_past(anna, seed=9), make_past(tom, seed=10)
    for person in (own_user(anna), make_assistant(anna)):
        browser = signed_in(person)
        assert said(browser, anna) == counted(ours)
        assert browser.get(page_of(theirs.invitation)).status_code == 404
        others = browser.get(page_of_list_of_lists(), {"of_resource": tom.pk})
        assert list(others.context["cl"].result_list) == []


def page_of_list_of_lists() -> str:
    return reverse("admin:invitations_prospectlist_changelist")


@pytest.mark.parametrize("asked", ["", "x", "0", "9" * 30, "-1"])
def test_lists_of_nobody_known_are_none(anna, asked):
    list_of(anna)
    found = signed_in(make_administrator()).get(page_of_list_of_lists(), {"of_resource": asked})
    assert found.status_code == 200
    assert list(found.context["cl"].result_list) == []


def test_who_may_not_generate_is_led_to_the_letter_not_to_people_out_of_reach(anna):
    tom = make_resource(name="Tom Reed")
    ours, theirs = list_of(anna, "Ours"), list_of(tom, "Theirs")
    person = make_assistant(anna)
    person.assistant_grants.create(service_resource=tom, can_generate_invitations=False)
    browser = signed_in(person)
    for shown in (page_of_list_of_lists(), page_of(theirs.invitation), page_of(tom)):
        found = [url for url in links(browser.get(shown)) if "/prospectlist/" in url]
        assert page_of_list(theirs) not in found
        assert page_of_list(theirs, "change") in found
        assert [url for url in found if browser.get(url).status_code != 200] == []
    assert page_of_list(ours) in links(browser.get(page_of_list_of_lists()))


# What it costs


def test_both_pages_take_the_same_queries_for_few_and_for_many(anna):
    browser = signed_in(make_administrator())
    first = make_past(anna, seed=11, number=2)
    pages = (page_of(anna), page_of(first.invitation))
    make_past(anna, seed=12, number=2)
    few = [queries(browser, page) for page in pages]
    live(first, add_people_more(first, 60), seed=13)
    for seed in range(14, 24):
        make_past(anna, seed, number=3)
    assert [queries(browser, page) for page in pages] == few


def add_people_more(prospect_list: ProspectList, number: int):
    return [make_recipient(prospect_list, f"more{n}@example.com") for n in range(number)]


def queries(browser: Browser, page: str) -> int:
    browser.get(page)
    with CaptureQueriesContext(connection) as found:
        browser.get(page)
    return len(found)
