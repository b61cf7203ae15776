"""Development only: the mails that were written to files, readable in the browser."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from appointments.previews import preview

SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@require_safe
@login_not_required
@csp_update({"frame-src": [SELF]})
def outbox(request: HttpRequest) -> HttpResponse:
    """All mails, the newest first."""
    mails = [(path.name, n, mail) for path in _files() for n, mail in enumerate(_read(path))]
    return render(request, "development/outbox.html", {"mails": mails})


@require_safe
@login_not_required
def mail(request: HttpRequest, name: str, part: int) -> HttpResponse:
    """The HTML of one mail, for the frame on the page of all mails."""
    try:
        message = next(_read(path)[part] for path in _files() if path.name == name)
    except (StopIteration, IndexError) as error:
        raise Http404 from error
    body = message.get_body(("html", "plain"))
    return preview(body.get_content() if body else "")


def _files() -> list[Path]:
    if not settings.DEBUG:
        raise Http404
    return sorted(settings.MAIL_DIR.glob("*.log"), reverse=True)


def _read(path: Path) -> list[EmailMessage]:
    parts = path.read_bytes().split(SEPARATOR)
    return [
        email.message_from_bytes(part, _class=EmailMessage, policy=default)
        for part in parts
        if part.strip()
    ]
