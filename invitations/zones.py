"""The guest's zone as it stands in a link, and the picker of zones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import pytz
from django.utils.translation import gettext as _

from appointments import formats


def read_zone(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, None for anything else."""
    return ZoneInfo(name) if name in _known_zones() else None


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zones_by_country() -> Mapping[str, list[tuple[str, str]]]:
    """Country names in order, each with its zones as (IANA name, name of the place)."""
    countries = {
        _(name): [(zone, formats.zone_name(ZoneInfo(zone))) for zone in zones]
        for code, name in pytz.country_names.items()
        if (zones := [zone for zone in pytz.country_timezones.get(code, []) if read_zone(zone)])
    }
    return {name: countries[name] for name in sorted(countries)}
