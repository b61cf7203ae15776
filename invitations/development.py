"""Development only: a customer's website beside ours, on which invitations are embedded."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appointments.links import absolute_url


def other_site() -> str:
    """The origin of another *site* that reaches this server.

    To a browser another port alone is the same site; “localhost” and “127.0.0.1” are two.
    """
    ours = urlsplit(settings.PUBLIC_BASE_URL)
    host = "127.0.0.1" if ours.hostname == "localhost" else "localhost"
    return f"{ours.scheme}://{host}:{ours.port}" if ours.port else f"{ours.scheme}://{host}"


def customer_page_url() -> str:
    """Where the page of the demo's customer website opens."""
    return f"{other_site()}{reverse('customer_website')}"


@require_safe
@login_not_required
@csp_update(
    {"script-src": [SELF, settings.PUBLIC_BASE_URL], "frame-src": [settings.PUBLIC_BASE_URL]}
)
def customer_website(request: HttpRequest) -> HttpResponse:
    """A page as a customer would write it, with the script; ``?mode=popup`` shows a pop-up."""
    if not settings.DEBUG:
        raise Http404
    context = {
        "script": absolute_url(reverse("embed")),
        "enter": absolute_url(reverse("enter")),
        "mode": "popup" if request.GET.get("mode") == "popup" else "inline",
        "lang": request.GET.get("lang", ""),
    }
    return render(request, "development/customer_website.html", context)
