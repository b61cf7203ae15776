"""Who may open the pages of a prospect list, and in whose name they act there."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from appointments.changes import Author
from invitations.models import ProspectList
from scheduling.access import Act
from scheduling.admin.narrowed import reach


def list_for(request: HttpRequest, prospect_list: int, act: Act = Act.GENERATE) -> ProspectList:
    """A list that the user may fill, read and send. Raises Http404 for what is out of reach.

    It is for whoever may generate links for one of the invitation's people: what a list says of
    its recipients was entered by them, not taken from the records of clients.
    """
    lists = ProspectList.objects.of_resources(reach(request).resources(act))
    return get_object_or_404(lists.with_invitation(timezone.now()), pk=prospect_list)


def author_of(request: HttpRequest, prospect_list: ProspectList, act: Act = Act.GENERATE) -> Author:
    """The signed-in user, on behalf of a host, else of the owner."""
    invitation = prospect_list.invitation
    people = [row.service_resource for row in invitation.hosts.select_related("service_resource")]
    if invitation.owner:
        people.append(invitation.owner)
    return Author(cast(User, request.user), reach(request).acting_for(people, act))
