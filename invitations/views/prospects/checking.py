"""Looking once more before the letters of a list go out, and sending, pausing and resuming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from appointments.locks import TOO_BUSY, TooBusyError
from invitations.models import ProspectList
from invitations.prospects import sending
from invitations.prospects.page import head_of
from invitations.prospects.preflight import preflight
from invitations.views.prospects.access import author_of, list_for
from invitations.views.prospects.letter import examples
from invitations.views.staff import admin_context

RECIPIENTS = "admin:invitations_prospectlist_recipients"


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # what the address says is passed on
def check_page(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """How many letters, room for how many appointments, and what the letters look like."""
    found = list_for(request, prospect_list)
    context = {
        **admin_context(request, _("Check and send")),
        "prospect_list": found,
        "preflight": preflight(found, timezone.now()),
        "examples": examples(found),
    }
    return render(request, "admin/invitations/prospects/check.html", context)


@require_safe
def progress_part(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """The head of the list's page as it stands now, for the script that looks after it."""
    head = head_of(list_for(request, prospect_list), timezone.now())
    return render(request, "admin/invitations/prospects/head.html", {"head": head})


@require_POST
def send_letters(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """Put the letters in line; pressed twice, nobody is written to twice."""
    found = list_for(request, prospect_list)
    try:
        number = _do(request, found, sending.send)
    except sending.LinkClosedError:
        messages.error(request, _("The link is closed, so nothing was sent."))
    except TooBusyError:
        messages.error(request, TOO_BUSY)
    else:
        words = ngettext("%(n)s letter is in line.", "%(n)s letters are in line.", number)
        messages.success(request, words % {"n": number})
    return redirect(RECIPIENTS, found.pk)


@require_POST
def pause_letters(request: HttpRequest, prospect_list: int) -> HttpResponse:
    return _switch(request, prospect_list, sending.pause, _("Sending is paused."))


@require_POST
def resume_letters(request: HttpRequest, prospect_list: int) -> HttpResponse:
    return _switch(request, prospect_list, sending.resume, _("Sending goes on."))


def _switch(
    request: HttpRequest, prospect_list: int, act: Callable[..., bool], words: str
) -> HttpResponse:
    found = list_for(request, prospect_list)
    try:
        if _do(request, found, act):
            messages.success(request, words)
    except TooBusyError:
        messages.error(request, TOO_BUSY)
    return redirect(RECIPIENTS, found.pk)


def _do(request: HttpRequest, prospect_list: ProspectList, act: Callable[..., Any]) -> Any:
    return act(prospect_list.pk, author=author_of(request, prospect_list), now=timezone.now())
