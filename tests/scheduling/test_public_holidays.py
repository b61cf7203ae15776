"""Public holidays come to operating hours from a page, or from a command."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from scheduling.models import Holiday
from scheduling.public_holidays import (
    PublicHoliday,
    UnknownCountryError,
    add_missing,
    countries,
    public_holidays,
    regions,
)
from tests.factories import at, make_appointment, make_hours, make_resource, make_territory
from tests.staff import make_administrator, make_assistant, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

UNITY = dt.date(2026, 10, 3)
CHRISTMAS = dt.date(2026, 12, 25)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(at("2026-09-01 09:00"), tick=False)


@pytest.fixture
def office(client):
    client.force_login(make_administrator())
    return client


def page_of(hours, query=""):
    return reverse("admin:scheduling_operatinghours_holidays", args=[hours.pk]) + query


def dates(hours):
    return set(hours.holidays.values_list("date", flat=True))


def test_names_are_in_the_language_asked_for_where_they_are_known_in_it():
    german = dict(public_holidays("DE", "", [2026], "de"))
    english = dict(public_holidays("DE", "", [2026], "en"))
    assert german[CHRISTMAS] == "Erster Weihnachtstag"
    assert english[CHRISTMAS] == "Christmas Day"
    assert dict(public_holidays("FR", "", [2026], "de"))[dt.date(2026, 7, 14)]


def test_a_region_has_more_than_its_country():
    assert dict(regions("DE"))["BY"] == "Bayern"
    country, bavaria = (set(public_holidays("DE", each, [2026], "de")) for each in ("", "BY"))
    assert country < bavaria


@pytest.mark.parametrize(("country", "region"), [("ZZ", ""), ("DE", "ZZ"), ("", "")])
def test_what_is_not_known_says_so(country, region):
    with pytest.raises(UnknownCountryError):
        public_holidays(country, region, [2026], "en")


def test_every_country_on_offer_can_be_looked_up():
    for code, _name in countries():
        regions(code)
        public_holidays(code, "", [2026], "en")


def test_dates_that_are_holidays_already_are_kept_and_twice_is_once():
    hours = make_hours()
    own = Holiday.objects.create(
        operating_hours=hours, date=CHRISTMAS, name="Ours", start_time="12:00", end_time="00:00"
    )
    found = public_holidays("DE", "", [2026], "de")
    assert PublicHoliday(UNITY, "Tag der Deutschen Einheit") in add_missing(hours, found)
    assert add_missing(hours, found) == []
    assert list(hours.holidays.filter(date=CHRISTMAS)) == [own]


def test_the_page_shows_first_what_would_be_added(office):
    hours = make_hours()
    page = office.get(page_of(hours)).content.decode()
    assert "Germany" in page
    assert 'name="region"' not in page
    page = office.get(page_of(hours, "?country=DE&years=2026")).content.decode()
    for words in ("Bayern", "Add 9 holidays", ": German Unity Day"):
        assert words in page
    assert dates(hours) == set()


def test_pressing_adds_them_and_leads_back(office):
    hours = make_hours()
    response = office.post(page_of(hours, "?country=DE&region=BY&years=2026&years=2027"))
    assert response.url == reverse("admin:scheduling_operatinghours_change", args=[hours.pk])
    assert {dt.date(2026, 1, 6), dt.date(2027, 1, 6), UNITY} <= dates(hours)
    page = office.get(page_of(hours, "?country=DE&region=BY&years=2026")).content.decode()
    assert "all of these dates are holidays already" in page
    history = reverse("admin:scheduling_operatinghours_history", args=[hours.pk])
    assert "2026-10-03" in office.get(history).content.decode()


def test_another_country_forgets_the_region_of_the_one_before(office):
    hours = make_hours()
    page = office.get(page_of(hours, "?country=AT&region=BY&years=2026")).content.decode()
    assert "Add 13 holidays" in page


@pytest.mark.parametrize("query", ["", "?country=ZZ&years=2026", "?country=DE&years=1", "?years=x"])
def test_nonsense_adds_nothing(office, query):
    hours = make_hours()
    assert office.post(page_of(hours, query)).status_code == 200
    assert dates(hours) == set()


def test_appointments_on_a_new_holiday_are_pointed_out(office):
    place = make_territory(make_hours(days=range(7)))
    make_appointment(make_resource(place), at("2026-10-03 10:00"), territory=place)
    hours = place.operating_hours
    page = office.post(page_of(hours, "?country=DE&years=2026"), follow=True).content.decode()
    assert "cannot be kept" in page


def test_only_who_may_change_the_hours_gets_there():
    hours = make_hours()
    assistant = signed_in(make_assistant(make_resource(make_territory(hours))))
    assert assistant.get(page_of(hours)).status_code == 404
    assert assistant.post(page_of(hours, "?country=DE&years=2026")).status_code == 404


def test_the_command_adds_this_year_and_the_next(capsys, settings):
    settings.LANGUAGE_CODE = "de"
    hours = make_hours()
    call_command("import_holidays", hours.name, "DE", region="BY")
    lines = capsys.readouterr().out.splitlines()
    assert "2026-10-03 Tag der Deutschen Einheit" in lines
    assert {day.year for day in dates(hours)} == {2026, 2027}
    call_command("import_holidays", hours.name, "DE", region="BY", years=[2026])
    assert capsys.readouterr() == ("", "0 added, 12 there already\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [(("Nowhere", "DE"), "no operating hours"), (("{hours}", "ZZ"), "ZZ are not known")],
)
def test_the_command_says_what_it_does_not_know(args, said):
    hours = make_hours()
    with pytest.raises(CommandError, match=said):
        call_command("import_holidays", *(arg.format(hours=hours.name) for arg in args))
