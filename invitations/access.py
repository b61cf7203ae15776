"""Which invitation a request may see, or the page that says why none."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from appointments.forms import ANSWER
from appointments.pages import View, key_page
from invitations.choices import hosts_of
from invitations.framing import allow_frames
from invitations.keys import find_key
from invitations.models import Closed, InvitationKey
from invitations.offers import Hosts
from scheduling.models import Territory

STATUS = {Closed.SWITCHED_OFF: 403, Closed.EXPIRED: 410, Closed.USED_UP: 410}


def invitation_required(view: View) -> View:
    """Decorator: the view gets the InvitationKey that the URL's key names.

    A closed link is answered here. Only a POST passes, for the sake of what the same form
    booked before the link closed (rule B5). Unknown keys are 404.
    """

    @key_page
    @wraps(view)
    def guarded(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        found = find_key(key, now)
        if found is None:
            raise Http404
        allow_frames(request, found.invitation.website)
        closed = found.invitation.closed(now, found.uses)
        if closed and request.method != "POST":
            return closed_page(request, found, closed)
        response = view(request, found, *args, **kwargs)
        if closed and response.status_code != HTTPStatus.SEE_OTHER:
            return closed_page(request, found, closed)
        return response

    return guarded


def closed_page(request: HttpRequest, key: InvitationKey, closed: Closed) -> HttpResponse:
    """Why a link is closed and whom to ask, without personal data (rule L3).

    What came with a form in words of the guest's own is given back, so that it is not lost.
    """
    answers = sorted(name for name in request.POST if name.startswith(ANSWER))
    sent = (request.POST.get(name, "") for name in ("subject", *answers, "description"))
    written = "\n\n".join(text for text in sent if text)
    context = {"closed": closed.value, "contact": office_of(key), "written": written}
    return render(request, "invitations/closed.html", context, status=STATUS[closed])


def office_of(key: InvitationKey, hosts: Hosts | None = None) -> Territory | None:
    """The office to ask for help: the invitation's place, else where its first host works.

    ``hosts`` are given for an invitation that is not saved.
    """
    if key.invitation.territory is not None:
        return key.invitation.territory
    if hosts is None:
        hosts = hosts_of(key.invitation)
    return Territory.objects.main_of(hosts[:1])
