"""Countries and the places of time zones are named in the language of the page."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from invitations.zones import zones_by_country
from scheduling.names import city
from scheduling.public_holidays import countries


@pytest.mark.parametrize(
    ("zone", "english", "german"),
    [
        ("Europe/Zurich", "Zurich", "Zürich"),
        ("Europe/Berlin", "Berlin", "Berlin"),
        ("Asia/Tokyo", "Tokyo", "Tokio"),
        ("America/New_York", "New York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_places_of_zones(zone, english, german):
    said = {}
    for language in ("en", "en-us", "de"):
        with translation.override(language):
            said[language] = city(ZoneInfo(zone))
    assert said == {"en": english, "en-us": english, "de": german}


def test_countries_stand_in_the_order_of_their_german_names():
    with translation.override("de"):
        names = [name for _code, name in countries()]
        named = dict(countries())
    assert (named["XK"], named["AT"], named["GB"]) == (
        "Kosovo",
        "Österreich",
        "Vereinigtes Königreich",
    )
    assert names.index("Oman") < names.index("Österreich") < names.index("Polen")


def test_zones_are_chosen_by_german_names():
    with translation.override("de"):
        found = zones_by_country()
    assert ("Europe/Vienna", "Wien") in found["Österreich"]
    assert list(found).index("Österreich") < list(found).index("Schweiz")
