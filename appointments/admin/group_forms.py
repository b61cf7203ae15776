"""The forms by which staff plan groups, and say who takes part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.admin.anyway_form import AnywayForm
from appointments.booking import Guest
from appointments.form_tokens import TokenForm
from appointments.forms import ContactForm
from appointments.models import Appointment, AppointmentType
from appointments.planning import Plan
from scheduling.models import ServiceResource, WorkType

MOST_OTHERS = 4
"""A primary host and up to four more (rule A6)."""

MOST_PLACES = 1000
"""More than any room holds."""


class PlanForm(AnywayForm):
    """A group at any time. No language is asked for: each attendee has their own."""

    others = forms.ModelMultipleChoiceField(
        ServiceResource.objects.none(),
        label=_("Together with"),
        required=False,
        help_text=_("Up to four more who all have to be there."),
    )
    work_type = forms.ModelChoiceField(
        WorkType.objects.with_rules().filter(attendee_limit__isnull=False),
        label=_("Work type"),
        empty_label=None,
        help_text=_("Those that have places in a group."),
    )
    places = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text=_("Leave empty for as many as the work type says."),
    )
    field_order = (
        "resource",
        "others",
        "work_type",
        "territory",
        "start",
        "places",
        "appointment_type",
        "subject",
    )

    def __init__(self, *args: Any, resources: QuerySet[ServiceResource], **kwargs: Any) -> None:
        super().__init__(*args, resources=resources, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[ServiceResource]", self.fields["others"])
        field.queryset = resources
        del self.fields["language"]

    def clean_others(self) -> list[ServiceResource]:
        primary = self.cleaned_data.get("resource")
        others = [each for each in self.cleaned_data["others"] if each != primary]
        if len(others) > MOST_OTHERS:
            raise forms.ValidationError(_("Please choose at most four."))
        return others

    @property
    def plan(self) -> Plan:
        terms, places = self.terms, self.cleaned_data["places"]
        return Plan(
            replace(terms, hosts=(*terms.hosts, *self.cleaned_data["others"]), plans=True),
            self.cleaned_data["start"],
            places or terms.work_type.attendee_limit or 1,
            self.cleaned_data["subject"],
            settings.LANGUAGE_CODE,
        )


class AddForm(TokenForm, ContactForm):
    """Somebody who gets a place in a group by hand."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )
    field_order = ("first_name", "last_name", "email", "phone", "language", "description")

    def __init__(self, *args: Any, group: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.fields["email"].help_text = _("The guest gets a confirmation.")
        self.fields["phone"].required = group.appointment_type == AppointmentType.PHONE

    @property
    def guest(self) -> Guest:
        """In the place's zone, as nobody knows theirs."""
        names = ("first_name", "last_name", "email", "phone", "description", "language")
        return Guest(
            **{name: self.cleaned_data[name] for name in names},
            subject="",
            time_zone=self.group.territory.time_zone,
        )


class PlacesForm(forms.Form):
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=MOST_PLACES)
