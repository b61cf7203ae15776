"""What every page behind a key has in common (rules L5, L6)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import activate
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def key_page(view: View) -> View:
    """Decorator: a page that its key alone opens, without cookies, kept by nobody unless
    the view says otherwise. It speaks the language of ``?lang=``, if that is one of the site's.

    Its forms carry a signed token of their own in place of the CSRF cookie (rule L6).
    """

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def sealed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Whatever charset a request claims: half a character can be neither stored nor shown.
        request.encoding = "utf-8"
        _speak(request.GET.get("lang"))
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return sealed


def _speak(language: str | None) -> None:
    if language in dict(settings.LANGUAGES):
        activate(language)
