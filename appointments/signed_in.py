"""Who is signed in, as far as that counts on a page that opens by its key (rules L6, L7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from appointments.clients import client_of
from appointments.models import Client


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever opened a page.

    ``client`` is whose record they open, None for staff and for whoever has none. ``session``
    names theirs without giving it away, empty where nobody is signed in. ``staff`` is the log-in
    of who works here.
    """

    client: Client | None = None
    session: str = ""
    staff: User | None = None

    @property
    def is_signed_in(self) -> bool:
        return bool(self.session)


NOBODY = Visitor()


def visitor_of(request: HttpRequest) -> Visitor:
    """Asked once per request. Templates find it as ``request.visitor``.

    Who may frame the page has to be settled before (``invitations.framing``).
    """
    known = vars(request)
    if "visitor" not in known:
        known["visitor"] = _found(request)
    found: Visitor = known["visitor"]
    return found


def _found(request: HttpRequest) -> Visitor:
    if not _session_counts(request) or not request.user.is_authenticated:
        return NOBODY
    key = request.session.session_key or ""
    session = salted_hmac("appointments.signed_in", key, algorithm="sha256").hexdigest()
    staff = request.user if request.user.is_staff else None
    return Visitor(client_of(request.user), session, staff)


def _session_counts(request: HttpRequest) -> bool:
    """Never in a frame: another site could put its own around a client's data and buttons.

    Where frames are refused, nobody sees an answer in one. Where some website is allowed, the
    browser has to say that it asks for a page of its own; those that say nothing are not trusted.
    """
    may_be_framed = bool(vars(request).get("frame_origins"))
    return not may_be_framed or request.headers.get("Sec-Fetch-Dest") == "document"
