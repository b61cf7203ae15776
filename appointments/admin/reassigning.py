"""Staff give an appointment to another host who is free then."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.access import author_of, may_book_anyway, may_change
from appointments.admin.preferences import choices_of
from appointments.admin.tools import tool_page
from appointments.booking import TimeGoneError
from appointments.changes import TooLateError
from appointments.conflicts import in_words
from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Appointment
from appointments.reassigning import is_reassignable, obstacles, reassign
from appointments.wishes import wishes_of
from scheduling.access import Act, Reach
from scheduling.admin.narrowed import NarrowedAdmin, reach
from scheduling.engine.rules import Reason
from scheduling.models import ServiceResource


class ReassignForm(forms.Form):
    """Whose part goes to whom. Offers those who are free then, and says who is away."""

    former = forms.TypedChoiceField(label=_("Instead of"), coerce=int)
    resource = forms.TypedChoiceField(label=_("Service resource"), coerce=int)

    def __init__(
        self, data: Any, former: list[ServiceResource], takers: list[tuple[int, str]]
    ) -> None:
        super().__init__(data, initial={"former": former[0].pk if former else None})
        givers = [(host.pk, str(host)) for host in former]
        self.fields["former"].choices = givers  # type: ignore[attr-defined]
        self.fields["resource"].choices = takers  # type: ignore[attr-defined]
        if len(former) == 1:
            self.fields["former"].widget = forms.HiddenInput()
        self.fields["resource"].help_text = (
            _("Those who are free then. Whom it concerns gets a mail.")
            if takers
            else _("Nobody else is free then for whom you may act.")
        )


class ReassignTool(NarrowedAdmin):
    """A page with a choice of hosts, for whoever may change it for one who has it."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reassign_page)
        name = "appointments_appointment_reassign"
        return [path("<path:object_id>/reassign/", page, name=name), *super().get_urls()]

    def reassign_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        appointment, found = self.get_object(request, unquote(object_id)), reach(request)
        if not may_change(found, appointment):
            raise PermissionDenied
        if not is_reassignable(appointment, timezone.now()):
            messages.warning(request, gettext("This appointment can’t be given away any more."))
            return redirect("admin:appointments_appointment_change", appointment.pk)
        data = request.POST if request.method == "POST" else None
        form = ReassignForm(data, _own(found, appointment), _takers(found, appointment))
        if form.is_valid() and _reassign(request, appointment, form):
            return redirect("admin:appointments_appointment_change", appointment.pk)
        return tool_page(
            self,
            request,
            appointment,
            form,
            title=_("Give to another host"),
            submit=_("Give to this host"),
            leave=_("Back"),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        context["may_reassign"] = is_reassignable(appointment, timezone.now()) and may_change(
            reach(request), appointment
        )
        return super().render_change_form(request, context, *args, **kwargs)


def _own(found: Reach, appointment: Appointment) -> list[ServiceResource]:
    """The hosts whose part the user may give away."""
    return [host for host in appointment.hosts if found.may(Act.CHANGE_APPOINTMENTS, host)]


def _takers(found: Reach, appointment: Appointment) -> list[tuple[int, str]]:
    """Who could take it, whom its client prefers first.

    Whoever is away then is offered only to those who may book anyway.
    """
    hosts = appointment.assignments.required().values("service_resource")
    resources = found.resources(Act.CHANGE_APPOINTMENTS).filter(is_active=True)
    candidates = list(resources.exclude(pk__in=hosts))
    each = zip(candidates, obstacles(appointment, candidates, timezone.now()), strict=True)
    anyway = may_book_anyway(found)
    possible = (
        (candidate, in_words(away))
        for candidate, away in each
        if Reason.BOOKED not in away and (anyway or not away)
    )
    return choices_of(wishes_of(appointment.client), possible)


def _reassign(request: HttpRequest, appointment: Appointment, form: ReassignForm) -> bool:
    """Whether it is done, with a message; else the form says why not."""
    found = reach(request)
    try:
        reassign(
            appointment.pk,
            form.cleaned_data["former"],
            form.cleaned_data["resource"],
            anyway=may_book_anyway(found),
            author=author_of(found, appointment),
            now=timezone.now(),
        )
    except TimeGoneError:
        form.add_error("resource", gettext("Somebody else has booked this time by now."))
    except TooLateError:
        form.add_error(None, gettext("This appointment was changed meanwhile. Please look again."))
    except TooBusyError:
        form.add_error(None, TOO_BUSY)
    else:
        messages.success(request, gettext("It has another host. Whom it concerns gets a mail."))
        return True
    return False
