"""The guest's zone as it stands in a link, and the picker of zones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytz

from appointments import formats
from scheduling.names import alphabetical, country_names


def read_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, None for anything else."""
    return ZoneInfo(name) if name in _known_zones() else None


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zones_by_country() -> Mapping[str, list[tuple[str, str]]]:
    """Country names in order, each with its zones as (IANA name, name of the place)."""
    names = country_names()
    countries = {
        names[code]: [(zone, formats.zone_name(ZoneInfo(zone))) for zone in zones]
        for code, found in pytz.country_timezones.items()
        if (zones := [zone for zone in found if read_zone(zone)])
    }
    return {name: countries[name] for name in sorted(countries, key=alphabetical)}
