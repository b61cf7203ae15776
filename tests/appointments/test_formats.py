"""Words of dates and times are kept in each language, and escaped where pages print them as is."""

import datetime as dt

import pytest
from django.utils import translation
from django.utils.safestring import SafeString

from appointments import formats

DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize("order", [("en", "de"), ("de", "en")])
def test_a_day_reads_in_the_language_in_force_whoever_asked_before(order):
    said = {}
    for language in order:
        with translation.override(language):
            said[language] = formats.day_in_words(DAY)
    assert said == {"en": "Tuesday, 24 November", "de": "Dienstag, 24. November"}


def test_at_once_stays_in_the_language_that_it_began_in():
    with translation.override("de"):
        clock, days = formats.clock_of.at_once(), formats.every_way.at_once()
    with translation.override("en-us"):
        assert (clock(845), formats.clock_of(845)) == ("14:05", "2:05 PM")
        assert days(DAY) == ("Dienstag", "Di", "24.", "24. November", "Dienstag, 24. November")


def test_what_a_page_prints_as_is_is_escaped():
    assert all(isinstance(way, SafeString) for way in formats.every_way(DAY))
    assert isinstance(formats.clock_of(540), SafeString)
