"""The admin of shifts, entered on the wall clock of their place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.admin.conflicts import warn
from appointments.admin.lists import WhenFilter, day_at, state
from appointments.admin.repeating import REPEATS, TIMES, PatternPages, RepeatForm
from appointments.admin.rosters import LockingForm, RosterAdmin, leave_pattern, locked
from appointments.admin.wall_clock import WallClockField, first_instant, last_instant
from appointments.clocks import Clocks
from scheduling import recurring
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.engine.intervals import minute_of
from scheduling.models import COUNTING, Shift, ShiftPattern, ShiftStatus
from scheduling.recurrence import Rule, occurrences

ONCE = "FREQ=DAILY;COUNT=1"
CLOCK = _("Times are those that a clock shows at the territory.")
ACTS = {
    "view": Act.SEE_SHIFTS,
    "add": Act.CHANGE_SHIFTS,
    "change": Act.CHANGE_SHIFTS,
    "delete": Act.CHANGE_SHIFTS,
}


class NewShiftForm(RepeatForm):
    """A shift, or with weekdays or a rule one that recurs: then ``pattern`` is that, unsaved."""

    pattern: ShiftPattern | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.lock(cleaned["service_resource"])
            if cleaned["rule"]:
                self._plan_several()
            else:
                self._plan_one()
        return cleaned

    def _plan_several(self) -> None:
        cleaned = self.cleaned_data
        self.check_rule(cleaned["territory"].time_zone)
        if self.errors:
            return
        names = ("service_resource", "territory", "status", "rule", "first_date")
        times = ("start_time", "end_time")
        self.pattern = ShiftPattern(**{name: cleaned[name] for name in (*names, *times)})
        spans = recurring.spans_to_come(self.pattern, timezone.now())
        if not spans:
            self.add_error(None, gettext("None of these is still to come."))
            return
        self.instance.start, self.instance.end = spans[0]

    def _plan_one(self) -> None:
        cleaned = self.cleaned_data
        zone, start = cleaned["territory"].time_zone, self.first_start
        self.instance.start = self._instant("start_time", start)
        if self.errors:
            return
        found = occurrences(
            Rule.parse(ONCE), start, cleaned["end_time"], zone, ending_after=self.instance.start
        )
        self.instance.end = next(each.end for each in found)

    def _instant(self, name: str, shown: Any) -> Any:
        try:
            return first_instant(shown, self.cleaned_data["territory"].time_zone)
        except forms.ValidationError as error:
            self.add_error(name, error)


class ShiftForm(LockingForm):
    """Both times are those of the place's zone."""

    start = WallClockField(label=_("From"))
    end = WallClockField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.instance.territory.time_zone
        for name in ("start", "end"):
            field = self.fields[name]
            field.label = f"{field.label} ({formats.zone_time(zone)})"
            self.initial[name] = getattr(self.instance, name).astimezone(zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        place = cleaned.get("territory")
        for name, instant in (("start", first_instant), ("end", last_instant)):
            if place and (shown := cleaned.get(name)):
                try:
                    cleaned[name] = self._kept(name) or instant(shown, place.time_zone)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        if not self.errors:
            self.lock(self.instance.service_resource)
        return cleaned

    def _kept(self, name: str) -> datetime | None:
        """The instant as it was, where nobody changed what the clock shows, which may be twice."""
        if {name, "territory"} & set(self.changed_data):
            return None
        kept: datetime = getattr(self.instance, name)
        return kept


class ShiftPages(RosterAdmin):
    """What the pages of shifts and of recurring ones have in common."""

    acts = ACTS
    autocomplete_fields = ("service_resource",)
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    search_fields = ("service_resource__name", "territory__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("territory__operating_hours")

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Shift | ShiftPattern) -> SafeString:
        return state("good" if row.status in COUNTING else "wait", row.get_status_display())


@admin.register(Shift)
class ShiftAdmin(ShiftPages):
    form = ShiftForm
    list_display = ("service_resource", "when", "state", "recurs", "territory")
    list_filter = (
        WhenFilter,
        "status",
        ("service_resource", admin.RelatedOnlyFieldListFilter),
        ("territory", admin.RelatedOnlyFieldListFilter),
    )
    actions = ("confirm", "publish")
    empty_hint = _("Shifts say when somebody works where a policy goes by shifts.")

    def get_form(
        self, request: HttpRequest, obj: Shift | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if not change:
            kwargs["form"] = NewShiftForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Shift | None = None) -> Any:
        who = ("service_resource", "territory", "status", "topics")
        if obj is None:
            once = _("Leave empty for a single shift.")
            return [
                (None, {"fields": (*who, *TIMES), "description": CLOCK}),
                (_("Repeats"), {"fields": REPEATS, "description": once}),
            ]
        may = self.has_change_permission(request, obj)
        return [(None, {"fields": (*who, *(("start", "end") if may else ("when",)))})]

    def save_model(self, request: HttpRequest, obj: Shift, form: Any, change: bool) -> None:
        if change and form.changed_data:
            leave_pattern(request, obj)
        if change or form.pattern is None:
            super().save_model(request, obj, form, change)
            return
        form.pattern.save()
        form.pattern.topics.set(form.cleaned_data["topics"])
        recurring.renew(form.pattern, timezone.now())
        # The page goes on with the first of them.
        obj.pattern = form.pattern
        obj.pk = form.pattern.occurrences.earliest("start").pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.changed_data:
            warn(request)

    @admin.action(description=_("Confirm the chosen shifts"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        self._give(request, queryset, ShiftStatus.CONFIRMED)

    @admin.action(description=_("Publish the chosen shifts"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Shift]) -> None:
        self._give(request, queryset, ShiftStatus.PUBLISHED)

    def _give(self, request: HttpRequest, queryset: QuerySet[Shift], status: str) -> None:
        resources = reach(request).resources(Act.CHANGE_SHIFTS)
        chosen = self.of_resources(queryset, resources).exclude(status=status)
        with locked(set(chosen.values_list("service_resource", flat=True))):
            number = self.model.objects.filter(pk__in=chosen.values("pk")).update(status=status)
        words = ngettext("%(n)s shift changed.", "%(n)s shifts changed.", number) % {"n": number}
        messages.success(request, words)

    @admin.display(description=_("when"), ordering="start")
    def when(self, shift: Shift) -> str:
        """“Mon 23 Nov 2026, 09:00 – 17:00 (Berlin)”."""
        zone, start = shift.territory.time_zone, minute_of(shift.start)
        time = Clocks(zone).in_words(start, minute_of(shift.end) - start).label
        return f"{day_at(shift.start, zone)}, {time} ({formats.zone_name(zone)})"

    @admin.display(description=_("repeats"))
    def recurs(self, shift: Shift) -> str:
        return gettext("recurring") if shift.pattern_id else ""


class ShiftPatternForm(RepeatForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self.lock(self.instance.service_resource)
            self.check_rule(cleaned["territory"].time_zone)
        return cleaned


@admin.register(ShiftPattern)
class ShiftPatternAdmin(PatternPages, ShiftPages):
    """They are added on the page of shifts."""

    form = ShiftPatternForm
    list_display = ("service_resource", "territory", "repeats", "state")
    list_filter = (
        "status",
        ("service_resource", admin.RelatedOnlyFieldListFilter),
        ("territory", admin.RelatedOnlyFieldListFilter),
    )
    own_fields = ("service_resource", "territory", "status", "topics")
    clock = CLOCK
    empty_hint = _("Add a shift that repeats: what recurs stands here.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def renew(self, pattern: ShiftPattern, form: Any) -> None:
        super().renew(pattern, form)
        if "status" in form.changed_data:
            recurring.give_status(pattern, timezone.now())
