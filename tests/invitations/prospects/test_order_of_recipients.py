"""Who was never reached stands at the same end of the list on every database."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.urls import reverse

from invitations.models import RecipientMark
from tests.factories import at
from tests.invitations.prospects.lists import book, make_list, make_recipients
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def shown(page: str, column: str, sign: str = "") -> list[Any]:
    """The rows of a list in the order of a column."""
    browser = signed_in(make_administrator())
    number = browser.get(page).context["cl"].list_display.index(column)
    return list(browser.get(page, {"o": f"{sign}{number}"}).context["cl"].result_list)


@pytest.mark.parametrize("column", ["opened", "booked"])
def test_the_latest_come_first_or_last_and_who_is_not_there_yet_before_the_first(column):
    prospect_list = make_list()
    nobody, early, late = make_recipients(prospect_list, 3)
    for number, recipient in enumerate((early, late)):
        with time_machine.travel(at(f"2026-11-0{number + 2} 09:00"), tick=False):
            RecipientMark.objects.create(recipient=recipient, kind=RecipientMark.Kind.OPENED)
            book(recipient, at(f"2026-11-1{number} 10:00"))
    page = reverse("admin:invitations_prospectlist_recipients", args=[prospect_list.pk])
    assert shown(page, column, "-") == [late, early, nobody]
    assert shown(page, column) == [nobody, early, late]


def test_lists_by_which_nothing_was_booked_yet_come_after_those_with_the_latest():
    unbooked, booked = make_list(name="Unbooked"), make_list(name="Booked")
    book(make_recipients(booked, 1)[0], at("2026-11-23 10:00"))
    page = reverse("admin:invitations_prospectlist_changelist")
    assert shown(page, "last", "-") == [booked, unbooked]
