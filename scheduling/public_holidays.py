"""Public holidays of countries and their regions, as holidays of operating hours."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

import holidays
from django.db import transaction
from django.utils.translation import to_locale

from scheduling.models import Holiday, OperatingHours
from scheduling.names import alphabetical, country_names

Choices = list[tuple[str, str]]
"""Codes of ISO 3166 with their names, in the order of the names."""


class UnknownCountryError(Exception):
    """Nothing is known of the country, or of the region in it."""


class PublicHoliday(NamedTuple):
    date: date
    name: str


def countries() -> Choices:
    """Those whose public holidays are known, by their names in the language in use."""
    known = holidays.list_supported_countries(include_aliases=False)
    names = country_names()
    return _by_name((code, names[code]) for code in known)


def regions(country: str) -> Choices:
    """Those of a country that have public holidays of their own, by the names they give themselves.

    Raises UnknownCountryError.
    """
    aliases = _of(country).get_subdivision_aliases()
    return _by_name((code, max(names, key=len, default=code)) for code, names in aliases.items())


def public_holidays(
    country: str, region: str, years: Collection[int], language: str
) -> list[PublicHoliday]:
    """Those of some years in order, with their names in a language if they are known in it.

    An empty region asks for what holds in the whole country. Raises UnknownCountryError.
    """
    found = _of(country, subdiv=region or None, years=years, language=to_locale(language))
    longest = Holiday._meta.get_field("name").max_length
    return [PublicHoliday(day, name[:longest]) for day, name in sorted(found.items())]


def missing(hours: OperatingHours, found: Iterable[PublicHoliday]) -> list[PublicHoliday]:
    """Those on whose dates the hours have no holiday yet, not even of a part of the day."""
    known = set(hours.holidays.values_list("date", flat=True))
    return [each for each in found if each.date not in known]


@transaction.atomic
def add_missing(hours: OperatingHours, found: Iterable[PublicHoliday]) -> list[PublicHoliday]:
    """Add those that are missing, and return them; what the hours have stays as it is."""
    OperatingHours.objects.select_for_update().get(pk=hours.pk)
    new = missing(hours, found)
    Holiday.objects.bulk_create(
        Holiday(operating_hours=hours, date=each.date, name=each.name) for each in new
    )
    return new


def _of(country: str, **asked: Any) -> holidays.HolidayBase:
    """Raises UnknownCountryError, of a region as well."""
    # The package would take the name of anything in it for a country.
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise UnknownCountryError(country)
    try:
        return holidays.country_holidays(country, **asked)
    except NotImplementedError as error:
        raise UnknownCountryError(country) from error


def _by_name(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(choices, key=lambda choice: alphabetical(choice[1]))
