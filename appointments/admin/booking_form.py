"""The form by which staff book at any time: for a guest, or for a client who is known."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.anyway_form import AnywayForm
from appointments.admin.preferences import choices_of
from appointments.booking import Guest
from appointments.forms import ContactForm
from appointments.models import Appointment, AppointmentType, Client
from appointments.wishes import wishes_of
from scheduling.models import ServiceResource

SEARCHED_FROM = 50
"""So many clients are no longer listed, but found by typing."""

KNOWN = ("first_name", "last_name", "email")
"""What need not be typed of a client."""

WRITTEN = ("subject", "description", "language")


class BookAnywayForm(AnywayForm, ContactForm):
    """What, with whom, where, when, and for which guest; the time is that of the place.

    A box ``despite`` appears beside a warning; it carries the words that are passed over.
    """

    client = forms.ModelChoiceField(
        Client.objects.none(),
        label=_("Client"),
        required=False,
        empty_label=_("Somebody else"),
        help_text=_("Their name and address need not be typed; what is typed counts instead."),
    )
    field_order = (
        "client",
        "resource",
        "work_type",
        "territory",
        "start",
        "despite",
        "appointment_type",
        "first_name",
        "last_name",
        "email",
        "phone",
        "language",
        "subject",
        "description",
    )

    def __init__(
        self, *args: Any, resources: Any, clients: QuerySet[Client], **kwargs: Any
    ) -> None:
        super().__init__(*args, resources=resources, **kwargs)
        self.fields["email"].help_text = _("The guest gets a confirmation.")
        self._offer_clients(clients)
        self._offer_resources(resources)
        for name in KNOWN:
            self.fields[name].required = False  # see clean()

    def _offer_clients(self, clients: QuerySet[Client]) -> None:
        if not clients.exists():
            del self.fields["client"]
            return
        field = cast("forms.ModelChoiceField[Client]", self.fields["client"])
        field.queryset = clients
        if clients.count() >= SEARCHED_FROM:
            relation = Appointment._meta.get_field("client")
            field.widget = AutocompleteSelect(relation, admin.site)
            field.widget.choices = field.choices

    def _offer_resources(self, resources: QuerySet[ServiceResource]) -> None:
        """Whom the client prefers first, as soon as it is known who that is."""
        field = cast("forms.ModelChoiceField[ServiceResource]", self.fields["resource"])
        if client := self._chosen_client():
            unsaid = [(resource, "") for resource in resources]
            field.choices = choices_of(wishes_of(client), unsaid)

    def _chosen_client(self) -> Client | None:
        if "client" not in self.fields:
            return None
        try:
            client: Client | None = self.fields["client"].clean(self["client"].value())
        except forms.ValidationError:
            return None
        return client

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in KNOWN:
            if name not in self.errors and not self._contact(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        if cleaned.get("appointment_type") == AppointmentType.PHONE and not self._contact("phone"):
            self.add_error("phone", gettext("A phone call needs a number."))
        return cleaned

    def _contact(self, name: str) -> str:
        """As typed, else as known of the client."""
        client = self.cleaned_data.get("client")
        return self.cleaned_data.get(name) or (getattr(client, name) if client else "")

    def is_despite(self, warning: str) -> bool:
        """Whether it was sent by somebody who had read this very warning."""
        return self.data.get("despite") == warning

    def ask_despite(self, warning: str) -> None:
        """Say it, beside a box to tick."""
        box = forms.CheckboxInput({"value": warning}, check_test=lambda value: False)
        self.fields["despite"] = forms.BooleanField(label=_("Book it all the same"), widget=box)
        self.order_fields(self.field_order)
        self.add_error("despite", warning)

    @property
    def guest(self) -> Guest:
        """In the place's zone, as nobody knows theirs."""
        contact = {name: self._contact(name) for name in (*KNOWN, "phone")}
        written: dict[str, Any] = {name: self.cleaned_data[name] for name in WRITTEN}
        return Guest(
            **written | contact,
            time_zone=self.cleaned_data["territory"].time_zone,
            client=self.cleaned_data.get("client"),
        )
