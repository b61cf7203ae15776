"""What both forms ask by which staff book at any time: for a guest, or a group."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.admin.wall_clock import WallClockField, first_instant
from appointments.booking import FormReusedError, SentForm, TimeGoneError
from appointments.fields import LineField
from appointments.form_tokens import hand_out, read_token
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment, AppointmentType
from appointments.terms import Terms
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource, Territory, WorkType

UNCHOSEN = "---------"


class AnywayForm(forms.Form):
    """What, with whom, where and when; the time is that of the place."""

    form_token = forms.CharField(widget=forms.HiddenInput)
    resource = forms.ModelChoiceField(
        ServiceResource.objects.none(), label=_("Service resource"), empty_label=None
    )
    work_type = forms.ModelChoiceField(
        WorkType.objects.with_rules().filter(attendee_limit=None),
        label=_("Work type"),
        empty_label=None,
    )
    territory = forms.ModelChoiceField(
        Territory.objects.select_related("operating_hours"), label=_("Territory")
    )
    start = WallClockField(label=_("Start"), help_text=_("As a clock shows it at the territory."))
    appointment_type = forms.ChoiceField(label=_("Type"), choices=AppointmentType.choices)
    subject = LineField(
        label=_("Subject"),
        max_length=Appointment._meta.get_field("subject").max_length,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )

    def __init__(
        self, *args: Any, scope: str, resources: QuerySet[ServiceResource], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        resource = cast("forms.ModelChoiceField[ServiceResource]", self.fields["resource"])
        territory = cast("forms.ModelChoiceField[Territory]", self.fields["territory"])
        resource.queryset = resources
        # A place that nobody named is left to be chosen, not to the alphabet.
        is_settled = self.initial.get("territory") or Territory.objects.count() == 1
        territory.empty_label = None if is_settled else UNCHOSEN

    def clean_form_token(self) -> SentForm:
        try:
            return read_token(self.cleaned_data["form_token"], self.scope)
        except signing.BadSignature as error:
            text = gettext("This form is no longer valid. Please check it and send it again.")
            raise forms.ValidationError(text) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shown, territory = cleaned.get("start"), cleaned.get("territory")
        if shown and territory:
            try:
                cleaned["start"] = first_instant(shown, territory.time_zone)
            except forms.ValidationError as error:
                self.add_error("start", error)
        return cleaned

    def renew_token(self) -> None:
        """Make a form that was sent into a fresh one, with all that was typed."""
        typed = cast(QueryDict, self.data).copy()
        typed["form_token"] = hand_out(self.scope, timezone.now())
        self.data = typed

    def say_why(self, error: TimeGoneError | FormReusedError | TooBusyError) -> None:
        """Say why it could not be booked."""
        match error:
            case TimeGoneError():
                text = gettext(
                    "There is another appointment at this time, or it is over or too far ahead."
                )
                self.add_error("start", text)
            case FormReusedError():
                text = gettext("This form was sent already. Send it again to book once more.")
                self.add_error(None, text)
            case _:
                text = str(TOO_BUSY)
                self.add_error(None, text)

    @property
    def terms(self) -> Terms:
        territory = self.cleaned_data["territory"]
        return Terms(
            work_type=self.cleaned_data["work_type"],
            territory=territory,
            hosts=(self.cleaned_data["resource"],),
            appointment_type=self.cleaned_data["appointment_type"],
            time_zone=territory.time_zone,
            is_extended=True,
        )


def initial_of(request: HttpRequest, scope: str) -> dict[str, Any]:
    """A fresh token, and the resource in the address, or the user's own, with its usual place."""
    initial: dict[str, Any] = {"form_token": hand_out(scope, timezone.now())}
    asked = request.GET.get("resource", "")
    resource = ServiceResource.objects.filter(pk=asked).first() if asked.isdecimal() else None
    resource = resource or reach(request).own
    if resource:
        place = Territory.objects.main_of([resource])
        initial |= {"resource": resource.pk, "territory": place and place.pk}
    return initial
