"""The forms that guests fill in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from appointments.asked import LONGEST_ANSWER, Asked, PhoneRule
from appointments.fields import AddressField, InstantField, LineField, PhoneField
from appointments.form_tokens import TokenForm
from appointments.models import Appointment, AppointmentType

ANSWER = "answer_"


class Known(Protocol):
    """Somebody of whom we know how they are reached."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields that are folded away; open where there is something to see in them."""

    fields: list[BoundField]

    @property
    def is_open(self) -> bool:
        return any(field.errors or field.value() for field in self.fields)


class ContactForm(forms.Form):
    """Who somebody is, how they are reached, and what they want to say."""

    first_name = LineField(
        label=_("First name"),
        max_length=Appointment._meta.get_field("first_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = LineField(
        label=_("Last name"),
        max_length=Appointment._meta.get_field("last_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("For your confirmation."),
    )
    phone = PhoneField(
        label=_("Phone"),
        max_length=Appointment._meta.get_field("phone").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    description = forms.CharField(
        label=_("Note"),
        max_length=Appointment._meta.get_field("description").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class GuestForm(TokenForm, ContactForm):
    """Who books, which time, and a note. ``form_token`` makes sending it twice harmless.

    The fields ``answer_1`` and so on answer the host's own questions. What is not asked for has
    no field: whatever is posted for it is ignored. ``known`` is whom it books for, if that is
    settled; where that ``is_locked``, nothing else can be said of them.
    """

    start = InstantField(widget=forms.HiddenInput)
    subject = LineField(
        label=_("Subject"),
        max_length=Appointment._meta.get_field("subject").max_length,
        required=False,
    )

    note_fields = ("subject", "description")
    contact_fields = ("first_name", "last_name", "email", "phone")

    def __init__(
        self,
        *args: Any,
        appointment_type: str,
        asked: Asked,
        known: Known | None,
        is_locked: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.known = known
        self._ask_for_phone(is_call=appointment_type == AppointmentType.PHONE)
        self._ask_for_note()
        self._ask_own_questions()
        if known is not None:
            # A personal link shows nothing of what is known; what is typed replaces it (L8).
            for name in self._contact:
                field = self.fields[name]
                field.required = field.required and name == "phone" and not known.phone
                if is_locked and self._is_known(name):
                    del self.fields[name]
        for name in (*self._contact, *self._answers):
            self.fields[name].error_messages["required"] = _("Please fill this in.")

    def _ask_for_phone(self, *, is_call: bool) -> None:
        phone = self.fields["phone"]
        phone.required = is_call or self.asked.phone == PhoneRule.REQUIRED
        if is_call:
            phone.help_text = _("We call you on this number.")
        elif self.asked.phone == PhoneRule.HIDDEN:
            del self.fields["phone"]

    def _ask_for_note(self) -> None:
        if not self.asked.subject:
            del self.fields["subject"]
        if not self.asked.note:
            del self.fields["description"]

    def _ask_own_questions(self) -> None:
        for number, question in enumerate(self.asked.questions, start=1):
            self.fields[f"{ANSWER}{number}"] = LineField(
                label=question.text, required=question.is_required, max_length=LONGEST_ANSWER
            )
        self.order_fields(
            ["form_token", "start", *self.contact_fields, *self._answers, *self.note_fields]
        )

    @property
    def in_sight(self) -> list[BoundField]:
        """What to fill in: contact fields but those a personal link knows, then answers."""
        unknown = [name for name in self._contact if not self._is_known(name)]
        return [self[name] for name in (*unknown, *self._answers)]

    @property
    def replaceable(self) -> Fold:
        """The contact fields of a personal link, which only replace what is known (rule L8)."""
        return Fold([self[name] for name in self._contact if self._is_known(name)])

    @property
    def note(self) -> Fold:
        return Fold([self[name] for name in self.note_fields if name in self.fields])

    @property
    def _contact(self) -> list[str]:
        return [name for name in self.contact_fields if name in self.fields]

    @property
    def _answers(self) -> list[str]:
        return [name for name in self.fields if name.startswith(ANSWER)]

    def _is_known(self, name: str) -> bool:
        return self.known is not None and not self.fields[name].required

    @staticmethod
    def read_start(text: str) -> datetime | None:
        """An instant from a link, None where it cannot be read."""
        try:
            instant: datetime | None = InstantField(required=False).clean(text)
        except ValidationError:
            return None
        return instant

    def contact(self, name: str) -> str:
        """A contact field as typed, else as it is known."""
        return self.written(name) or (getattr(self.known, name) if self.known else "")

    def written(self, name: str) -> str:
        """A field as typed, empty where it is not asked for."""
        text: str = self.cleaned_data.get(name, "")
        return text

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """The host's own questions that were answered, each with its answer."""
        return tuple(
            (str(self.fields[name].label), self.written(name))
            for name in self._answers
            if self.written(name)
        )

    @property
    def filled_in(self) -> list[tuple[str, str]]:
        """The label and the text of every visible field that holds something."""
        return [
            (str(field.label), self.written(field.name))
            for field in self.visible_fields()
            if self.written(field.name)
        ]


class MoveForm(TokenForm):
    """The new time of an appointment."""

    start = InstantField(widget=forms.HiddenInput)


class DetailsForm(ContactForm):
    """Who comes and how they are reached, as it is to be: the form of staff."""

    hides_the_known = False

    copy_to = AddressField(
        label=_("Copy to"),
        required=False,
        max_length=254,
        help_text=_("A colleague, perhaps: they get every mail about this appointment as well."),
    )

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        self.order_fields(["form_token", *GuestForm.contact_fields, "description", "copy_to"])
        self.fields["email"].help_text = _("Mails about this appointment go there.")
        self.fields["phone"].required = appointment.appointment_type == AppointmentType.PHONE
        for name in self.fields:
            if name != "form_token" and not self._is_hidden(name):
                self.initial.setdefault(name, getattr(appointment, name))
        for name in GuestForm.contact_fields:
            field = self.fields[name]
            field.error_messages["required"] = _("Please fill this in.")
            if self._is_hidden(name):
                field.required = False
                field.help_text = _("Leave empty to keep what we know.")
        if appointment.is_personal:
            # A copy would tell whoever has the link how they are reached (rule L8).
            self.fields["copy_to"].disabled = True
            self.fields["copy_to"].widget = forms.HiddenInput()

    def _is_hidden(self, name: str) -> bool:
        is_known = self.hides_the_known and self.appointment.is_personal
        return is_known and name in GuestForm.contact_fields

    def corrected(self) -> dict[str, str]:
        """Every detail as it is to be."""
        return {
            name: self.cleaned_data.get(name)
            or (getattr(self.appointment, name) if self._is_hidden(name) else "")
            for name in (*GuestForm.contact_fields, "description", "copy_to")
        }


class CorrectionForm(TokenForm, DetailsForm):
    """The same for the guest.

    Of whoever is known nothing is shown; what is typed replaces it (rule L8), unless that is
    locked.
    """

    hides_the_known = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.appointment.locks_contact:
            for name in GuestForm.contact_fields:
                del self.fields[name]


class CancelForm(TokenForm):
    """Why the guest cancels, if they like to say."""

    reason = forms.CharField(
        label=_("Why you can’t come"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only if you like. It is sent to your host."),
    )
