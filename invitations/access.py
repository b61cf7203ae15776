"""Which invitation a request may see, or the page that says why none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from appointments.forms import ANSWER
from appointments.pages import View, key_page
from appointments.signed_in import visitor_of
from invitations.choices import hosts_of
from invitations.framing import allow_frames
from invitations.keys import find_key
from invitations.models import Closed, InvitationKey
from invitations.offers import Hosts
from invitations.prospects import marks
from scheduling.models import Territory

STATUS = {
    Closed.SWITCHED_OFF: 403,
    Closed.EXPIRED: 410,
    Closed.USED_UP: 410,
    Closed.WITHDRAWN: 403,
}


def invitation_required(view: View) -> View:
    """Decorator: the view gets the InvitationKey that the URL's key names.

    A link that is closed, or not open to who opens it, is answered here. Only a POST passes, for
    the sake of what the same form booked before (rule B5). Unknown keys are 404.
    """

    @key_page
    @wraps(view)
    def guarded(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        found = find_key(key, now)
        if found is None:
            raise Http404
        allow_frames(request, found.invitation.website)
        marks.note(request, found, now)
        refused = _refusal(request, found, now)
        if refused and request.method != "POST":
            return refused()
        response = view(request, found, *args, **kwargs)
        if refused and response.status_code != HTTPStatus.SEE_OTHER:
            return refused()
        return response

    return guarded


def _refusal(
    request: HttpRequest, key: InvitationKey, now: datetime
) -> Callable[[], HttpResponse] | None:
    """The page that says why this link is not open, None where it is."""
    if closed := key.closed(now):
        return partial(closed_page, request, key, closed)
    if not key.invitation.admits(key.client, visitor_of(request).client):
        return partial(sign_in_page, request, key)
    return None


def closed_page(request: HttpRequest, key: InvitationKey, closed: Closed) -> HttpResponse:
    """Why a link is closed and whom to ask, without personal data (rule L3).

    What came with a form in words of the guest's own is given back, so that it is not lost.
    """
    context = {"closed": closed.value, "contact": office_of(key), "written": written(request)}
    return render(request, "invitations/closed.html", context, status=STATUS[closed])


def sign_in_page(request: HttpRequest, key: InvitationKey) -> HttpResponse:
    """Whom the link is for, and the way to sign in as them, which leads back here.

    It says nothing of the invitation but whom to ask.
    """
    context = {
        "visitor": visitor_of(request),
        "here": _here(request),
        "contact": office_of(key),
        "written": written(request),
    }
    return render(request, "invitations/sign_in.html", context, status=403)


def written(request: HttpRequest) -> str:
    """What came with a form in words of the guest's own."""
    answers = sorted(name for name in request.POST if name.startswith(ANSWER))
    sent = (request.POST.get(name, "") for name in ("subject", *answers, "description"))
    return "\n\n".join(text for text in sent if text)


def _here(request: HttpRequest) -> str:
    """The path of this page; of a form that was sent, the one that opens it again.

    What a website said of its visitor stays behind: the way through the log-in is kept there.
    """
    query = request.GET.copy()
    query.pop("prefill", None)
    if start := request.POST.get("start"):
        query["start"] = start
    return f"{request.path}?{query.urlencode(safe='/:')}" if query else request.path


def office_of(key: InvitationKey, hosts: Hosts | None = None) -> Territory | None:
    """The office to ask for help: the invitation's place, else where its first host works.

    ``hosts`` are given for an invitation that is not saved.
    """
    if key.invitation.territory is not None:
        return key.invitation.territory
    if hosts is None:
        hosts = hosts_of(key.invitation)
    return Territory.objects.main_of(hosts[:1])
