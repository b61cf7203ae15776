"""How a form asks for what recurs: weekdays as boxes, or a rule for experts."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.admin.conflicts import warn
from appointments.admin.rosters import LockingForm, RosterAdmin
from scheduling import recurring
from scheduling.models import AbsencePattern, ShiftPattern
from scheduling.models.hours import DayOfWeek, whole_minute
from scheduling.recurrence import Weekly, check

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MOST_WEEKS = 52
TIMES = ("first_date", "start_time", "end_time")
REPEATS = ("weekdays", "weeks", "last_day", "rule")


class DayField(forms.DateField):
    """A date, by the browser's own picker."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TimeField(forms.TimeField):
    """A time of whole minutes, by the browser's own picker."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_validators = [whole_minute]


class DatesField(forms.CharField):
    """Dates in one line, “2026-12-24, 31.12.2026”; as a list of texts like the first.

    Dates with slashes are refused: whether day or month stands first depends on who reads.
    """

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        days = re.split(r"[\s,;]+", (value or "").strip())
        try:
            return sorted({_date(day).isoformat() for day in days if day})
        except ValueError as error:
            raise ValidationError(gettext("Enter dates like 2026-12-24, 2026-12-31.")) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or []), data)


def _date(text: str) -> date:
    """Raises ValueError."""
    if dotted := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII):
        day, month, year = map(int, dotted.groups())
        return date(year, month, day)
    return date.fromisoformat(text)


class RepeatForm(LockingForm):
    """From when to when on the first day, and on which days again; in ``cleaned_data["rule"]``."""

    first_date = DayField(label=_("Day"), help_text=_("The first one, if it repeats."))
    start_time = TimeField(label=_("From"))
    end_time = TimeField(
        label=_("To"), help_text=_("On the next day, if that is not later. 00:00 is midnight.")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Repeats on"),
        choices=DayOfWeek.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    weeks = forms.IntegerField(
        label=_("Every … weeks"), min_value=1, max_value=MOST_WEEKS, initial=1, required=False
    )
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Leave empty for no end."))
    except_dates = DatesField(
        label=_("But not on"), required=False, help_text=_("Dates like 2026-12-24, 2026-12-31.")
    )
    rule = forms.CharField(
        label=_("Or by a rule"),
        required=False,
        max_length=300,
        help_text=_("For experts, instead of weekdays: FREQ=MONTHLY;BYDAY=1MO"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule := getattr(self.instance, "rule", ""):
            self._show(rule)

    def _show(self, rule: str) -> None:
        weekly = Weekly.of(rule)
        if weekly is not None:
            shown = {"weekdays": weekly.days, "weeks": weekly.weeks, "last_day": weekly.last_day}
            self.initial.update(shown, rule="")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text, days = cleaned.get("rule", ""), cleaned.get("weekdays", [])
        if text and days:
            self.add_error("rule", gettext("Choose weekdays or enter a rule, not both."))
        if cleaned.get("last_day") and not text and not days:
            self.add_error("weekdays", gettext("Choose the weekdays on which it repeats."))
        if days and not self.errors:
            cleaned["rule"] = str(Weekly(days, cleaned["weeks"] or 1, cleaned["last_day"]))
        return cleaned

    @property
    def first_start(self) -> datetime:
        """On the wall clock."""
        return datetime.combine(self.cleaned_data["first_date"], self.cleaned_data["start_time"])

    def check_rule(self, zone: ZoneInfo) -> None:
        """Complain of a rule that no rows can be made of."""
        cleaned = self.cleaned_data
        if not cleaned["rule"]:
            self.add_error("weekdays", gettext("Choose weekdays, or enter a rule."))
            return
        try:
            check(cleaned["rule"], self.first_start, cleaned["end_time"], zone)
        except ValidationError as error:
            self.add_error("weekdays" if cleaned["weekdays"] else "rule", error)


class PatternPages(RosterAdmin):
    """What recurs: its occurrences are made anew whenever it is saved.

    ``clock`` says which one its times are read on.
    """

    own_fields: tuple[str, ...] = ()
    clock: str | StrPromise = ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        repeats = (*REPEATS, "except_dates")
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": (*self.own_fields, "repeats")})]
        return [
            (None, {"fields": (*self.own_fields, *TIMES), "description": self.clock}),
            (_("Repeats"), {"fields": repeats}),
        ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.changed_data:
            self.renew(form.instance, form)
            warn(request)

    def renew(self, pattern: Any, form: Any) -> None:
        """Make what is to come anew, once it is saved with all that belongs to it."""
        recurring.renew(pattern, timezone.now())

    @admin.display(description=_("repeats"))
    def repeats(self, pattern: ShiftPattern | AbsencePattern) -> str:
        """“Mon, Wed 09:00 – 17:00, every 2 weeks”; what is no such rule as it is."""
        first = pattern.first_start
        times = formats.clock_range(first, datetime.combine(first, pattern.end_time))
        weekly = Weekly.of(pattern.rule)
        if weekly is None:
            return f"{pattern.rule} {times}"
        words = [f"{', '.join(str(WEEKDAYS_ABBR[day]) for day in weekly.days)} {times}"]
        if weekly.weeks > 1:
            words.append(gettext("every %(n)s weeks") % {"n": weekly.weeks})
        if weekly.last_day:
            words.append(gettext("until %(day)s") % {"day": formats.full_date(weekly.last_day)})
        return ", ".join(words)
