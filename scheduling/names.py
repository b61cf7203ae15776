"""Names of countries and of the places of time zones, in the language in force (CLDR)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from django.conf import settings
from django.utils.translation import get_language, to_locale


def country_names() -> Mapping[str, str]:
    """By the codes of ISO 3166; “XK” is Kosovo."""
    names: Mapping[str, str] = _locale().territories
    return names


def city(zone: ZoneInfo) -> str:
    """The place that a zone is named after: “Zurich”, in German “Zürich”."""
    name: str = get_timezone_location(zone, locale=_locale(), return_city=True)
    return name.rsplit("/", 1)[-1]  # of “Argentina/Buenos Aires”


def alphabetical(name: str) -> str:
    """The key by which names are sorted as readers expect: “Österreich” beside “Oman”."""
    return unicodedata.normalize("NFKD", name).casefold()


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or settings.LANGUAGE_CODE))
