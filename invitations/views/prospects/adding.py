"""Pages on which people are put on a list one by one, or chosen among the clients."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from appointments.locks import TOO_BUSY, TooBusyError
from appointments.models import Client
from invitations.models import ProspectList
from invitations.prospects.adding import add_prospects
from invitations.prospects.forms import ClientsForm, OneForm
from invitations.prospects.review import Prospect, Reason, Review
from invitations.views.prospects.access import list_for
from invitations.views.prospects.pages import added, page_context, terms_of
from scheduling.access import Act
from scheduling.admin.narrowed import reach

MOST_FOUND = 50
PAGES = "admin/invitations/prospects"
REFUSALS = {
    Reason.LISTED: gettext_lazy("This address is on the list already."),
    Reason.UNWANTED: gettext_lazy("Whoever reads this address asked us not to write."),
    Reason.INVITED: gettext_lazy("They have a link that is still open."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def add_one(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """Somebody whom the user types in; *and another* leads here again."""
    found = list_for(request, prospect_list)
    form = OneForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _add_one(request, found, form):
        if "another" in request.POST:
            return redirect("admin:invitations_prospectlist_add_one", found.pk)
        return redirect("admin:invitations_prospectlist_recipients", found.pk)
    context = {**page_context(request, found, _("Add one person")), "form": form}
    return render(request, f"{PAGES}/add_one.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_clients(request: HttpRequest, prospect_list: int) -> HttpResponse:
    """Clients whom the user may see, found by ``?q=`` and ticked."""
    if not reach(request).anybody(Act.SEE_CLIENTS):
        raise Http404
    found = list_for(request, prospect_list)
    query = request.GET.get("q", "").replace("\0", "").strip()
    clients = _found_clients(request, query)
    form = ClientsForm(request.POST if request.method == "POST" else None, _clients(request))
    if form.is_valid() and (response := _add_clients(request, found, form)):
        return response
    context = {
        **page_context(request, found, _("Add clients")),
        "form": form,
        "query": query,
        "clients": clients[:MOST_FOUND],
        "more": len(clients) > MOST_FOUND,
    }
    return render(request, f"{PAGES}/add_clients.html", context)


def _add_one(request: HttpRequest, found: ProspectList, form: OneForm) -> bool:
    """Whether they are on the list now; else the form says why not."""
    prospect = Prospect(**{name: form.cleaned_data[name] for name in OneForm.said})
    review = _added(request, found, [prospect], form)
    if review is None:
        return False
    for reason, rows in review.left_out.items():
        if rows:
            form.add_error("email", REFUSALS[reason])
            return False
    messages.success(request, _("%(name)s is on the list now.") % {"name": prospect.name})
    return True


def _add_clients(
    request: HttpRequest, found: ProspectList, form: ClientsForm
) -> HttpResponse | None:
    prospects = [Prospect.of(client) for client in form.cleaned_data["clients"]]
    review = _added(request, found, prospects, form)
    if review is None:
        return None
    for reason, rows in review.left_out.items():
        if rows:
            who = ", ".join(row.who for row in rows)
            messages.warning(request, f"{Reason(reason).label}: {who}")
    return added(request, found, len(review.prospects))


def _added(
    request: HttpRequest, found: ProspectList, prospects: list[Prospect], form: Any
) -> Review | None:
    includes_invited = form.cleaned_data["includes_invited"]
    terms = terms_of(request, found, includes_invited=includes_invited)
    try:
        return add_prospects(found.pk, prospects, terms, timezone.now())
    except TooBusyError:
        messages.error(request, TOO_BUSY)
        return None


def _clients(request: HttpRequest) -> QuerySet[Client]:
    """Those that the admin shows this user."""
    page = admin.site.get_model_admin(Client)
    return page.get_queryset(request)


def _found_clients(request: HttpRequest, query: str) -> list[Client]:
    """The first of them whom a search finds as the admin's own does, one more than are shown."""
    page = admin.site.get_model_admin(Client)
    rows, _has_duplicates = page.get_search_results(request, _clients(request), query)
    return list(rows.order_by("last_name", "first_name", "pk")[: MOST_FOUND + 1])
