"""The fields that a letter may name in braces, each replaced by what it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.html import conditional_escape, escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

FIELDS = {
    "first_name": _("their first name"),
    "last_name": _("their last name"),
    "host": _("who invites"),
    "topic": _("what it is about"),
    "link": _("their own link"),
    "until": _("the last day of the link"),
}
"""What there is, by name; whatever else stands in braces is printed as it is."""

_FIELD = re.compile(r"\{(" + "|".join(FIELDS) + r")\}")

Values = Mapping[str, str]
"""What each field stands for."""


def merged(text: str, values: Values) -> str:
    """With the fields' values, in one pass: a value that names a field is printed as it is."""
    return _FIELD.sub(lambda found: values[found[1]], text)


def merged_html(text: str, values: Values) -> SafeString:
    """The same as escaped paragraphs; a value may be safe HTML of its own."""
    escaped = {name: conditional_escape(value) for name, value in values.items()}
    # Text and values are escaped each by itself, so nothing is left for linebreaks to escape.
    return mark_safe(linebreaks(merged(escape(text), escaped)))  # noqa: S308
