"""Public holidays are asked for by the codes of countries, and by nothing else."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import at, make_hours
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ODD = ["utils", "country_holidays", "HolidayBase", "Germany", "DEU", "NYSE", "de", "'", "\x00"]


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(at("2026-09-01 09:00"), tick=False)


@pytest.mark.parametrize("country", ODD)
def test_what_is_no_country_is_refused_by_the_page(country):
    hours = make_hours()
    address = reverse("admin:scheduling_operatinghours_holidays", args=[hours.pk])
    office = signed_in(make_administrator())
    asked = {"country": country, "years": 2026, "region": ""}
    found = office.get(address, asked)
    assert found.status_code == 200
    assert not found.context["found"]


@pytest.mark.parametrize("country", ODD)
def test_what_is_no_country_is_refused_by_the_command(country):
    with pytest.raises(CommandError, match="not known"):
        call_command("import_holidays", make_hours().name, country, years=[2026])
