"""What somebody types to put prospects on a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from appointments.fields import AddressField, LineField
from appointments.models import Client
from invitations.models import Recipient
from invitations.prospects.columns import Column, Matching
from invitations.prospects.files import read_file
from invitations.prospects.tables import Row, UnreadableError, read_pasted

INCLUDES_INVITED = _("Add those as well who have a link that is still open")


is_name = RegexValidator(
    r"^[\d.,:/ -]*\d[\d.,:/ -]*$",
    _("This is a number or a date, not a name."),
    inverse_match=True,
)
is_as_typed = RegexValidator(
    r"^\d+[.,]?\d*E\+\d+$|^\d{4}-\d\d-\d\d\b|^\d\d:\d\d:",
    _("A spreadsheet made something else of this number. Please format its column as text."),
    inverse_match=True,
)


class RecipientForm(forms.Form):
    """One recipient; what a spreadsheet took for a date or a sum is neither name nor phone."""

    first_name = LineField(
        label=_("First name"),
        max_length=Recipient._meta.get_field("first_name").max_length,
        validators=[is_name],
    )
    last_name = LineField(
        label=_("Last name"),
        max_length=Recipient._meta.get_field("last_name").max_length,
        validators=[is_name],
    )
    email = AddressField(label=_("E-mail address"), max_length=254)
    phone = LineField(
        label=_("Phone"),
        max_length=Recipient._meta.get_field("phone").max_length,
        required=False,
        validators=[is_as_typed],
    )


class OneForm(RecipientForm):
    """One recipient, whom something may speak against."""

    said = ("first_name", "last_name", "email", "phone")

    includes_invited = forms.BooleanField(
        label=_("Add them even if they have a link that is still open"), required=False
    )

    @property
    def typed(self) -> list[BoundField]:
        return [self[name] for name in self.said]


class ClientsForm(forms.Form):
    """Clients, out of those on offer."""

    clients: Any = forms.ModelMultipleChoiceField(Client.objects.none(), label=_("Clients"))
    includes_invited = forms.BooleanField(label=INCLUDES_INVITED, required=False)

    def __init__(self, data: Any, offered: QuerySet[Client]) -> None:
        super().__init__(data)
        self.fields["clients"].queryset = offered  # type: ignore[attr-defined]


class TableForm(forms.Form):
    """A table, pasted or as a file. ``rows`` of a valid form are what it says."""

    rows: list[Row]

    pasted = forms.CharField(
        label=_("Paste a table"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text=_(
            "Copied from a spreadsheet, or with commas or semicolons between columns. Up to 2 MB."
        ),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_(
            "CSV, TSV or XLSX, of which the first sheet counts. Up to 10,000 rows and 5 MB."
        ),
    )

    def clean(self) -> None:
        file, pasted = self.cleaned_data.get("file"), self.cleaned_data.get("pasted", "")
        if self.errors:
            return
        if bool(file) == bool(pasted.strip()):
            raise ValidationError(_("Paste a table or choose a file, one of the two."))
        try:
            self.rows = read_file(file) if file else read_pasted(pasted)
        except UnreadableError as error:
            self.add_error("file" if file else "pasted", error.message)


class MatchingForm(forms.Form):
    """Which column says what, and whom to add; the fields ``column_0`` and so on are columns."""

    has_headings = forms.BooleanField(label=_("The first row has headings"), required=False)
    includes_invited = forms.BooleanField(label=INCLUDES_INVITED, required=False)

    def __init__(self, data: Any, guess: Matching) -> None:
        sent = data if "column_0" in data else _as_sent(guess)
        super().__init__(sent)
        for index in range(len(guess.columns)):
            field = forms.TypedChoiceField(coerce=Column, choices=Column, required=False)
            self.fields[f"column_{index}"] = field

    @property
    def columns(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    def clean(self) -> None:
        chosen = [field for field in self._columns() if field is not Column.NOTHING]
        names = {Column.FIRST_NAME, Column.LAST_NAME}
        if len(set(chosen)) < len(chosen):
            raise ValidationError(_("Two columns can’t say the same."))
        if Column.EMAIL not in chosen:
            raise ValidationError(_("Choose the column with the e-mail addresses."))
        if Column.NAME in chosen and names & set(chosen):
            raise ValidationError(_("Choose one column for the whole name, or one for each part."))
        if Column.NAME not in chosen and not names <= set(chosen):
            raise ValidationError(_("Choose the columns with first and last names."))

    @property
    def matching(self) -> Matching:
        """What a valid form says."""
        return Matching(tuple(self._columns()), self.cleaned_data["has_headings"])

    def _columns(self) -> list[Column]:
        names = (name for name in self.fields if name.startswith("column_"))
        return [Column(self.cleaned_data.get(name, "")) for name in names]


def _as_sent(guess: Matching) -> dict[str, str]:
    sent = {f"column_{index}": column.value for index, column in enumerate(guess.columns)}
    return {**sent, "has_headings": "on"} if guess.has_headings else sent
