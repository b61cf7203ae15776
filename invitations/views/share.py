"""The page on which everything about a link is at hand, for its staff."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from invitations.keys import invitation_url
from invitations.models import Invitation
from invitations.views.staff import admin_context
from scheduling.access import Act, reach_of


@require_safe
def share_page(request: HttpRequest, invitation: int) -> HttpResponse:
    """The URL of an invitation, to be copied."""
    reach = reach_of(cast(User, request.user), timezone.now())
    invitations = Invitation.objects.of_resources(reach.resources(Act.SEE_INVITATIONS))
    found = get_object_or_404(invitations.for_staff(), pk=invitation)
    host = found.hosts.all()[0].service_resource
    context = {
        **admin_context(request, _("Link of the invitation")),
        "invitation": found,
        "host": host,
        "may_generate": reach.may(Act.GENERATE, host),
        "urls": [invitation_url(key) for key in found.keys.all() if key.client is None],
    }
    return render(request, "admin/invitations/link.html", context)
