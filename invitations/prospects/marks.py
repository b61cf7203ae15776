"""What is written down of a recipient's link (rule L2): fetched, opened, withdrawn."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError
from django.http import HttpRequest
from django.urls import reverse

from appointments.form_tokens import hand_out
from appointments.signed_in import visitor_of
from invitations.models import InvitationKey, ProspectList, Recipient, RecipientMark
from scheduling.access import Act, reach_of

Kind = RecipientMark.Kind


@dataclass(frozen=True, slots=True)
class Beacon:
    """Where a page's script says that a person sees it, and the token that it says it with."""

    address: str
    token: str


def note(request: HttpRequest, key: InvitationKey, now: datetime) -> None:
    """What a request for a link's page says of its recipient: a form sent that there is a person.

    Of other requests nobody knows: the page, until that is settled, has a script that finds out.
    Its template finds it as ``request.beacon``. Of staff who may see the list it says nothing.
    The key comes ``with_marks()``; who may frame the page has to be settled before.
    """
    is_settled = key.fetched_at is not None and key.opened_at is not None
    if key.of_recipient is None or is_settled or _sees_its_list(request, key.of_recipient, now):
        return None
    if request.method == "POST":
        return note_opened(key)
    note_fetched(key)
    if key.opened_at is None:
        token = hand_out(beacon_scope(key), now)
        vars(request)["beacon"] = Beacon(reverse("opened", args=[key.key]), token)
    return None


def beacon_scope(key: InvitationKey) -> str:
    """What the token of its pages' script is good for."""
    return f"opened:{key.key}"


def note_fetched(key: InvitationKey) -> None:
    """That something asked for a link, a program perhaps; once. The key comes ``with_marks()``."""
    if key.of_recipient and key.fetched_at is None:
        _write(key.of_recipient, Kind.FETCHED)


def note_opened(key: InvitationKey) -> None:
    """That a person sees what it leads to; once. The key comes ``with_marks()``."""
    if key.of_recipient and key.opened_at is None:
        _write(key.of_recipient, Kind.OPENED)


def is_withdrawn(recipient: Recipient) -> bool:
    """Whether the link was taken back, by now."""
    return RecipientMark.objects.filter(recipient=recipient, kind=Kind.WITHDRAWN).exists()


def _sees_its_list(request: HttpRequest, recipient: Recipient, now: datetime) -> bool:
    """Whether somebody of the office looks, as they do who send the link or answer a question."""
    staff = visitor_of(request).staff
    if staff is None:
        return False
    seen = reach_of(staff, now).resources(Act.SEE_INVITATIONS)
    return ProspectList.objects.of_resources(seen).filter(pk=recipient.prospect_list_id).exists()


def _write(recipient: Recipient, kind: Kind) -> None:
    """Of two at the same instant one counts. No page fails for want of a mark, as where the
    recipient is taken off the list in that instant, or the database is busy."""
    with suppress(IntegrityError, OperationalError):
        mark = RecipientMark(recipient=recipient, kind=kind)
        RecipientMark.objects.bulk_create([mark], ignore_conflicts=True)
