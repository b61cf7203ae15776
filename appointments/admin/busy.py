"""What staff get where others change the same at this moment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from appointments.locks import TOO_BUSY


def try_again(request: HttpRequest) -> HttpResponse:
    """The same page once more, which says so."""
    messages.error(request, TOO_BUSY)
    return redirect(request.get_full_path())
