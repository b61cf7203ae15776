"""The page on which everything about a link is at hand, and what it shows, for staff."""

from __future__ import annotations

from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments.previews import preview
from invitations import snippets
from invitations.keys import invitation_url, website_of
from invitations.models import Invitation, InvitationKey, ProspectList
from invitations.next_times import NoTimes, next_times
from invitations.qr_codes import qr_code
from invitations.snippets import SignatureForm
from invitations.states import state_of
from invitations.summary import heading, summary
from invitations.views.staff import admin_context
from scheduling.access import Act, Reach, reach_of

CONTENT_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # what the address says is passed on
def share_page(request: HttpRequest, invitation: int) -> HttpResponse:
    """One link of an invitation with all that can be done with it; ``?link=`` names another."""
    found, reach = _invitation(request, invitation)
    links = _links(found, reach)
    chosen = request.GET.get("link")
    link = _chosen(links, chosen) if chosen or links else None
    primary = found.hosts.all()[0].service_resource
    may_generate = reach.may(Act.GENERATE, primary)
    context = {
        **admin_context(request, _("Share the invitation")),
        "invitation": found,
        "heading": heading(found),
        "state": state_of(found, timezone.now()),
        "summary": summary(found, link.client if link else None),
        "links": links,
        "link": link,
        "host": primary,
        "may_generate": may_generate,
        "prospect_list": may_generate and ProspectList.objects.filter(invitation=found).first(),
        **(_shared(request, link) if link else {}),
    }
    return render(request, "admin/invitations/share.html", context)


@require_safe
def qr_page(request: HttpRequest, invitation: int, link: int, kind: str) -> HttpResponse:
    """The link as a QR code; a browser that is sent here keeps it as a file."""
    if kind not in CONTENT_TYPES:
        raise Http404
    key = _link(request, invitation, link)
    picture = qr_code(invitation_url(key), kind)
    name = f"invitation-{invitation}-{link}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(picture, content_type=CONTENT_TYPES[kind], headers=disposition)


@require_safe
def signature_preview(request: HttpRequest, invitation: int, link: int) -> HttpResponse:
    """The signature as a mail program shows it."""
    key = _link(request, invitation, link)
    return _preview(snippets.signature(key, SignatureForm.of(request.GET).text()).html)


@require_safe
def times_preview(request: HttpRequest, invitation: int, link: int) -> HttpResponse:
    """The next free times as a mail program shows them; empty where there are none."""
    times = next_times(_link(request, invitation, link), timezone.now())
    return _preview("" if isinstance(times, NoTimes) else snippets.times_to_offer(times).html)


def _shared(request: HttpRequest, link: InvitationKey) -> dict[str, Any]:
    """What there is to copy of a link. A personal one is offered to nobody else (rule L8)."""
    times = next_times(link, timezone.now())
    shared = {
        "url": invitation_url(link),
        "no_times": times.value if isinstance(times, NoTimes) else "",
        "times": None if isinstance(times, NoTimes) else snippets.times_to_offer(times),
    }
    return shared if link.client else {**shared, **_published(request, link)}


def _published(request: HttpRequest, link: InvitationKey) -> dict[str, Any]:
    form = SignatureForm.of(request.GET)
    website = website_of(link.invitation)
    shared = {"form": form, "signature": snippets.signature(link, form.text())}
    if website is None:
        return shared
    return {
        **shared,
        "website": website,
        "refused_origin": snippets.refused_origin(website),
        "script": snippets.script(link),
        "popup": snippets.script(link, mode="popup"),
        "frame": snippets.frame(link),
        "plain_link": snippets.plain_link(link),
    }


def _invitation(request: HttpRequest, invitation: int) -> tuple[Invitation, Reach]:
    """An invitation and whom the user may act for. Raises Http404 for what is out of reach."""
    now = timezone.now()
    reach = reach_of(cast(User, request.user), now)
    invitations = Invitation.objects.of_resources(reach.resources(Act.SEE_INVITATIONS))
    people = invitations.for_staff(now).select_related("created_by", "on_behalf_of")
    return get_object_or_404(people, pk=invitation), reach


def _links(invitation: Invitation, reach: Reach) -> list[InvitationKey]:
    """Everybody's link first; those of clients for whoever may see clients."""
    people = [host.service_resource for host in invitation.hosts.all()]
    if invitation.owner:
        people.append(invitation.owner)
    sees_clients = any(reach.may(Act.SEE_CLIENTS, person) for person in people)
    keys = [key for key in invitation.keys.all() if sees_clients or key.client is None]
    return sorted(keys, key=lambda key: key.client is not None)


def _link(request: HttpRequest, invitation: int, link: int) -> InvitationKey:
    return _chosen(_links(*_invitation(request, invitation)), str(link))


def _chosen(links: list[InvitationKey], chosen: str | None) -> InvitationKey:
    """The link of this number, the first without one. Raises Http404 for any other."""
    if chosen is None:
        return links[0]
    try:
        return next(link for link in links if str(link.pk) == chosen)
    except StopIteration as error:
        raise Http404 from error


def _preview(snippet: str) -> HttpResponse:
    return preview(render_to_string("snippets/preview.html", {"html": snippet}))
