"""Path converters: what stands in a guest's URL, as values of the domain."""

from __future__ import annotations

import re

from django.conf import settings

from appointments.weeks import Week


def is_key(text: str) -> bool:
    """Whether a text could be the key of a link."""
    return re.fullmatch(KeyConverter.regex, text) is not None


class KeyConverter:
    """A key of a link. What cannot be one is as unknown as any other."""

    regex = "[A-Za-z0-9_-]{16,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WeekConverter:
    """``YYYY-Www``."""

    regex = "[0-9]{4}-W[0-9]{2}"

    def to_python(self, value: str) -> Week:
        return Week.parse(value, settings.WEEK_STARTS_ON)

    def to_url(self, value: Week) -> str:
        return str(value)
