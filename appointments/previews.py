"""Looking at mails and what is pasted into them as their readers will."""

from __future__ import annotations

from django.http import HttpResponse

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'self'; sandbox"
)


def preview(html: str) -> HttpResponse:
    """A document for a frame on one of our pages, in which styles may stand inline (rule L7)."""
    response = HttpResponse(html)
    response._csp_exempt = True  # type: ignore[attr-defined]  # the policy is set here
    response["Content-Security-Policy"] = POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
