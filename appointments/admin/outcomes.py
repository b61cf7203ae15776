"""Staff say what became of an appointment, by a button for each outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.access import author_of, may_change
from appointments.booking import TimeGoneError
from appointments.changes import TooLateError
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment, Status
from appointments.outcomes import outcomes, record
from scheduling.admin.narrowed import NarrowedAdmin, reach

WORDS = {
    Status.COMPLETED: _("Completed"),
    Status.NO_SHOW: _("No-show"),
    Status.SCHEDULED: _("Back to scheduled"),
}


class OutcomeTool(NarrowedAdmin):
    """The buttons of an appointment that has begun, for whoever may change it for a host."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.outcome_page)
        name = "appointments_appointment_outcome"
        return [path("<path:object_id>/outcome/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def outcome_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Records the posted ``outcome``, and goes back to the appointment."""
        appointment = self.get_object(request, unquote(object_id))
        if not may_change(reach(request), appointment):
            raise PermissionDenied
        outcome = request.POST.get("outcome", "")
        if outcome in Status.values:
            _record(request, appointment, Status(outcome))
        return redirect("admin:appointments_appointment_change", appointment.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        may = may_change(reach(request), appointment)
        found = outcomes(appointment, timezone.now()) if may else ()
        context["outcomes"] = [(outcome, WORDS[outcome]) for outcome in found]
        return super().render_change_form(request, context, *args, **kwargs)


def _record(request: HttpRequest, appointment: Appointment, outcome: Status) -> None:
    author = author_of(reach(request), appointment)
    try:
        record(appointment.pk, outcome, author=author, now=timezone.now())
    except TooLateError:
        messages.error(request, gettext("This can no longer be said of this appointment."))
    except TimeGoneError:
        messages.error(request, gettext("Its time is taken by another appointment by now."))
    except TooBusyError:
        messages.error(request, TOO_BUSY)
    else:
        messages.success(request, gettext("The status is changed. Nobody gets a mail."))
