"""The page that most tools of an appointment have: what it is about, a form, and a way back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.admin.helpers import AdminForm
from django.http import HttpRequest
from django.template.response import TemplateResponse

from appointments.admin.lists import moment
from appointments.models import Appointment
from scheduling.admin.narrowed import NarrowedAdmin


def tool_page(
    page: NarrowedAdmin,
    request: HttpRequest,
    appointment: Appointment | None,
    form: forms.Form,
    **words: Any,
) -> TemplateResponse:
    """About an appointment, or none yet: then a ``lead`` says what it is about.

    ``words`` are its ``title``, ``submit`` on its button, and ``leave`` on the way back.
    """
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "original": appointment,
        "begins": appointment and moment(appointment.start, appointment.territory.time_zone),
        "form": form,
        "adminform": AdminForm(cast(Any, form), [(None, {"fields": list(form.fields)})], {}),
        **words,
    }
    return TemplateResponse(request, "admin/appointments/appointment/tool.html", context)
