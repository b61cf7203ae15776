"""How lists show instants and states, and filter by them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import BigIntegerField, F, Model, OrderBy, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.clocks import Clocks
from scheduling.engine.hours import date_of, repeated, wall_clock
from scheduling.engine.intervals import minute_of

A_DAY = timedelta(days=1)


def moment(instant: datetime | None, zone: ZoneInfo) -> str:
    """“Mon 23 Nov 2026, 10:00 (Berlin)”; empty for none."""
    text = brief_moment(instant, zone)
    return text and f"{text} ({formats.zone_name(zone)})"


def brief_moment(instant: datetime | None, zone: ZoneInfo) -> str:
    """The same where the zone is said elsewhere: “Mon 23 Nov 2026, 10:00”."""
    if instant is None:
        return ""
    minute = minute_of(instant)
    day = date_of(wall_clock(zone, minute)[0])
    twice = repeated(zone, minute, minute + 1)
    time = Clocks(zone).time(minute, ambiguous=minute in twice)
    date = date_format(day, "SHORT_DATE_FORMAT")
    return f"{formats.short_weekday(day)} {date}, {time}"


def day_at(instant: datetime, zone: ZoneInfo) -> str:
    """“Mon 23 Nov 2026”."""
    local = date_of(wall_clock(zone, minute_of(instant))[0])
    return f"{formats.short_weekday(local)} {date_format(local, 'SHORT_DATE_FORMAT')}"


def by_time(field: str) -> OrderBy:
    """The order of a column of instants: on every database, none is before the first."""
    return F(field).asc(nulls_first=True)


def state(kind: str, words: Any) -> SafeString:
    """A state in words behind a small shape: “good”, “wait”, “bad” or “over”."""
    return format_html('<span class="state state-{}">{}</span>', kind, words)


class WhenFilter(admin.SimpleListFilter):
    """By the rows' ``start`` and ``end``, with days of the site's zone."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("upcoming", _("From now on")),
            ("today", _("Today")),
            ("week", _("The next 7 days")),
            ("past", _("Past")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        spans: dict[str | None, Callable[[], QuerySet[Any]]] = {
            "upcoming": lambda: queryset.filter(end__gt=now),
            "today": lambda: queryset.filter(end__gt=today, start__lt=today + A_DAY),
            "week": lambda: queryset.filter(end__gt=now, start__lt=now + 7 * A_DAY),
            "past": lambda: queryset.filter(end__lte=now),
        }
        narrow = spans.get(self.value())
        return narrow() if narrow else queryset


class IfChosen(admin.RelatedOnlyFieldListFilter):
    """By a related row that a link from elsewhere names; else not to be seen beside the list."""

    def has_output(self) -> bool:
        return bool(self.lookup_val)

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        asked = [int(key) for key in self.lookup_val or () if key.isdecimal()]
        chosen = [key for key in asked if key <= BigIntegerField.MAX_BIGINT]
        rows = model_admin.get_queryset(request).filter(**{f"{self.field_path}__in": chosen})
        keys = rows.order_by().values(self.field_path)
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": keys})


class ReadOnly(admin.options.BaseModelAdmin):
    """Rows that only the domain writes: to be seen, never edited, added or deleted here (B8)."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
