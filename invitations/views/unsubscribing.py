"""The way out of letters: a page with one button, and the one press of mail programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments import formats
from appointments.locks import TooBusyError
from appointments.pages import key_page
from invitations.access import office_of
from invitations.models import Recipient
from invitations.prospects.unsubscribing import is_unsubscribed, unsubscribe


@require_http_methods(["GET", "HEAD", "POST"])
@key_page
def out(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, or says that it is done.

    A POST needs no token of a form, as mail programs send it (RFC 8058); so the key can do
    nothing else. They follow no redirect, so the answer is the page itself.
    """
    found = Recipient.objects.select_related("key__invitation__territory")
    recipient = get_object_or_404(found, unsubscribe_key=key)
    context: dict[str, Any] = {
        "address": formats.masked(recipient.email),
        "contact": office_of(recipient.key),
    }
    if request.method == "POST":
        try:
            unsubscribe(recipient, now=timezone.now())
        except TooBusyError:
            context["notice"] = _("That took too long. Please press once more.")
            return render(request, "invitations/unsubscribe.html", context, status=503)
    context["done"] = is_unsubscribed(recipient)
    return render(request, "invitations/unsubscribe.html", context)
