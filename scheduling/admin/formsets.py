"""Rows that are sent together, compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Model, Q, UniqueConstraint, Value
from django.forms import BaseInlineFormSet
from django.forms.formsets import DELETION_FIELD_NAME


class DistinctRows(BaseInlineFormSet):
    """Says beside a row that it says what another of them says already.

    Django compares them by those rules alone that hold for all rows; those that hold for some
    would be the database's to refuse, by an error.
    """

    def sent(self) -> list[Any]:
        """The forms of rows that are to be, as far as they are valid by themselves."""
        valid = [form for form in self.forms if form.is_valid() and form.cleaned_data]
        return [form for form in valid if not form.cleaned_data.get(DELETION_FIELD_NAME)]

    def clean(self) -> None:
        super().clean()
        sent = self.sent()
        for rule in sent[0].instance._meta.constraints if sent else ():
            if isinstance(rule, UniqueConstraint) and rule.condition:
                for form in self._repeated(sent, rule.fields, rule.condition):
                    form.add_error(None, rule.get_violation_error_message())

    def _repeated(self, forms: Sequence[Any], names: Sequence[str], condition: Q) -> Iterator[Any]:
        """All but the first of those that share values which only one may have."""
        alike: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for form in forms:
            own = (name for name in names if name != self.fk.name)
            alike[tuple(getattr(form.instance, name) for name in own)].append(form)
        for several in alike.values():
            if len(several) > 1:
                yield from [form for form in several if _meets(form.instance, condition)][1:]


def _meets(row: Model, condition: Q) -> bool:
    fields = row._meta.concrete_fields
    return condition.check(
        {field.name: Value(field.value_from_object(row), field) for field in fields}
    )
