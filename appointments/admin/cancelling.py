"""Staff cancel an appointment, by the same function as its guest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from appointments import changes
from appointments.access import author_of, may_change
from appointments.admin.tools import tool_page
from appointments.changes import MOVABLE
from appointments.groups import taken_in
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import HOLDING, Appointment
from scheduling.admin.narrowed import NarrowedAdmin, reach


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Stands in the mails to whom it concerns. May stay empty."),
    )


class CancelTool(NarrowedAdmin):
    """A page that asks, and its button, for whoever may cancel for one of the hosts."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.cancel_page)
        name = "appointments_appointment_cancel"
        return [path("<path:object_id>/cancel/", page, name=name), *super().get_urls()]

    def cancel_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        appointment = self.get_object(request, object_id)
        if not self.may_cancel(request, appointment):
            raise PermissionDenied
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._cancel(request, appointment, form):
            return redirect("admin:appointments_appointment_change", appointment.pk)
        return tool_page(
            self,
            request,
            appointment,
            form,
            title=_question(appointment),
            submit=_("Cancel appointment"),
            leave=_("Keep it"),
        )

    def may_cancel(self, request: HttpRequest, appointment: Appointment) -> bool:
        stands = appointment.status in HOLDING and not changes.is_over(appointment, timezone.now())
        return stands and may_change(reach(request), appointment)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        context["may_cancel"] = self.may_cancel(request, appointment)
        context["may_move"] = context["may_cancel"] and appointment.status in MOVABLE
        return super().render_change_form(request, context, *args, **kwargs)

    def _cancel(self, request: HttpRequest, appointment: Appointment, form: ReasonForm) -> bool:
        """Whether it is cancelled, with a message; else the form says why not."""
        author, reason = author_of(reach(request), appointment), form.cleaned_data["reason"]
        try:
            done = changes.cancel(appointment.pk, reason=reason, author=author, now=timezone.now())
        except TooBusyError:
            form.add_error(None, TOO_BUSY)
            return False
        except changes.TooLateError:
            form.add_error(None, gettext("It is over, so there is nothing left to cancel."))
            return False
        if done:
            words = gettext("The appointment is cancelled. Whom it concerns gets a mail.")
            messages.success(request, words)
        return True


def _question(appointment: Appointment) -> str:
    """With how many of a group it would tell that they need not come."""
    taken = taken_in(appointment, timezone.now()) if appointment.is_group else 0
    if not taken:
        return gettext("Cancel this appointment?")
    words = ngettext(
        "Cancel this group, and the place of %(n)s attendee?",
        "Cancel this group, and the places of %(n)s attendees?",
        taken,
    )
    return words % {"n": taken}
