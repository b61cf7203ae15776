"""The admin of foreign calendars: a resource names those that hold its time elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.admin.lists import by_time, moment, state
from appointments.foreign_calendars.addresses import Address, subscribed
from appointments.foreign_calendars.problems import CannotReadError
from appointments.foreign_calendars.refreshing import LATE, read_again
from appointments.models import ForeignCalendar
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource

MOST_CALENDARS = 20
"""For one resource: more would keep those of others waiting."""


class ForeignCalendarForm(forms.ModelForm):
    """An address is given once: whoever sees it reads the calendar."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vURLField", "autocomplete": "off"}),
        help_text=_(
            "The secret address in iCal format, from the settings of that calendar. It is not "
            "shown again."
        ),
    )

    def clean_url(self) -> str:
        try:
            address = Address.parse(
                subscribed(self.cleaned_data["url"]), from_here=settings.CALENDARS_FROM_HERE
            )
        except CannotReadError as error:
            words = _("Please give the public address of a calendar. It begins with https://.")
            raise forms.ValidationError(words) from error
        return str(address)

    def clean_service_resource(self) -> ServiceResource:
        resource: ServiceResource = self.cleaned_data["service_resource"]
        if resource.foreign_calendars.count() >= MOST_CALENDARS:
            words = gettext("No more than %(number)d calendars are read for one service resource.")
            raise forms.ValidationError(words % {"number": MOST_CALENDARS})
        return resource


@admin.register(ForeignCalendar)
class ForeignCalendarAdmin(NarrowedAdmin):
    acts = {
        "view": Act.SEE_CALENDARS,
        "add": Act.CHANGE_CALENDARS,
        "change": Act.CHANGE_CALENDARS,
        "delete": Act.CHANGE_CALENDARS,
    }
    list_display = ("name", "state", "read", "address", "service_resource")
    list_select_related = ("service_resource",)
    list_filter = (("service_resource", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("name", "service_resource__name")
    autocomplete_fields = ("service_resource",)
    empty_hint = _(
        "Add a calendar that you keep elsewhere. Guests are not offered the time that it holds."
    )

    def of_resources(
        self, rows: QuerySet[Any], resources: QuerySet[ServiceResource]
    ) -> QuerySet[Any]:
        return rows.filter(service_resource__in=resources)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = ForeignCalendarForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        asked = ("service_resource", "name")
        return (*asked, "address", "state", "read") if obj else (*asked, "url")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> tuple[str, ...]:
        return ("service_resource", "address", "state", "read") if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if own := reach(request).own:
            initial.setdefault("service_resource", own.pk)
        return initial

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The calendars alone: what they hold goes with them, and is nothing to go through."""
        refused = any(not self.has_delete_permission(request, each) for each in objs)
        names = [str(each) for each in objs]
        lacking = {self.opts.verbose_name} if refused else set()
        return names, {self.opts.verbose_name_plural: len(names)}, lacking, []

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.read_page)
        name = "appointments_foreigncalendar_read"
        return [path("<path:object_id>/read/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def read_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Has it read by the next worker, whatever went wrong before."""
        calendar = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, calendar):
            raise PermissionDenied
        read_again(calendar, timezone.now())
        messages.success(request, gettext("The calendar is read within a minute or two."))
        return redirect("admin:appointments_foreigncalendar_change", calendar.pk)

    def response_add(
        self, request: HttpRequest, obj: ForeignCalendar, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, gettext("The calendar is read within a minute or two."))
        return redirect("admin:appointments_foreigncalendar_change", obj.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        for button in ("show_save_and_add_another", "show_save_and_continue"):
            context[button] = False
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("address"))
    def address(self, calendar: ForeignCalendar) -> str:
        return f"{calendar.host}/…"

    @admin.display(description=_("state"))
    def state(self, calendar: ForeignCalendar) -> SafeString:
        if calendar.problem:
            return state("bad", calendar.get_problem_display())
        if calendar.read_at is None:
            return state("wait", _("Not read yet"))
        if calendar.next_at < timezone.now() - LATE:
            return state("wait", _("Waits to be read again"))
        return state("good", _("Up to date"))

    @admin.display(description=_("last read"), ordering=by_time("read_at"))
    def read(self, calendar: ForeignCalendar) -> str:
        if calendar.read_at is None:
            return self.get_empty_value_display()
        return gettext("%(moment)s – %(age)s ago") % {
            "moment": moment(calendar.read_at, calendar.service_resource.time_zone),
            "age": timesince(calendar.read_at, depth=1),
        }
