"""Dates and times in forms, as a clock on a wall shows them somewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from scheduling.engine.hours import epoch_day, instants, start_of_day
from scheduling.engine.intervals import instant_of


class WallClockWidget(forms.SplitDateTimeWidget):
    """A day and a time, with the browser's own pickers: they know no zone of the server."""

    def __init__(self) -> None:
        date_attrs: dict[str, Any] = {"type": "date", "aria-label": _("Date")}
        time_attrs: dict[str, Any] = {"type": "time", "aria-label": _("Time")}
        super().__init__(None, "%Y-%m-%d", "%H:%M", date_attrs, time_attrs)


class WallClockField(forms.SplitDateTimeField):
    """What a clock on a wall shows, whatever its zone: a naive datetime."""

    widget = WallClockWidget

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        if None in data_list or "" in data_list:
            raise forms.ValidationError(gettext("Enter both a date and a time."))
        return datetime.combine(*data_list)


class DayAndTimeField(WallClockField):
    """A day and perhaps a time: a date, and a time or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(require_all_fields=False, **kwargs)
        self.fields[1].required = False

    def compress(self, data_list: Any) -> Any:
        return tuple(data_list) or None


def day_begins(day: date, zone: ZoneInfo, *, after: int = 0) -> datetime:
    """The first instant of the date so many days ``after`` one, in ``zone``.

    Raises ValidationError at the very ends of the calendar.
    """
    try:
        return instant_of(start_of_day(zone, epoch_day(day) + after))
    except OverflowError as error:
        raise forms.ValidationError(gettext("Enter a valid date.")) from error


def first_instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which a clock in ``zone`` shows it, its minute begun.

    Raises ValidationError where clocks skip that time, and at the very ends of the calendar.
    """
    return _instants(shown, zone)[0]


def last_instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """The last one, at which what lasts until then ends."""
    return _instants(shown, zone)[-1]


def _instants(shown: datetime, zone: ZoneInfo) -> list[datetime]:
    found = instants(zone, epoch_day(shown.date()), shown.hour * 60 + shown.minute)
    try:
        if found:
            return [instant_of(minute) for minute in found]
    except OverflowError as error:
        raise forms.ValidationError(gettext("Enter a valid date.")) from error
    text = gettext("The clocks in %(zone)s go forward that night and skip %(time)s.")
    values = {"zone": formats.zone_name(zone), "time": formats.clock(shown)}
    raise forms.ValidationError(text % values)
