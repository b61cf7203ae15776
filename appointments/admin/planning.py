"""Staff plan a group: the page that asks what, with whom, where and when."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.access import may_book_anyway
from appointments.admin.anyway_form import initial_of
from appointments.admin.group_forms import PlanForm
from appointments.admin.tools import tool_page
from appointments.booking import FormReusedError, TimeGoneError
from appointments.changes import Author
from appointments.locks import TooBusyError
from appointments.models import Appointment
from appointments.planning import plan
from scheduling.access import Act
from scheduling.admin.narrowed import NarrowedAdmin, reach


class PlanTool(NarrowedAdmin):
    """The page ``plan/?resource=…``, for whoever may book anyway for somebody."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.plan_page)
        name = "appointments_appointment_plan"
        return [path("plan/", page, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_plan": _may_plan(request)}
        return super().changelist_view(request, context)

    def plan_page(self, request: HttpRequest) -> HttpResponse:
        if not _may_plan(request):
            raise PermissionDenied
        scope = f"plan:{request.user.pk}"
        form = PlanForm(
            request.POST if request.method == "POST" else None,
            initial=initial_of(request, scope),
            scope=scope,
            resources=reach(request).resources(Act.CHANGE_APPOINTMENTS).filter(is_active=True),
        )
        if form.is_valid() and (planned := _plan(request, form)):
            messages.success(request, gettext("It is planned. Its hosts get a mail."))
            return redirect("admin:appointments_appointment_change", planned.pk)
        if form.is_bound:
            form.renew_token()
        return tool_page(
            self,
            request,
            None,
            form,
            title=_("Plan a group appointment"),
            lead=_("One appointment for several guests, who then take its places by invitations."),
            submit=_("Plan"),
            leave=_("Back"),
        )


def _may_plan(request: HttpRequest) -> bool:
    found = reach(request)
    return may_book_anyway(found) and found.anybody(Act.CHANGE_APPOINTMENTS)


def _plan(request: HttpRequest, form: PlanForm) -> Appointment | None:
    """The group; None, and then the form says why not."""
    hosts = form.plan.terms.hosts
    behalf = reach(request).acting_for(hosts, Act.CHANGE_APPOINTMENTS)
    author, token = Author(cast(User, request.user), behalf), form.cleaned_data["form_token"]
    try:
        return plan(form.plan, token, author=author, now=timezone.now()).appointment
    except (TimeGoneError, FormReusedError, TooBusyError) as error:
        form.say_why(error)
        return None
