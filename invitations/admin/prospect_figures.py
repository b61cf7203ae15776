"""How far the people of lists got, told on the pages of what the lists belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.admin.of_one import OfOne
from invitations.models import Invitation, ProspectList
from invitations.models.lists import ProspectListQuerySet
from invitations.prospects.funnel import Reached, funnels, sum_of
from scheduling.access import Act
from scheduling.admin.narrowed import reach
from scheduling.models import ServiceResource


class Figures(NamedTuple):
    """Of so many lists together, one of which has a ``name``; ``url`` leads to where it is said
    of each."""

    lists: int
    name: str
    url: str
    counts: Mapping[Reached, int]


class OfResource(OfOne):
    """By whose lists they are."""

    title = _("service resource")
    parameter_name = "of_resource"
    model = ServiceResource

    def rows_of(self, rows: Any, chosen: ServiceResource) -> ProspectListQuerySet:
        return _of_resource(rows, chosen)


def figures_of_invitation(request: HttpRequest, invitation: Invitation) -> Figures | None:
    """None where it has no list that the user sees."""
    return _figures(request, _seen(request).filter(invitation=invitation), more="")


def figures_of_resource(request: HttpRequest, resource: ServiceResource) -> Figures | None:
    """None where it has no list that the user sees."""
    more = f"?{OfResource.parameter_name}={resource.pk}"
    return _figures(request, _of_resource(_seen(request), resource), more)


def ways_to(request: HttpRequest, lists: Iterable[ProspectList]) -> dict[int, str]:
    """Where each is read, by its key: its recipients for whoever may see them, else its letter."""
    keys = [each.pk for each in lists]
    filled = ProspectList.objects.of_resources(reach(request).resources(Act.GENERATE))
    open_to_user = set(filled.filter(pk__in=keys).values_list("pk", flat=True))
    pages = {key: "recipients" if key in open_to_user else "change" for key in keys}
    return {
        key: reverse(f"admin:invitations_prospectlist_{page}", args=[key])
        for key, page in pages.items()
    }


def _seen(request: HttpRequest) -> ProspectListQuerySet:
    page = admin.site.get_model_admin(ProspectList)
    return cast(ProspectListQuerySet, page.get_queryset(request))


def _of_resource(lists: ProspectListQuerySet, resource: ServiceResource) -> ProspectListQuerySet:
    return lists.of_resources(ServiceResource.objects.filter(pk=resource.pk))


def _figures(request: HttpRequest, lists: ProspectListQuerySet, more: str) -> Figures | None:
    """``more`` is what leads from the list of lists to these."""
    found = list(lists)
    if not found:
        return None
    if len(found) == 1:
        [url] = ways_to(request, found).values()
    else:
        url = reverse("admin:invitations_prospectlist_changelist") + more
    counts = sum_of(funnels(found, timezone.now()).values()).counts
    return Figures(len(found), found[0].name, url, counts)
