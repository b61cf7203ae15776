"""Staff correct who comes to an appointment, by the same function as its guest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.access import author_of, may_change
from appointments.admin.tools import tool_page
from appointments.changes import TooLateError
from appointments.corrections import Correction, correct, is_correctable
from appointments.forms import DetailsForm
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment
from scheduling.admin.narrowed import NarrowedAdmin, reach


class CorrectTool(NarrowedAdmin):
    """A page with the guest's details, for whoever may change the appointment for a host."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.correct_page)
        name = "appointments_appointment_details"
        return [path("<path:object_id>/details/", page, name=name), *super().get_urls()]

    def correct_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        appointment = self.get_object(request, unquote(object_id))
        if not may_change(reach(request), appointment):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = DetailsForm(data, appointment=appointment)
        if form.is_valid() and _correct(request, appointment, form):
            return redirect("admin:appointments_appointment_change", appointment.pk)
        return tool_page(
            self,
            request,
            appointment,
            form,
            title=_("Correct the details"),
            submit=_("Save"),
            leave=_("Back"),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        context["may_correct"] = is_correctable(appointment, timezone.now()) and may_change(
            reach(request), appointment
        )
        return super().render_change_form(request, context, *args, **kwargs)


def _correct(request: HttpRequest, appointment: Appointment, form: DetailsForm) -> bool:
    """Whether there is nothing left to do, with a message; else the form says why."""
    author, correction = author_of(reach(request), appointment), Correction(**form.corrected())
    try:
        done = correct(appointment.pk, correction, author=author, now=timezone.now())
    except TooBusyError:
        form.add_error(None, TOO_BUSY)
        return False
    except TooLateError:
        messages.warning(request, gettext("This can no longer be said of this appointment."))
        return True
    if done:
        messages.success(request, gettext("The details are changed. Whom it concerns gets a mail."))
    return True
