"""Staff book an appointment at a time that no guest is offered (rule B8)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.access import may_book_anyway
from appointments.admin.tools import tool_page
from appointments.admin.wall_clock import WallClockField, first_instant
from appointments.booking import (
    FormReusedError,
    Guest,
    SentForm,
    TimeGoneError,
    book_anyway,
)
from appointments.changes import Author
from appointments.fields import LineField
from appointments.form_tokens import hand_out, read_token
from appointments.forms import ContactForm
from appointments.locks import TooBusyError
from appointments.models import Appointment, AppointmentType
from appointments.terms import Terms
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.models import ServiceResource, Territory, WorkType


class BookAnywayForm(ContactForm):
    """What, with whom, where, when, and for which guest; the time is that of the place."""

    form_token = forms.CharField(widget=forms.HiddenInput)
    resource = forms.ModelChoiceField(
        ServiceResource.objects.none(), label=_("Service resource"), empty_label=None
    )
    work_type = forms.ModelChoiceField(
        WorkType.objects.with_rules(), label=_("Work type"), empty_label=None
    )
    territory = forms.ModelChoiceField(
        Territory.objects.select_related("operating_hours"), label=_("Territory"), empty_label=None
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

    field_order = (
        "resource",
        "work_type",
        "territory",
        "start",
        "appointment_type",
        "first_name",
        "last_name",
        "email",
        "phone",
        "language",
        "subject",
        "description",
    )

    def __init__(self, *args: Any, scope: str, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["resource"].queryset = resources  # type: ignore[attr-defined]
        self.fields["email"].help_text = _("The guest gets a confirmation.")

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
        if cleaned.get("appointment_type") == AppointmentType.PHONE and not cleaned.get("phone"):
            self.add_error("phone", gettext("A phone call needs a number."))
        return cleaned

    def renew_token(self) -> None:
        """Make a form that was sent into a fresh one, with all that was typed."""
        typed = cast(QueryDict, self.data).dict()
        self.data = {**typed, "form_token": hand_out(self.scope, timezone.now())}

    @property
    def terms(self) -> Terms:
        territory = self.cleaned_data["territory"]
        return Terms(
            work_type=self.cleaned_data["work_type"],
            territory=territory,
            hosts=(self.cleaned_data["resource"],),
            appointment_type=self.cleaned_data["appointment_type"],
            time_zone=territory.time_zone,
        )

    @property
    def guest(self) -> Guest:
        """In the place's zone, as nobody knows theirs."""
        names = ("first_name", "last_name", "email", "phone", "subject", "description", "language")
        written = {name: self.cleaned_data[name] for name in names}
        return Guest(**written, time_zone=self.cleaned_data["territory"].time_zone)


class BookTool(NarrowedAdmin):
    """The page ``book/?resource=…``, for whoever may book anyway for somebody."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.book_page)
        name = "appointments_appointment_book"
        return [path("book/", page, name=name), *super().get_urls()]

    def book_page(self, request: HttpRequest) -> HttpResponse:
        found = reach(request)
        if not (may_book_anyway(found) and found.anybody(Act.CHANGE_APPOINTMENTS)):
            raise PermissionDenied
        resources = found.resources(Act.CHANGE_APPOINTMENTS).filter(is_active=True)
        scope = f"book:{request.user.pk}"
        form = BookAnywayForm(
            request.POST if request.method == "POST" else None,
            initial=_initial(request, scope),
            scope=scope,
            resources=resources,
        )
        if form.is_valid() and (booked := _book(request, form)):
            messages.success(request, gettext("It is booked. Guest and host get a mail."))
            return redirect("admin:appointments_appointment_change", booked.pk)
        if form.is_bound:
            form.renew_token()
        return tool_page(
            self,
            request,
            None,
            form,
            title=_("Book an appointment"),
            lead=_("At any time, whatever hours and absences say; only not over another one."),
            submit=_("Book"),
            leave=_("Back"),
        )


def _initial(request: HttpRequest, scope: str) -> dict[str, Any]:
    """A fresh token, and the resource in the address with the place where they mostly work."""
    initial: dict[str, Any] = {"form_token": hand_out(scope, timezone.now())}
    asked = request.GET.get("resource", "")
    resource = ServiceResource.objects.filter(pk=asked).first() if asked.isdecimal() else None
    resource = resource or reach(request).own
    if resource:
        place = Territory.objects.main_of([resource])
        initial |= {"resource": resource.pk, "territory": place and place.pk}
    return initial


def _book(request: HttpRequest, form: BookAnywayForm) -> Appointment | None:
    """The appointment; None, and then the form says why not."""
    host = form.cleaned_data["resource"]
    behalf = reach(request).acting_for([host], Act.CHANGE_APPOINTMENTS)
    try:
        return book_anyway(
            form.terms,
            form.cleaned_data["start"],
            form.guest,
            form.cleaned_data["form_token"],
            author=Author(cast(User, request.user), behalf),
            now=timezone.now(),
        ).appointment
    except TimeGoneError:
        text = gettext("There is another appointment at this time, or it is over or too far ahead.")
        form.add_error("start", text)
    except FormReusedError:
        form.add_error(
            None, gettext("This form was sent already. Send it again to book once more.")
        )
    except TooBusyError:
        form.add_error(None, gettext("Others are changing the same. Please try again."))
    return None
