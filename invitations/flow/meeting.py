"""The steps about who meets, what for, where and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.models import AppointmentType
from invitations.flow import step
from invitations.flow.step import Step, choice_of_rows
from invitations.models import CustomerWebsite, InvitationHost
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup

LONGEST_KEY = 18
"""Digits of a row's number."""


class HostsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Refuses numbers that no key can have, where SQLite would fail over them."""

    def clean(self, value: Any) -> Any:
        if len(_possible(value or ())) < len(value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return super().clean(value)

    def prepare_value(self, value: Any) -> Any:
        prepared = super().prepare_value(value)
        return _possible(prepared) if isinstance(prepared, list) else prepared


class WhoStep(Step):
    name = "who"
    title = _("Who")
    rows = ("hosts", "taking_part", "primary", "optional")
    hosts = HostsField(
        ServiceResource.objects.none(),
        label=_("Hosts"),
        help_text=_("Whose free times the guest sees."),
        error_messages={
            "required": _("Choose who the invitation is to."),
            "invalid_choice": _("You may not generate invitations for everybody you chose."),
        },
    )
    taking_part = forms.ChoiceField(
        label=_("Who takes part"),
        choices=[
            ("all", _("All of them, at most five")),
            ("any", _("Any one of them who is free")),
        ],
        initial="all",
        widget=forms.RadioSelect,
    )
    primary = forms.ModelChoiceField(
        ServiceResource.objects.none(),
        label=_("Who leads"),
        required=False,
        empty_label=_("The first one chosen"),
        help_text=_("Where all take part: whose appointment it is."),
    )
    optional = HostsField(
        ServiceResource.objects.none(),
        label=_("Who may join"),
        required=False,
        help_text=_(
            "They are told of what is booked, but need not be free. Guests don’t see them."
        ),
        error_messages={"invalid_choice": _("You may not invite everybody you chose.")},
    )

    def offer(self) -> None:
        relation = InvitationHost._meta.get_field("service_resource")
        number = self.around.resources.count()
        for name in ("hosts", "optional"):
            hosts = choice_of_rows(self.fields[name], self.around.resources)
            if number >= step.SEARCHED_FROM:
                hosts.widget = AutocompleteSelectMultiple(relation, admin.site)
            else:
                hosts.widget = forms.CheckboxSelectMultiple()
            hosts.widget.choices = hosts.choices
        primary = choice_of_rows(self.fields["primary"], self.around.resources)
        if number >= step.SEARCHED_FROM:
            primary.widget = AutocompleteSelect(relation, admin.site)
            primary.widget.choices = primary.choices
        if number == 1:
            del self.fields["taking_part"], self.fields["primary"], self.fields["optional"]

    def clean(self) -> dict[str, Any]:
        """Put the hosts in the order of the invitation: who leads, then as chosen."""
        cleaned = super().clean() or self.cleaned_data
        order = [str(key) for key in self["hosts"].value() or ()]
        hosts = sorted(cleaned.get("hosts", ()), key=lambda host: order.index(str(host.pk)))
        if (primary := cleaned.get("primary")) and hosts:
            if primary not in hosts:
                self.add_error("primary", _("Who leads has to be one of the hosts."))
            hosts.sort(key=lambda host: host != primary)
        cleaned["hosts"] = hosts
        return cleaned

    def words(self) -> str:
        names = [host.name for host in self.cleaned_data["hosts"]]
        words = formats.listed(names, any_of=self.cleaned_data.get("taking_part") == "any")
        if optional := [host.name for host in self.cleaned_data.get("optional", ())]:
            values = {"hosts": words, "optional": formats.listed(optional)}
            return gettext("%(hosts)s; %(optional)s may join") % values
        return words

    def refuse_ended(self, names: Sequence[str]) -> None:
        """Say that these were chosen, but may no longer be."""
        text = gettext(
            "You may no longer generate invitations for %(names)s. Ask them for a new grant; "
            "what you chose is kept."
        )
        self.errors.pop("hosts", None)
        self.add_error("hosts", text % {"names": ", ".join(names)})


class WhatStep(Step):
    name = "what"
    title = _("What")
    rows = ("work",)
    work = forms.ChoiceField(
        label=_("What it is about"),
        required=False,
        error_messages={
            "invalid_choice": _("This is not offered where the hosts work, or no longer.")
        },
    )

    def offer(self) -> None:
        places = self.around.places
        topics = [
            (f"topic:{topic.pk}", topic.name) for topic in WorkTypeGroup.objects.offered_in(places)
        ]
        work_types = [
            (f"work-type:{work_type.pk}", work_type.name)
            for work_type in WorkType.objects.offered_in_any(places)
        ]
        groups = [(_("Topics"), topics), (_("Work types"), work_types)]
        field = cast(forms.ChoiceField, self.fields["work"])
        field.choices = [("", _("The guest chooses a topic")), *groups]
        self.is_one = len(topics) == len(work_types) == 1
        if self.is_one:
            field.choices = [*topics, *work_types]

    @property
    def is_settled(self) -> bool:
        # The only topic and its only work type are one answer under two names.
        return self.is_one or super().is_settled

    def words(self) -> str:
        return str(self.cleaned_data["work"] or _("The guest chooses a topic"))

    def clean_work(self) -> WorkTypeGroup | WorkType | None:
        kind, _colon, key = self.cleaned_data["work"].partition(":")
        rows: dict[str, Any] = {"topic": WorkTypeGroup.objects, "work-type": WorkType.objects}
        if not kind:
            return None
        found: WorkTypeGroup | WorkType | None = rows[kind].filter(pk=key).first()
        return found


class WhereStep(Step):
    name = "where"
    title = _("Where and how")
    rows = ("territory", "appointment_type", "website")
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=_("Territory"),
        required=False,
        empty_label=_("The guest chooses"),
        error_messages={
            "invalid_choice": _("The hosts don’t work there, or nothing is offered there.")
        },
    )
    appointment_type = forms.ChoiceField(
        label=_("Appointment type"), choices=AppointmentType, initial=AppointmentType.IN_PERSON
    )
    website = forms.ModelChoiceField(
        CustomerWebsite.objects.none(),
        label=_("Where the link opens"),
        required=False,
        empty_label=_("On our own pages"),
        error_messages={"invalid_choice": _("This website is switched off, or not known.")},
    )

    def offer(self) -> None:
        places = self.around.places_on_offer
        field = choice_of_rows(self.fields["territory"], places.select_related("operating_hours"))
        if places.count() == 1:
            field.empty_label = None
        websites = CustomerWebsite.objects.filter(is_active=True)
        if websites.exists():
            choice_of_rows(self.fields["website"], websites)
        else:
            del self.fields["website"]

    def words(self) -> str:
        data = self.cleaned_data
        place = data["territory"] or _("The guest chooses a place")
        how = AppointmentType(data["appointment_type"]).label
        return ", ".join(str(part) for part in (place, how, data.get("website")) if part)


def _possible(keys: Sequence[Any]) -> list[Any]:
    return [key for key in keys if len(str(key)) <= LONGEST_KEY]
