"""What is answered to requests that can't be read."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import defaults

TABLES = "admin:invitations_prospectlist_upload"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's ``handler400``.

    Where tables are pasted it leads back to the form: of a request that is too large nothing was
    read, so that no view of ours came to see it.
    """
    match = request.resolver_match
    if isinstance(exception, RequestDataTooBig) and match and match.view_name == TABLES:
        text = _("This is too much to paste. Please choose it as a file, or paste a part of it.")
        messages.error(request, text)
        return redirect(request.path)
    return defaults.bad_request(request, exception)
