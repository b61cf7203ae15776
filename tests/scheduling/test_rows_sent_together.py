"""Rows of one page that cannot both be are refused beside the second, with all that was typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_hours, make_resource, make_territory
from tests.staff import make_administrator, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

EVE = {"date": "2026-12-24", "name": "Eve"}


def inline(prefix, *rows, initial=0):
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def send_holidays(hours, *rows, initial=0):
    sent = {"name": hours.name, "time_zone": "Europe/Berlin", **inline("time_slots")}
    sent |= inline("holidays", *rows, initial=initial)
    address = reverse("admin:scheduling_operatinghours_change", args=[hours.pk])
    return signed_in(make_administrator()).post(address, sent)


def test_one_holiday_twice():
    hours = make_hours(days=())
    found = send_holidays(hours, EVE, {**EVE, "name": "Christmas Eve"})
    html = found.content.decode()
    assert found.status_code == 200
    assert html.count("This date is a holiday of these hours already.") == 1
    assert 'value="Christmas Eve"' in html
    assert hours.holidays.count() == 0


def test_parts_of_one_day_may_be_several():
    hours = make_hours(days=())
    morning = {**EVE, "start_time": "08:00", "end_time": "10:00"}
    noon = {**EVE, "start_time": "12:00", "end_time": "13:00"}
    assert send_holidays(hours, EVE, morning, noon).status_code == 302
    assert hours.holidays.count() == 3


def test_one_that_is_taken_off_is_not_in_the_way():
    hours = make_hours(days=())
    gone = {**EVE, "DELETE": "on"}
    assert send_holidays(hours, EVE, gone).status_code == 302
    assert hours.holidays.count() == 1


def test_two_primary_places_of_somebody_new():
    places = [make_territory(), make_territory()]
    rows = [{"territory": place.pk, "type": "primary"} for place in places]
    sent = {
        "name": "Anna",
        "email": "anna@example.com",
        "time_zone": "Europe/Berlin",
        "is_active": "on",
        **inline("memberships", *rows),
        **inline("skills"),
        **inline("assistant_grants"),
    }
    found = signed_in(make_administrator()).post(
        reverse("admin:scheduling_serviceresource_add"), sent
    )
    assert found.status_code == 200
    assert "A resource has one primary territory." in found.content.decode()


def send_relocations(*spans):
    resource = make_resource(make_territory(name="Home"))
    home = resource.memberships.get()
    rows = [{"id": home.pk, "territory": home.territory_id, "type": "primary"}]
    for number, (first, last) in enumerate(spans):
        place = make_territory(name=f"Office {number}")
        dates = {"start_date": first, "end_date": last}
        rows.append({"territory": place.pk, "type": "relocation", **dates})
    sent = {
        "name": "Anna",
        "email": "anna@example.com",
        "time_zone": "Europe/Berlin",
        "is_active": "on",
        **inline("memberships", *rows, initial=1),
        **inline("skills"),
        **inline("assistant_grants"),
    }
    address = reverse("admin:scheduling_serviceresource_change", args=[resource.pk])
    return signed_in(make_administrator()).post(address, sent), resource


def test_a1_relocations_that_would_suspend_each_other():
    found, resource = send_relocations(("2026-11-30", "2026-12-04"), ("2026-11-23", "2026-11-30"))
    assert found.status_code == 200
    assert "There is a relocation to Office 1 in these days already." in found.content.decode()
    assert resource.memberships.count() == 1


def test_a1_relocations_one_after_the_other():
    found, resource = send_relocations(("2026-12-01", "2026-12-04"), ("2026-11-23", "2026-11-30"))
    assert (found.status_code, resource.memberships.count()) == (302, 3)


def test_a_place_becomes_the_primary_one_beside_another():
    resource = make_resource(make_territory(), make_territory())
    primary, secondary = resource.memberships.order_by("type")
    rows = [
        {"id": primary.pk, "territory": primary.territory_id, "type": "primary"},
        {"id": secondary.pk, "territory": secondary.territory_id, "type": "primary"},
    ]
    sent = {
        "name": "Anna",
        "email": "anna@example.com",
        "time_zone": "Europe/Berlin",
        **inline("memberships", *rows, initial=2),
        **inline("skills"),
        **inline("assistant_grants"),
    }
    address = reverse("admin:scheduling_serviceresource_change", args=[resource.pk])
    found = signed_in(make_administrator()).post(address, sent)
    assert found.status_code == 200
    assert found.content.decode().count("A resource has one primary territory.") == 1
