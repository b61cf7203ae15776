"""Who may show a guest's pages in a frame (rule L7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import activate

from invitations.models import CustomerWebsite

FRAMED = frozenset(
    {
        "appointment",
        "appointment_details",
        "appointment_cancel",
        "appointment_ask_again",
        "move",
        "move_to",
        "move_week",
        "move_zone",
    }
)
"""The pages of an appointment that a guest reaches from the one that confirms the booking."""


def allow_frames(request: HttpRequest, website: CustomerWebsite | None) -> None:
    """Let the allowed origins of an active website frame the answer to this request.

    Templates find them as ``request.frame_origins``.
    """
    if website and website.is_active:
        vars(request)["frame_origins"] = website.allowed_origins.split()


def frame_origins(request: HttpRequest) -> list[str]:
    """Who may frame the answer, as origins; empty for nobody."""
    origins: list[str] = vars(request)["frame_origins"]
    return origins


class Framing:
    """Middleware: says in the headers who may frame a page; without it the settings refuse all.

    Pages of an invitation are allowed by their decorator, which knows its website anyway. Those
    of an appointment know no invitation, so its website is looked up here; they go on in the
    language of the booking, which the website may have chosen by ``data-lang``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        vars(request)["frame_origins"] = []
        response = self.get_response(request)
        origins = frame_origins(request)
        if not origins:
            return response
        # X-Frame-Options knows no list: where it stands, it refuses what the policy allows.
        vars(response)["xframe_options_exempt"] = True
        with_origins = csp_replace({"frame-ancestors": origins})
        return with_origins(lambda _request: response)(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Mapping[str, Any]
    ) -> None:
        match = request.resolver_match
        if match is not None and match.url_name in FRAMED:
            website = CustomerWebsite.objects.of_appointment(kwargs["key"]).first()
            allow_frames(request, website)
            if website and website.is_active:
                activate(website.language)
