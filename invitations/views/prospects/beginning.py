"""The press that makes an invitation one for many."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from invitations.models import Invitation
from invitations.prospects.beginning import begin
from scheduling.access import Act
from scheduling.admin.narrowed import reach


@require_POST
def begin_list(request: HttpRequest, invitation: int) -> HttpResponse:
    """Lead to the invitation's list, new where there was none."""
    rows = Invitation.objects.of_resources(reach(request).resources(Act.GENERATE))
    found = get_object_or_404(rows.with_criteria(), pk=invitation)
    prospect_list = begin(found, cast(User, request.user))
    return redirect("admin:invitations_prospectlist_recipients", prospect_list.pk)
