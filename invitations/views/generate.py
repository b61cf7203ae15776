"""The flow inside the admin that generates an invitation."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from invitations.forms import GenerateForm
from invitations.generate import ImpossibleCriteriaError, generate
from invitations.models import InvitationKey
from invitations.views.staff import admin_context
from scheduling.access import Act, Reach, reach_of


@require_http_methods(["GET", "HEAD", "POST"])
def generate_page(request: HttpRequest, resource: int) -> HttpResponse:
    """A form with the criteria; creating leads on to the link."""
    user = cast(User, request.user)
    reach = reach_of(user, timezone.now())
    hosts = reach.resources(Act.GENERATE)
    host = get_object_or_404(hosts, pk=resource)
    form = GenerateForm(
        request.POST or None,
        host=host,
        others=hosts.exclude(pk=host.pk),
        search=reach.everybody(Act.SEE),
    )
    if form.is_valid() and (key := _generate(form, user, reach)):
        messages.success(request, _("The invitation is ready."))
        return redirect("admin:invitations_invitation_link", key.invitation_id)
    context = {
        **admin_context(request, _("Invitation to %(name)s") % {"name": host}),
        "resource": host,
        "form": form,
        "adminform": AdminForm(cast(Any, form), form.sections(), {}),
        "media": form.media,
    }
    return render(request, "admin/invitations/generate.html", context)


def _generate(form: GenerateForm, user: User, reach: Reach) -> InvitationKey | None:
    criteria = form.criteria()
    try:
        return generate(
            criteria,
            created_by=user,
            on_behalf_of=reach.acting_for(criteria.hosts),
            today=timezone.localdate(timezone=criteria.time_zone),
        )
    except ImpossibleCriteriaError as error:
        form.refuse(error)
        return None
