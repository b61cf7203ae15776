"""What a letter looks like to its reader, before it goes out."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from appointments.previews import preview
from invitations.models import ProspectList, Recipient
from invitations.prospects import letters
from invitations.views.prospects.access import list_for


@dataclass(frozen=True, slots=True)
class Example:
    """A letter to one of the recipients."""

    recipient: Recipient
    subject: str


def examples(prospect_list: ProspectList) -> list[Example]:
    """Of the first, the middle and the last recipient, or of as many as there are."""
    keys = list(prospect_list.recipients.order_by("pk").values_list("pk", flat=True))
    chosen = {keys[place] for place in (0, len(keys) // 2, -1)} if keys else set()
    recipients = prospect_list.recipients.with_letter().filter(pk__in=chosen).order_by("pk")
    return [Example(each, str(letters.preview(each).subject)) for each in recipients]


@require_safe
def letter_preview(request: HttpRequest, prospect_list: int, recipient: int) -> HttpResponse:
    """The letter to one recipient as a mail program shows it."""
    found = list_for(request, prospect_list)
    rows = found.recipients.with_letter()
    mail = letters.preview(get_object_or_404(rows, pk=recipient))
    return preview(_html(mail))


def _html(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])
