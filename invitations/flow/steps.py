"""The steps of the flow, each a form about one thing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import formats
from appointments.models import AppointmentType, Client
from invitations.models import (
    CustomerWebsite,
    Invitation,
    InvitationHost,
    InvitationKey,
    Lockable,
)
from invitations.spans import Span, SpanField, SpanWidget
from scheduling.models import ServiceResource, Territory, WorkType, WorkTypeGroup

SEARCHED_FROM = 50
"""So many choices are no longer listed, but found by typing."""

LONGEST_KEY = 18
"""Digits of a row's number."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a step may offer: whose time, of the hosts chosen before, to which clients.

    ``fixed`` names the fields that a template leaves no choice in.
    """

    resources: QuerySet[ServiceResource]
    clients: QuerySet[Client]
    hosts: Sequence[ServiceResource]
    any_host: bool
    fixed: Collection[str]

    @property
    def places(self) -> Any:
        """Where the hosts work: all of them, or any where one will do."""
        needed = 1 if self.any_host else len(self.hosts)
        return Territory.objects.worked_by(self.hosts, at_least=needed)

    @property
    def places_on_offer(self) -> Any:
        """Those of them at which any work is offered."""
        return self.places.offering(WorkType.objects.all())


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, **kwargs)


class HostsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Refuses numbers that no key can have, where SQLite would fail over them."""

    def clean(self, value: Any) -> Any:
        if len(_possible(value or ())) < len(value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return super().clean(value)

    def prepare_value(self, value: Any) -> Any:
        prepared = super().prepare_value(value)
        return _possible(prepared) if isinstance(prepared, list) else prepared


class Step(forms.Form):
    """One step. ``rows`` says which fields stand beside each other."""

    name: ClassVar[str]
    title: ClassVar[Any]
    rows: ClassVar[Sequence[str | tuple[str, ...]]]

    def __init__(self, around: Surroundings, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.around = around
        self.offer()
        for name in around.fixed:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Fixed by the template.")
                self.fields[name].error_messages["invalid_choice"] = _(
                    "The template fixes what is not on offer with these hosts. Choose other "
                    "hosts or another template."
                )

    def offer(self) -> None:
        """Fill in the choices."""

    def words(self) -> str:
        """What the valid form says, in short."""
        raise NotImplementedError

    @classmethod
    def sent_names(cls) -> list[str]:
        """The names under which a browser sends the fields."""
        return [name for field in cls.base_fields for name in _sent_names(cls, field)]

    @property
    def sections(self) -> list[tuple[None, dict[str, Any]]]:
        """The fields as the admin groups them."""
        rows = [(row,) if isinstance(row, str) else row for row in self.rows]
        there = [tuple(name for name in row if name in self.fields) for row in rows]
        return [(None, {"fields": [row for row in there if row]})]

    @property
    def is_settled(self) -> bool:
        """Whether only one answer is possible, so that nobody has to be asked."""
        return all(field.disabled or _choices_of(field) == 1 for field in self.fields.values())


class WhoStep(Step):
    name = "who"
    title = _("Who")
    rows = ("hosts", "taking_part", "primary")
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

    def offer(self) -> None:
        relation = InvitationHost._meta.get_field("service_resource")
        hosts = _choice_of_rows(self.fields["hosts"], self.around.resources)
        if hosts.queryset.count() >= SEARCHED_FROM:
            hosts.widget = AutocompleteSelectMultiple(relation, admin.site)
        else:
            hosts.widget = forms.CheckboxSelectMultiple()
        hosts.widget.choices = hosts.choices
        primary = _choice_of_rows(self.fields["primary"], self.around.resources)
        if hosts.queryset.count() >= SEARCHED_FROM:
            primary.widget = AutocompleteSelect(relation, admin.site)
            primary.widget.choices = primary.choices
        if hosts.queryset.count() == 1:
            del self.fields["taking_part"], self.fields["primary"]

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
        return formats.listed(names, any_of=self.cleaned_data.get("taking_part") == "any")

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
        field = _choice_of_rows(self.fields["territory"], places.select_related("operating_hours"))
        if places.count() == 1:
            field.empty_label = None
        websites = CustomerWebsite.objects.filter(is_active=True)
        if websites.exists():
            _choice_of_rows(self.fields["website"], websites)
        else:
            del self.fields["website"]

    def words(self) -> str:
        data = self.cleaned_data
        place = data["territory"] or _("The guest chooses a place")
        how = AppointmentType(data["appointment_type"]).label
        return ", ".join(str(part) for part in (place, how, data.get("website")) if part)


class WhenStep(Step):
    name = "when"
    title = _("When")
    rows = (("from_date", "from_in"), ("until_date", "until_after"), ("expiry_date", "expires_in"))
    from_date = DayField(
        label=_("From"), help_text=_("The first day that can be booked; empty: from now on.")
    )
    from_in = SpanField(
        label=_("or in"),
        spoken=_("From, in"),
        required=False,
        help_text=_("Counted from today."),
    )
    until_date = DayField(
        label=_("Until"), help_text=_("The last day that can be booked; empty: no end.")
    )
    until_after = SpanField(
        label=_("or for"),
        spoken=_("Until, after"),
        required=False,
        help_text=_("Counted from the first day."),
    )
    expiry_date = DayField(
        label=_("Link expires after"),
        help_text=_("The last day on which the link works; empty: the last day to be booked."),
    )
    expires_in = SpanField(
        label=_("or in"),
        spoken=_("Link expires, in"),
        required=False,
        help_text=_("Counted from today."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for day, span in cast(Sequence[tuple[str, str]], self.rows):
            if cleaned.get(day) and cleaned.get(span):
                self.add_error(span, _("Give a date or a length of time, not both."))
        if (first := cleaned.get("from_date")) and (length := cleaned.get("until_after")):
            try:
                Span.parse(length).after(first)
            except (ValueError, OverflowError):
                text = _("That is further ahead than any calendar goes.")
                self.add_error("until_after", text)
        return cleaned

    def words(self) -> str:
        data = self.cleaned_data
        said: list[Any] = []
        if data["from_in"]:
            said.append(_("in %(span)s") % {"span": Span.parse(data["from_in"]).in_words})
        elif data["from_date"]:
            said.append(_("from %(day)s") % {"day": formats.full_date(data["from_date"])})
        else:
            said.append(_("from now on"))
        if data["until_after"]:
            said.append(_("for %(span)s") % {"span": Span.parse(data["until_after"]).in_words})
        elif data["until_date"]:
            said.append(_("until %(day)s") % {"day": formats.full_date(data["until_date"])})
        return ", ".join(str(part) for part in said)

    def days(self, today: date) -> dict[str, date | None]:
        """The three dates of the valid form, lengths of time counted from ``today``."""
        first = self._day("from_date", "from_in", today)
        last = self._day("until_date", "until_after", first or today)
        expiry = self._day("expiry_date", "expires_in", today)
        return {"from_date": first, "until_date": last, "expiry_date": expiry}

    def _day(self, day: str, span: str, start: date) -> date | None:
        if length := self.cleaned_data[span]:
            return Span.parse(length).after(start)
        chosen: date | None = self.cleaned_data[day]
        return chosen


class LimitsStep(Step):
    name = "limits"
    title = _("How often")
    rows = (("max_bookings", "max_per_guest"),)
    max_bookings = forms.IntegerField(
        label=_("Maximum bookings"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("By everybody together. Leave empty for any number."),
    )
    max_per_guest = forms.IntegerField(
        label=_("Bookings per guest"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Leave empty for any number."),
    )

    def words(self) -> str:
        most, each = self.cleaned_data["max_bookings"], self.cleaned_data["max_per_guest"]
        said: list[Any] = []
        if most:
            text = ngettext("%(n)s booking in all", "%(n)s bookings in all", most)
            said.append(text % {"n": most})
        if each:
            said.append(_("%(n)s per guest") % {"n": each})
        return ", ".join(str(part) for part in said) or gettext("any number of bookings")


class MessageStep(Step):
    name = "message"
    title = _("Message")
    rows = ("client", "message")
    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("For one client only"),
        required=False,
        empty_label=_("For everybody who has the link"),
        help_text=_("The link is then personal: it greets the client, who need not say who books."),
        error_messages={"invalid_choice": _("You don’t see this client, or no longer.")},
    )
    message = forms.CharField(
        label=_("Personal message"),
        required=False,
        max_length=Invitation._meta.get_field("message").max_length,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Shown above the times."),
    )

    def offer(self) -> None:
        clients = self.around.clients
        if not clients.exists() and not self.data.get("client"):
            del self.fields["client"]
            return
        field = _choice_of_rows(self.fields["client"], clients)
        if clients.count() >= SEARCHED_FROM:
            field.widget = AutocompleteSelect(InvitationKey._meta.get_field("client"), admin.site)
            field.widget.choices = field.choices

    def words(self) -> str:
        said = []
        if client := self.cleaned_data.get("client"):
            said.append(gettext("for %(client)s") % {"client": client})
        if message := self.cleaned_data["message"]:
            said.append(Truncator(message).words(12))
        return ", ".join(said) or gettext("none")


STEPS: Mapping[str, type[Step]] = {
    step.name: step
    for step in cast(
        "tuple[type[Step], ...]",
        (WhoStep, WhatStep, WhereStep, WhenStep, LimitsStep, MessageStep),
    )
}

FIELDS_OF_LOCK = {
    Lockable.FROM: ("from_date", "from_in"),
    Lockable.UNTIL: ("until_date", "until_after"),
    Lockable.EXPIRY: ("expiry_date", "expires_in"),
}
"""The fields that a template’s lock fixes, where they are not one of the same name."""

STEP_OF_CRITERION = {"hosts": "who", "topic": "what", "work_type": "what"}
FIELD_OF_CRITERION = {"topic": "work", "work_type": "work"}
"""Where the flow asks for a criterion, if not under its own name."""


def _possible(keys: Sequence[Any]) -> list[Any]:
    return [key for key in keys if len(str(key)) <= LONGEST_KEY]


def _sent_names(step: type[Step], field: str) -> list[str]:
    widget = step.base_fields[field].widget
    endings = widget.widgets_names if isinstance(widget, SpanWidget) else [""]
    return [field + ending for ending in endings]


def _choice_of_rows(field: forms.Field, rows: QuerySet[Row]) -> Any:
    chooser = cast("forms.ModelChoiceField[Row]", field)
    chooser.queryset = rows
    return chooser


def _choices_of(field: forms.Field) -> int:
    """How many answers a field allows; more than one for whatever isn't chosen from a list."""
    match field:
        case forms.ModelMultipleChoiceField():
            return _rows(field).count()
        case forms.ModelChoiceField():
            return _rows(field).count() + (field.empty_label is not None)
        case forms.ChoiceField():
            choices = cast("list[tuple[Any, Any]]", field.choices)
            return sum(len(label) if isinstance(label, list) else 1 for _value, label in choices)
        case _:
            return 2


def _rows(field: forms.ModelChoiceField[Any]) -> QuerySet[Any]:
    return cast("QuerySet[Any]", field.queryset)
