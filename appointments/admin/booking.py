"""Staff book an appointment at a time that no guest is offered (rule B8)."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.access import may_book_anyway
from appointments.admin.anyway_form import initial_of
from appointments.admin.booking_form import BookAnywayForm
from appointments.admin.lists import moment
from appointments.admin.tools import tool_page
from appointments.booking import FormReusedError, TimeGoneError, book_anyway
from appointments.changes import Author
from appointments.locks import TooBusyError
from appointments.models import Appointment, Client
from appointments.objections import objections
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.engine.rules import Reason


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
            initial={**initial_of(request, scope), "client": request.GET.get("client")},
            scope=scope,
            resources=resources,
            clients=self._clients(request),
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

    def _clients(self, request: HttpRequest) -> QuerySet[Client]:
        """Those for whom the user may book: whom they see."""
        rows: QuerySet[Client] = self.admin_site.get_model_admin(Client).get_queryset(request)
        return rows


def _book(request: HttpRequest, form: BookAnywayForm) -> Appointment | None:
    """The appointment; None, and then the form says why not."""
    host, now = form.cleaned_data["resource"], timezone.now()
    behalf = reach(request).acting_for([host], Act.CHANGE_APPOINTMENTS)
    if (warning := _warning(form, now)) and not form.is_despite(warning):
        form.ask_despite(warning)
        return None
    try:
        return book_anyway(
            form.terms,
            form.cleaned_data["start"],
            form.guest,
            form.cleaned_data["form_token"],
            author=Author(cast(User, request.user), behalf),
            now=now,
        ).appointment
    except (TimeGoneError, FormReusedError, TooBusyError) as error:
        form.say_why(error)
    return None


def _warning(form: BookAnywayForm, now: datetime) -> str:
    """What the client would object to, naming the time and the host; empty for nothing."""
    client, start, terms = form.guest.client, form.cleaned_data["start"], form.terms
    if client is None:
        return ""
    found = objections(client, terms, start, now)
    names = {
        "client": client,
        "host": terms.hosts[0],
        "when": moment(start, terms.territory.time_zone),
    }
    return " ".join(_OBJECTIONS[why] % names for why in _OBJECTIONS if why in found)


_OBJECTIONS = {
    Reason.EXCLUDED_HOST: _("%(client)s would rather not meet %(host)s."),
    Reason.OUTSIDE_VISITING_HOURS: _("%(when)s is outside the visiting hours of %(client)s."),
    Reason.HOLIDAY: _("%(when)s is a holiday in the visiting hours of %(client)s."),
}
