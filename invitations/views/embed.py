"""The script that shows invitations on customer websites."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from appointments.links import absolute_url


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
@conditional_page
@gzip_page
def script(request: HttpRequest) -> HttpResponse:
    """Version 1, the same for every website, an hour fresh; its ETag changes with its text.

    What breaks the promises of docs/embedding.md gets a version, and an address, of its own.
    """
    source = render_to_string("embed.js", {"enter": absolute_url(reverse("enter"))})
    return HttpResponse(source, content_type="text/javascript; charset=utf-8")
