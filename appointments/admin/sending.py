"""Mails about an appointment that failed: staff see them on its page and send them again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from appointments import outbox
from appointments.models import OutboxMessage
from scheduling.admin.narrowed import NarrowedAdmin


class SendAgainTool(NarrowedAdmin):
    """A line for each mail that failed, and one button, for whom ``acts`` lets “send_again”."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.send_again_page)
        name = "appointments_appointment_send_again"
        return [path("<path:object_id>/send-again/", page, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def send_again_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Puts what failed back in line, and goes back to the appointment."""
        appointment = self.get_object(request, unquote(object_id))
        if not self.reaches("send_again", request, appointment):
            raise PermissionDenied
        failed = OutboxMessage.objects.about(appointment).parked()
        count = outbox.retry(failed.values_list("pk", flat=True))
        text = ngettext("%(n)s mail is sent again.", "%(n)s mails are sent again.", count)
        messages.success(request, text % {"n": count})
        return redirect("admin:appointments_appointment_change", appointment.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        appointment = context["original"]
        context["failed"] = list(OutboxMessage.objects.about(appointment).parked())
        context["may_send_again"] = self.reaches("send_again", request, appointment)
        return super().render_change_form(request, context, *args, **kwargs)
