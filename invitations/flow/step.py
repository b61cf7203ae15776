"""What every step of the flow has in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.models import Client
from invitations.spans import SpanWidget
from scheduling.models import SchedulingPolicy, ServiceResource, Territory, WorkType

SEARCHED_FROM = 50
"""So many choices are no longer listed, but found by typing."""

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a step may offer: whose time, of the hosts chosen before, to which clients.

    ``fixed`` names the fields that a template leaves no choice in; ``policies`` are those that
    may be chosen.
    """

    resources: QuerySet[ServiceResource]
    clients: QuerySet[Client]
    hosts: Sequence[ServiceResource]
    any_host: bool
    fixed: Collection[str]
    policies: QuerySet[SchedulingPolicy]

    @property
    def places(self) -> Any:
        """Where the hosts work: all of them, or any where one will do."""
        needed = 1 if self.any_host else len(self.hosts)
        return Territory.objects.worked_by(self.hosts, at_least=needed)

    @property
    def places_on_offer(self) -> Any:
        """Those of them at which any work is offered."""
        return self.places.offering(WorkType.objects.all())


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


def choice_of_rows(field: forms.Field, rows: QuerySet[Row]) -> Any:
    chooser = cast("forms.ModelChoiceField[Row]", field)
    chooser.queryset = rows
    return chooser


def _sent_names(step: type[Step], field: str) -> list[str]:
    widget = step.base_fields[field].widget
    endings = widget.widgets_names if isinstance(widget, SpanWidget) else [""]
    return [field + ending for ending in endings]


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
