"""What the pages that put people on a list have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from invitations.models import ProspectList
from invitations.prospects.adding import Terms
from invitations.views.prospects.access import author_of
from invitations.views.staff import admin_context
from scheduling.access import Act
from scheduling.admin.narrowed import reach

CLIENTS = ("admin:invitations_prospectlist_add_clients", gettext_lazy("Choose clients"))
WAYS = (
    ("admin:invitations_prospectlist_upload", gettext_lazy("Upload or paste a table")),
    ("admin:invitations_prospectlist_add_one", gettext_lazy("Type one in")),
    CLIENTS,
)
"""Ways to put people on a list: the name of the page, and what to call it."""


def page_context(request: HttpRequest, prospect_list: ProspectList, title: str) -> dict[str, Any]:
    ways = [way for way in WAYS if way != CLIENTS or reach(request).anybody(Act.SEE_CLIENTS)]
    return {**admin_context(request, title), "prospect_list": prospect_list, "ways": ways}


def terms_of(request: HttpRequest, prospect_list: ProspectList, *, includes_invited: bool) -> Terms:
    """What the user may know of addresses, and whom they want added."""
    owner = prospect_list.invitation.owner
    sees_clients = owner is not None and reach(request).may(Act.SEE_CLIENTS, owner)
    author = author_of(request, prospect_list)
    return Terms(author, sees_clients=sees_clients, includes_invited=includes_invited)


def added(request: HttpRequest, prospect_list: ProspectList, number: int) -> HttpResponse:
    """Back to the list's page, with how many there are more."""
    if number:
        words = ngettext(
            "%(n)s person is on the list now. Nobody was written to yet.",
            "%(n)s people more are on the list now. None of them was written to yet.",
            number,
        )
        messages.success(request, words % {"n": number})
    else:
        messages.info(request, _("Nobody was added."))
    return redirect("admin:invitations_prospectlist_recipients", prospect_list.pk)
