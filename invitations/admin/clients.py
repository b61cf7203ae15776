"""The admin of clients, with the links that were made for them."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from appointments.admin.clients import ClientPages
from appointments.admin.of_client import Latest, Line
from appointments.models import Client
from invitations.admin.merging import MergeTool
from invitations.models import Invitation, InvitationKey, InvitationQuerySet
from invitations.snippets import host_names
from invitations.states import state_of
from invitations.summary import days
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource


@admin.register(Client)
class ClientAdmin(MergeTool, ClientPages):
    def known_to(self, resources: QuerySet[ServiceResource]) -> Q:
        """Those with a link to them of their own as well."""
        return (
            super().known_to(resources)
            | Q(invitation_keys__invitation__hosts__service_resource__in=resources)
            | Q(invitation_keys__invitation__owner__in=resources)
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if client := context["original"]:
            context["links"] = self._links(request, client)
        return super().render_change_form(request, context, *args, **kwargs)

    def _links(self, request: HttpRequest, client: Client) -> Latest | None:
        """Of invitations that the user sees, with their clients; None for whoever sees none."""
        page = self.admin_site.get_model_admin(Invitation)
        if not page.has_view_permission(request):
            return None
        seen = cast(InvitationQuerySet, page.get_queryset(request))
        seen = seen.of_resources(reach(request).resources(Act.SEE_CLIENTS))
        keys = InvitationKey.objects.of_client(client).filter(invitation__in=seen.values("pk"))
        keys = keys.prefetch_related(Prefetch("invitation", seen))
        others = reverse("admin:invitations_invitation_changelist")
        return Latest.of(keys, partial(_line, page), f"{others}?of_client={client.pk}")


def _line(page: Any, key: InvitationKey) -> Line:
    """A link in the words of its invitation's page; it leads to where it is shared."""
    invitation = key.invitation
    url = reverse("admin:invitations_invitation_link", args=[invitation.pk])
    details = (host_names(invitation), days(invitation))
    state = state_of(invitation, timezone.now())
    return Line(f"{url}?link={key.pk}", page.what(invitation), details, state)
