"""Whoever plans or books for others chooses where, not the alphabet."""

from __future__ import annotations

import re

import pytest

from tests.factories import make_resource, make_territory, make_work_type
from tests.staff import make_administrator, signed_in

pytestmark = pytest.mark.django_db


def chosen_place(page):
    """What the form shows as its place."""
    shown = signed_in(make_administrator()).get(page).content.decode()
    options = re.search(r'<select name="territory".*?</select>', shown, re.DOTALL)
    assert options
    selected = re.search(r'value="(\d*)" selected', options[0])
    return selected[1] if selected else None


@pytest.mark.parametrize("page", ["plan/", "book/"])
def test_the_place_is_that_of_the_resource_or_still_to_be_chosen(page):
    make_territory(name="Aachen")
    home = make_territory(name="Berlin")
    make_work_type(home, attendee_limit=3)
    host = make_resource(home)
    page = f"/admin/appointments/appointment/{page}"
    assert chosen_place(page) == ""
    assert chosen_place(f"{page}?resource={host.pk}") == str(home.pk)


def test_where_there_is_one_place_that_is_it():
    home = make_territory(name="Berlin")
    make_work_type(home, attendee_limit=3)
    for page in ("plan/", "book/"):
        shown = signed_in(make_administrator()).get(f"/admin/appointments/appointment/{page}")
        options = re.search(r'<select name="territory".*?</select>', str(shown.text), re.DOTALL)
        assert options
        assert re.findall(r'value="(\d*)"', options[0]) == [str(home.pk)]
