"""The flow inside the admin that generates an invitation: start, steps, preview, creation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from appointments.models import Client
from invitations.flow import drafts
from invitations.flow.advice import outlook
from invitations.flow.drafts import Draft
from invitations.flow.flow import Flow, UnfinishedError
from invitations.flow.step import Step
from invitations.models import InvitationTemplate, ProspectList
from invitations.prospects.beginning import begin
from invitations.views.staff import admin_context
from scheduling.access import Act
from scheduling.admin.narrowed import reach

FIRST, LAST = "who", "message"
BEFORE_PLACE = "what"
"""Whether the topic is offered at the place is no matter until that was looked at."""

COUNTED = ("when", "limits")
"""Steps that show how many free times there are."""

View = Callable[..., HttpResponse]


def of_draft(view: View) -> View:
    """Decorator: the view gets the Flow of the draft that the URL names.

    One that has become an invitation already leads there, so that creating twice is harmless.
    """

    @wraps(view)
    def found(request: HttpRequest, draft: str, *args: Any, **kwargs: Any) -> HttpResponse:
        flow = _flow(request, drafts.load(request.session, draft))
        if flow.draft.invitation is not None:
            return _made(flow.draft.invitation)
        return view(request, flow, *args, **kwargs)

    return found


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft from ``?resource=``, ``client``, ``template`` and ``like``.

    With ``?then=list`` it ends with a list of prospects instead of the share page.
    A POST creates the invitation at once, where nothing is missing.
    """
    if not reach(request).anybody(Act.GENERATE):
        raise PermissionDenied
    flow = _flow(request, _begun(request))
    _keep(request, flow)
    if request.method == "POST":
        return _create(request, flow)
    return redirect("admin:invitations_invitation_step", flow.draft.key, _first_open(flow))


@require_http_methods(["GET", "HEAD", "POST"])
@of_draft
def step(request: HttpRequest, flow: Flow, name: str) -> HttpResponse:
    """One step. What is sent is kept, then leads on, or creates with these settings."""
    shown = flow.step(name)
    if request.method == "POST":
        flow.draft.keep({key: request.POST.getlist(key) for key in shown.sent_names()})
        flow = _flow(request, flow.draft)
        _keep(request, flow)
        return _sent(request, flow, name)
    if name != FIRST and not flow.hosts:
        return HttpResponseRedirect(unfinished(flow, FIRST))
    if "check" in request.GET:
        flow.explain(shown)
    return _step_page(request, flow, shown)


@require_POST
@of_draft
def create(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Create the invitation of a draft."""
    return _create(request, flow)


def _sent(request: HttpRequest, flow: Flow, name: str) -> HttpResponse:
    sent = flow.step(name)
    if name != FIRST and not flow.hosts:
        return HttpResponseRedirect(unfinished(flow, FIRST))
    if name != BEFORE_PLACE or not sent.is_valid():
        flow.explain(sent)
    if not sent.is_valid():
        return _step_page(request, flow, sent)
    following = flow.neighbour(name, 1)
    skips_preview = flow.template is not None and flow.template.skips_preview
    if "create" in request.POST or (following is None and skips_preview):
        return _create(request, flow)
    if following is None:
        return redirect("admin:invitations_invitation_preview", flow.draft.key)
    return redirect("admin:invitations_invitation_step", flow.draft.key, following)


def unfinished(flow: Flow, step: str) -> str:
    """The URL of the step that has to be looked at again; it says why."""
    return reverse("admin:invitations_invitation_step", args=[flow.draft.key, step]) + "?check"


def _create(request: HttpRequest, flow: Flow) -> HttpResponse:
    if flow.has_lost_template:
        return _without_template(request, flow)
    before = outlook(request, flow)
    try:
        key = flow.create(cast(User, request.user))
    except UnfinishedError as error:
        return HttpResponseRedirect(unfinished(flow, error.step))
    flow.draft.invitation = key.invitation_id
    drafts.save(request.session, flow.draft)
    messages.success(request, _("The invitation is ready."))
    if before and not before.capacity.count:
        reasons = " ".join(str(each.words) for each in before.advice)
        text = _("But nobody could book by it now. %(reasons)s")
        messages.warning(request, text % {"reasons": reasons})
    if flow.draft.for_list:
        begin(key.invitation, cast(User, request.user))
    return _made(key.invitation_id)


def _made(invitation: int) -> HttpResponse:
    """Where everything about a new invitation is at hand: its list, if it has one."""
    for prospect_list in ProspectList.objects.filter(invitation=invitation):
        return redirect("admin:invitations_prospectlist_recipients", prospect_list.pk)
    return redirect("admin:invitations_invitation_link", invitation)


def _without_template(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Let the settings be looked through, as what the template said and fixed is gone."""
    flow.draft.template = ""
    drafts.save(request.session, flow.draft)
    text = _(
        "The template that you started from is not on offer, or no longer. Look through the "
        "settings, then create the invitation."
    )
    messages.warning(request, text)
    return redirect("admin:invitations_invitation_step", flow.draft.key, _first_open(flow))


def _first_open(flow: Flow) -> str:
    """The first step with something to choose, the last where there is none."""
    if not flow.hosts or not flow.step(FIRST).is_settled:
        return FIRST
    return flow.neighbour(FIRST, 1) or LAST


def _begun(request: HttpRequest) -> Draft:
    draft = drafts.new_draft()
    for field, name in (("hosts", "resource"), ("client", "client")):
        if chosen := request.GET.getlist(name):
            draft.keep({field: chosen})
    # PostgreSQL can't even be asked for a text with a null character.
    draft.template = request.GET.get("template", "").replace("\0", "")
    like = request.GET.get("like", "")
    draft.like = int(like) if re.fullmatch(r"\d{1,18}", like, re.ASCII) else None
    draft.for_list = request.GET.get("then") == "list"
    return draft


def _keep(request: HttpRequest, flow: Flow) -> None:
    """Save the draft, with who is within reach now, so that a grant’s end can be explained."""
    if flow.hosts:
        flow.draft.accepted = [host.pk for host in flow.hosts]
        flow.draft.values.setdefault("hosts", [str(key) for key in flow.draft.accepted])
    drafts.save(request.session, flow.draft)


def _flow(request: HttpRequest, draft: Draft) -> Flow:
    return Flow(draft, reach(request), _clients(request), timezone.now())


def _clients(request: HttpRequest) -> QuerySet[Client]:
    """Those that the admin shows this user."""
    rows: QuerySet[Client] = admin.site.get_model_admin(Client).get_queryset(request)
    return rows


def _restart(flow: Flow) -> str:
    """The query with which the flow starts again for the same people."""
    hosts = [("resource", str(host.pk)) for host in flow.hosts]
    clients = [("client", key) for key in flow.draft.values.get("client", ()) if key]
    then = [("then", "list")] if flow.draft.for_list else []
    return urlencode([*hosts, *clients, *then])


def _step_page(request: HttpRequest, flow: Flow, shown: Step) -> HttpResponse:
    templates = InvitationTemplate.objects.offered_to(flow.reach.resources(Act.GENERATE))
    before = flow.neighbour(shown.name, -1)
    context = {
        **admin_context(request, _("Generate invitation")),
        "flow": flow,
        "step": shown,
        "adminform": AdminForm(cast(Any, shown), shown.sections, {}),
        "media": shown.media,
        "before": before,
        "is_last": flow.neighbour(shown.name, 1) is None,
        "templates": templates if before is None else (),
        "restart": _restart(flow),
        "outlook": outlook(request, flow) if shown.name in COUNTED else None,
    }
    return render(request, "admin/invitations/generate/step.html", context)
