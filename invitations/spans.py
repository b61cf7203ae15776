"""Lengths of time in calendar units: “3 months”, “6 weeks”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

LONGEST = 999


class Unit(models.TextChoices):
    DAYS = "D", _("days")
    WEEKS = "W", _("weeks")
    MONTHS = "M", _("months")


@dataclass(frozen=True, slots=True)
class Span:
    """So many calendar units. Written like an ISO 8601 duration of one unit: “P3M”."""

    number: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Span:
        """Raises ValueError for anything but “P3M”, “P6W”, “P10D”."""
        match = re.fullmatch(r"P(\d{1,3})([DWM])", text, re.ASCII)
        if not match:
            raise ValueError(text)
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"P{self.number}{self.unit.value}"

    def after(self, day: date) -> date:
        """The day so much later; the last one of a month that is too short."""
        lengths = {
            Unit.DAYS: relativedelta(days=self.number),
            Unit.WEEKS: relativedelta(weeks=self.number),
            Unit.MONTHS: relativedelta(months=self.number),
        }
        return day + lengths[self.unit]

    @property
    def in_words(self) -> str:
        """“3 months”."""
        words = {
            Unit.DAYS: ngettext("%(n)s day", "%(n)s days", self.number),
            Unit.WEEKS: ngettext("%(n)s week", "%(n)s weeks", self.number),
            Unit.MONTHS: ngettext("%(n)s month", "%(n)s months", self.number),
        }
        return words[self.unit] % {"n": self.number}


def valid_span(text: str) -> None:
    """Raise ValidationError for what ``Span`` can't read."""
    try:
        Span.parse(text)
    except ValueError as error:
        raise ValidationError(_("Enter a number of days, weeks or months.")) from error


class SpanWidget(forms.MultiWidget):
    """A number and a unit, beside each other."""

    widgets_names: list[str]

    def __init__(self) -> None:
        number = forms.NumberInput({"min": 0, "max": LONGEST})
        super().__init__({"": number, "unit": forms.Select(choices=Unit.choices)})

    def name_parts(self, label: Any) -> None:
        """Say aloud what each part is of; the visible label stands before both."""
        number, unit = self.widgets
        number.attrs["aria-label"] = format_lazy(_("{field}, number"), field=label)
        unit.attrs["aria-label"] = format_lazy(_("{field}, unit"), field=label)

    def decompress(self, value: Any) -> list[Any]:
        try:
            span = Span.parse(value or "")
        except ValueError:
            return [None, Unit.WEEKS.value]
        return [span.number, span.unit.value]


class SpanField(forms.MultiValueField):
    """A ``Span`` as text, empty where no number is given. ``spoken`` is its label said aloud."""

    widget: type[SpanWidget] = SpanWidget

    def __init__(self, *, spoken: Any = None, **kwargs: Any) -> None:
        number = forms.IntegerField(required=False, min_value=0, max_value=LONGEST)
        unit = forms.ChoiceField(required=False, choices=Unit.choices)
        kwargs.pop("max_length", None)
        super().__init__((number, unit), require_all_fields=False, **kwargs)
        cast(SpanWidget, self.widget).name_parts(spoken or self.label)

    def compress(self, data_list: list[Any]) -> str:
        if not data_list or data_list[0] is None:
            return ""
        return str(Span(data_list[0], Unit(data_list[1] or Unit.WEEKS)))


class SpanModelField(models.CharField):  # type: ignore[type-arg]
    """Stores a ``Span`` as text; empty for none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 8
        super().__init__(*args, **kwargs)
        if valid_span not in self.validators:
            self.validators = [*self.validators, valid_span]

    def formfield(self, **kwargs: Any) -> Any:
        # The admin offers a text input of its own for whatever is stored as text.
        return super().formfield(**{**kwargs, "form_class": SpanField, "widget": SpanWidget})
