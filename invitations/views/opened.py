"""What the script of a recipient's pages says: that a person sees them (rule L2)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from appointments.form_tokens import TokenForm
from appointments.pages import key_page
from invitations.keys import find_key
from invitations.prospects.marks import beacon_scope, note_opened


@require_POST
@key_page
def opened(request: HttpRequest, key: str) -> HttpResponse:
    """Note it once, for a token of one of these pages. Links of nobody's list are 404."""
    found = find_key(key, timezone.now())
    if found is None or found.of_recipient is None:
        raise Http404
    if not TokenForm(request.POST, scope=beacon_scope(found)).is_valid():
        return HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    note_opened(found)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
