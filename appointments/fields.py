"""Fields for what guests type and what links carry."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

YEARS = range(1980, 2201)

FEWEST_DIGITS = 5
"""Of a phone number, whatever else stands between them."""

UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Marks that take no room but turn text around, or come along when it is copied.

Joiners are none of them: some languages write words with them.
"""


class LineField(forms.CharField):
    """Text on one line: what somebody typed, with line breaks and runs of space as one space."""

    def to_python(self, value: Any) -> Any:
        return " ".join(UNSEEN.sub("", super().to_python(value) or "").split())


class PhoneField(LineField):
    """A phone number, however it is written: people dial it, so that “ext.” does no harm."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and sum(each.isdigit() for each in value) < FEWEST_DIGITS:
            raise ValidationError(_("Please write a phone number, with its digits."))


class AddressField(forms.EmailField):
    """An e-mail address of printable characters; marks that nobody sees are left out.

    Between quotes an address may hold others, some of which end the line of a mail's header.
    """

    def to_python(self, value: Any) -> Any:
        address = UNSEEN.sub("", super().to_python(value) or "").strip()
        if not address.isprintable():
            raise ValidationError(validate_email.message, code="invalid")
        return address


class InstantField(forms.Field):
    """An ISO 8601 instant with its offset from UTC, as an aware datetime in UTC."""

    default_error_messages = {"invalid": _("This time could not be read. Please choose another.")}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            instant = datetime.fromisoformat(value)
            # Near the ends of the calendar an instant has no local time in some zones.
            if instant.tzinfo is None or not value.isprintable() or instant.year not in YEARS:
                raise ValueError(value)
            return instant.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
