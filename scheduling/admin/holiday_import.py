"""The page on which public holidays are looked up and added to operating hours."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scheduling.admin.narrowed import NarrowedAdmin
from scheduling.models import OperatingHours
from scheduling.public_holidays import (
    Choices,
    PublicHoliday,
    UnknownCountryError,
    add_missing,
    countries,
    missing,
    public_holidays,
    regions,
)

YEARS_AHEAD = 5


class PublicHolidaysForm(forms.Form):
    """Which country, and once that is known which region of it, in which years."""

    country = forms.ChoiceField(label=_("Country"))
    region = forms.ChoiceField(label=_("Region"), required=False)
    years = forms.TypedMultipleChoiceField(
        label=_("Years"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict, this_year: int) -> None:
        self.regions = _regions(data.get("country", ""))
        if data.get("region") and data["region"] not in dict(self.regions):
            # Of the country that was chosen before.
            data = data.copy()
            data["region"] = ""
        super().__init__(data or None, initial={"years": [this_year, this_year + 1]})
        years = range(this_year, this_year + YEARS_AHEAD)
        self._offer("country", [("", "---------"), *countries()])
        self._offer("region", [("", _("What holds in the whole country")), *self.regions])
        self._offer("years", [(year, str(year)) for year in years])
        if not self.regions:
            del self.fields["region"]

    def _offer(self, field: str, choices: list[tuple[Any, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[field]).choices = choices

    def found(self) -> list[PublicHoliday]:
        """What the valid form asks for, with names in the site's language."""
        data = self.cleaned_data
        return public_holidays(
            data["country"], data.get("region", ""), data["years"], settings.LANGUAGE_CODE
        )


def _regions(country: str) -> Choices:
    try:
        return regions(country)
    except UnknownCountryError:
        return []


class HolidayImport(NarrowedAdmin):
    """The page ``holidays/`` of operating hours, for whoever may change them."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.holidays_page)
        name = "scheduling_operatinghours_holidays"
        return [path("<path:object_id>/holidays/", page, name=name), *super().get_urls()]

    def holidays_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows what its address asks for, POST to the same address adds what is missing."""
        hours = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, hours):
            raise PermissionDenied
        this_year = timezone.now().astimezone(hours.time_zone).year
        form = PublicHolidaysForm(request.GET, this_year)
        found = form.found() if form.is_valid() else []
        if request.method == "POST" and found:
            self._add(request, hours, found)
            return redirect("admin:scheduling_operatinghours_change", hours.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": hours,
            "title": _("Public holidays"),
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),  # type: ignore[arg-type]
            "found": found,
            "missing": missing(hours, found),
        }
        return TemplateResponse(request, "admin/scheduling/operatinghours/holidays.html", context)

    def _add(self, request: HttpRequest, hours: OperatingHours, found: list[PublicHoliday]) -> None:
        new = add_missing(hours, found)
        words = ngettext("%(n)s holiday was added.", "%(n)s holidays were added.", len(new))
        messages.success(request, words % {"n": len(new)})
        if new:
            names = {
                "name": str(_("holidays")),
                "object": ", ".join(str(each.date) for each in new),
            }
            self.log_change(request, hours, [{"added": names}])
            self.hours_changed(request)

    def hours_changed(self, request: HttpRequest) -> None:
        """Called once hours hold no longer as they did."""
