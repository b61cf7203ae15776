"""What is a signed-in client's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from appointments.signed_in import visitor_of
from invitations.mine import Mine


@require_safe
@cache_control(private=True, no_store=True)
def my_appointments(request: HttpRequest) -> HttpResponse:
    """A client's appointments, what is to come first, and the invitations made for them.

    Staff, and whoever has no record, are told where to go instead.
    """
    client = visitor_of(request).client
    if client is None:
        return render(request, "invitations/mine/nobody.html", status=403)
    context = {"client": client, "mine": Mine.of(client, timezone.now())}
    return render(request, "invitations/mine/page.html", context)
