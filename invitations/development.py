"""Development only: a customer's website beside ours, on which invitations are embedded."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import jwt
from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from appointments.links import absolute_url
from invitations.models import CustomerWebsite


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


VISITOR = {
    "given_name": "Elena",
    "family_name": "Rossi",
    "email": "elena.rossi@example.com",
    "phone_number": "+41 44 555 01 77",
}


@require_safe
@login_not_required
@csp_update(
    {"script-src": [SELF, settings.PUBLIC_BASE_URL], "frame-src": [settings.PUBLIC_BASE_URL]}
)
def customer_website(request: HttpRequest) -> HttpResponse:
    """A page as a customer would write it, with the script.

    ``?mode=popup`` shows a pop-up, ``?lang=de`` German, ``?visitor=known`` somebody whom
    the website knows.
    """
    if not settings.DEBUG:
        raise Http404
    is_known = request.GET.get("visitor") == "known"
    context = {
        "script": absolute_url(reverse("embed")),
        "enter": absolute_url(reverse("enter")),
        "mode": "popup" if request.GET.get("mode") == "popup" else "inline",
        "lang": request.GET.get("lang", ""),
        "visitor": VISITOR if is_known else None,
        "prefill": _signed_visitor() if is_known else "",
    }
    return render(request, "development/customer_website.html", context)


def _signed_visitor() -> str:
    """What a customer's server would sign on each request; empty without a secret."""
    website = CustomerWebsite.objects.filter(page_url=customer_page_url()).first()
    if website is None or not website.prefill_secret:
        return ""
    until = int(time.time()) + 600
    claims = {**VISITOR, "aud": settings.PUBLIC_BASE_URL, "exp": until}
    return jwt.encode(claims, website.prefill_secret, algorithm="HS256")
