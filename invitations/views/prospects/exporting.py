"""All recipients of a list as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from appointments.models import GRACE
from invitations.models import RecipientQuerySet
from invitations.prospects.exporting import CONTENT_TYPES, exported
from invitations.views.prospects.access import list_for


@require_safe
def export(request: HttpRequest, prospect_list: int, kind: str) -> HttpResponse:
    """Whoever is on the list, in the order they were added."""
    if kind not in CONTENT_TYPES:
        raise Http404
    found = list_for(request, prospect_list)
    recipients = found.recipients.with_history(timezone.now() - GRACE).order_by("pk")
    return file_of(recipients, kind, found.name)


def file_of(recipients: RecipientQuerySet, kind: str, name: str) -> HttpResponse:
    """A file to keep, named after what is in it."""
    disposition = f'attachment; filename="{slugify(name) or "recipients"}.{kind}"'
    return HttpResponse(
        exported(recipients, kind),
        content_type=CONTENT_TYPES[kind],
        headers={"Content-Disposition": disposition},
    )
