"""Forms of staff about invitations."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from appointments.models import AppointmentType
from invitations.generate import Criteria, ImpossibleCriteriaError
from invitations.models import InvitationHost
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup
from scheduling.models.places import TerritoryQuerySet

FIELD_OF = {"hosts": "other_hosts", "topic": "work", "work_type": "work"}
"""Where this form asks for a criterion, if not under its own name."""


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, **kwargs)


class GenerateForm(forms.Form):
    """The criteria of an invitation to one resource and, if wanted, others with it."""

    work = forms.ChoiceField(label=_("What it is about"), required=False)
    territory = forms.ModelChoiceField(
        Territory.objects.none(),
        label=_("Territory"),
        required=False,
        empty_label=_("The guest chooses"),
    )
    appointment_type = forms.ChoiceField(
        label=_("Appointment type"), choices=AppointmentType, initial=AppointmentType.IN_PERSON
    )
    other_hosts = forms.ModelMultipleChoiceField(
        ServiceResource.objects.none(), label=_("Other hosts"), required=False
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
    from_date = DayField(
        label=_("From"), help_text=_("The first day that can be booked; empty: from now on.")
    )
    until_date = DayField(
        label=_("Until"), help_text=_("The last day that can be booked; empty: no end.")
    )
    expiry_date = DayField(
        label=_("Link expires after"),
        help_text=_("The last day on which the link works; empty: the last day to be booked."),
    )
    max_bookings = forms.IntegerField(
        label=_("Maximum bookings"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Leave empty for any number."),
    )
    message = forms.CharField(
        label=_("Personal message"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Shown above the times."),
    )

    def __init__(
        self,
        *args: Any,
        host: ServiceResource,
        others: QuerySet[ServiceResource],
        search: bool,
        **kwargs: Any,
    ) -> None:
        """``others`` may take part as well; ``search`` finds them by typing."""
        super().__init__(*args, **kwargs)
        self.host = host
        primary = Territory.objects.main_of([host])
        places = Territory.objects.worked_by([host], at_least=1)
        self._offer_places(places, primary)
        self._offer_work(places, primary)
        self._offer_hosts(others, search)

    def sections(self) -> list[tuple[Any, dict[str, Any]]]:
        """The fields as the admin groups them."""
        together = [name for name in ("other_hosts", "taking_part") if name in self.fields]
        when = [("from_date", "until_date"), ("expiry_date", "max_bookings")]
        return [
            (None, {"fields": ["work", "territory", "appointment_type", "message"]}),
            *([(_("Together with others"), {"fields": together})] if together else []),
            (_("How long, how often"), {"fields": when}),
        ]

    def criteria(self) -> Criteria:
        """What the valid form asks for."""
        data = self.cleaned_data
        kind, _colon, key = data["work"].partition(":")
        return Criteria(
            hosts=(self.host, *data.get("other_hosts", ())),
            topic=WorkTypeGroup.objects.get(pk=key) if kind == "topic" else None,
            work_type=WorkType.objects.get(pk=key) if kind == "work-type" else None,
            territory=data["territory"],
            appointment_type=data["appointment_type"],
            any_host=data.get("taking_part") == "any",
            from_date=data["from_date"],
            until_date=data["until_date"],
            expiry_date=data["expiry_date"],
            max_bookings=data["max_bookings"],
            message=data["message"],
        )

    def refuse(self, error: ImpossibleCriteriaError) -> None:
        """Show beside its field why the criteria are impossible."""
        field = FIELD_OF.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, error.message)

    def clean_other_hosts(self) -> list[ServiceResource]:
        """In the order in which they were chosen: that of the invitation."""
        order = cast(QueryDict, self.data).getlist("other_hosts")
        chosen = self.cleaned_data["other_hosts"]
        return sorted(chosen, key=lambda resource: order.index(str(resource.pk)))

    def _offer_places(self, places: TerritoryQuerySet, primary: Territory | None) -> None:
        field = cast("forms.ModelChoiceField[Territory]", self.fields["territory"])
        field.queryset = places.offering(WorkType.objects.all())
        self.initial["territory"] = primary

    def _offer_work(self, places: TerritoryQuerySet, primary: Territory | None) -> None:
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
        if primary:
            places = places.filter(pk=primary.pk)
        if len(usual := WorkTypeGroup.objects.offered_in(places)) == 1:
            self.initial["work"] = f"topic:{usual[0].pk}"

    def _offer_hosts(self, others: QuerySet[ServiceResource], search: bool) -> None:
        if not others.exists():
            del self.fields["other_hosts"], self.fields["taking_part"]
            return
        field = cast("forms.ModelMultipleChoiceField[ServiceResource]", self.fields["other_hosts"])
        field.widget = forms.CheckboxSelectMultiple()
        if search:
            relation = InvitationHost._meta.get_field("service_resource")
            field.widget = AutocompleteSelectMultiple(relation, admin.site)
        field.queryset = others
